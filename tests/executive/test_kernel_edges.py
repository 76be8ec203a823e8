"""The kernel's edges: hostile arguments, ends at bad moments, and what must not get lost on the way."""

from __future__ import annotations

import pytest

from axisos import Machine
from kernel_invariants import broken_promises
from kernelrig import BareMachine, adopt

ATTEMPT = (
    "def attempt(name, *args):\n"
    "    try: return syscall(name, *args)\n"
    "    except Exception as error: return type(error).__name__ + ' ' + getattr(error, 'status', error).name\n"
)


def bugs(bare: BareMachine) -> list[str]:
    """What the kernel has logged against itself."""
    return [line for line in (str(e["msg"]) for e in bare.kernel.log.newest(1000)) if "kernel bug" in line]


# --- arguments ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["10**400", "1e308", "float('inf')", "2**63"])
def test_a_time_limit_beyond_all_time_is_none(limit: str) -> None:
    """Whoever sleeps that long does so, and the machine goes on; it once stopped for good."""
    calls = ["process_sleep", "signal_pull", "process_wait", "ke_wait_single"]
    with BareMachine() as bare:
        sleepers = [
            bare.start(
                "event = syscall('ke_create_event')\n"
                "tid = syscall('process_thread', lambda: syscall('signal_pull'))\n"
                f"first = dict(process_wait=[tid], ke_wait_single=[event]).get({call!r}, [])\n"
                f"syscall({call!r}, *first, {limit})\n"
            )
            for call in calls
        ]
        bare.machine.run_for(5.0)
        bare.run("say('goes on')")

        assert bare.said() == ["goes on"]
        assert [p.status for p in sleepers] == ["ready"] * 4  # of the process: not dead
        assert broken_promises(bare.kernel) == [] and bugs(bare) == []


def test_a_time_limit_that_is_not_a_number_is_refused() -> None:
    """Each call that takes one says so."""
    with BareMachine() as bare:
        bare.run(
            ATTEMPT + "nan = float('nan')\nevent = syscall('ke_create_event')\n"
            "tid = syscall('process_thread', lambda: syscall('signal_pull'))\n"
            "for call in (['process_sleep'], ['signal_pull'], ['process_wait', tid], ['ke_wait_single', event]):\n"
            "    say(attempt(*call, nan))\n"
        )
        assert bare.said() == ["StatusError INVALID_PARAMETER"] * 4
        assert bugs(bare) == []


def test_numbers_too_long_to_print_and_objects_that_cannot_be_hashed_are_the_callers_mistake() -> None:
    """No message of the kernel fails on them; a failed spawn leaves no child behind."""
    with BareMachine() as bare:
        bare.run(
            ATTEMPT + "for call in (\n"
            "    ['process_kill', 10**5000], ['process_wait', -10**5000], ['random_bytes', 10**5000],\n"
            "    ['signal_send', 0, 'syscall_return', [1], 0, 0],\n"
            "    ['process_spawn', '/bin/init.py', 3, {}, {-10: [1]}],\n"
            "    ['process_spawn', '/bin/init.py', 3, {}, {10: 1}],\n"
            "): say(attempt(*call))\n"
        )
        assert bare.said() == [*["StatusError INVALID_PARAMETER"] * 4, "StatusError INVALID_HANDLE",
                               "StatusError INVALID_PARAMETER"]  # fmt: skip
        assert bugs(bare) == []
        assert set(bare.kernel.processes.threads) == {0}


def test_the_kernel_takes_no_messages() -> None:
    """Nobody reads what is sent to process 0, also when the children that it adopted end."""
    with BareMachine() as bare:
        bare.run(ATTEMPT + "say(attempt('signal_send', 0, 'hello'))")
        for _ in range(20):
            bare.run("pass")
        assert bare.said() == ["StatusError NO_SUCH_PROCESS"]
        assert broken_promises(bare.kernel) == []


# --- one process in another's name -------------------------------------------------------------------------------


def test_a_handlers_own_equality_is_not_asked_by_who_sends_the_signal() -> None:
    """Otherwise the victim's code would run with the killer's rights."""
    with BareMachine() as bare:
        victim = bare.start(
            "class Handler:\n"
            "    def __call__(self, signum): say('handled as', syscall('process_get_uid'))\n"
            "    def __eq__(self, other): say('asked as', syscall('process_get_uid')); return False\n"
            "syscall('ke_signal_handler', 15, Handler())\n"
            "syscall('signal_pull')\n"
        )
        victim.uid = 1000
        bare.settle()
        bare.run(f"syscall('process_kill', {victim.pid}, 15)")
        assert bare.said() == ["handled as 1000"]


def test_a_finalizer_of_a_dead_program_calls_nothing_in_the_name_of_a_living_one() -> None:
    """A suspended generator in a cycle is collected while root's program runs; it ends in silence."""
    with BareMachine() as bare:
        process = bare.start(
            "def left_open():\n"
            "    try: yield\n"
            "    finally: say('uid', syscall('process_get_uid'))\n"
            "opened = left_open()\n"
            "next(opened)\n"
            "ring = [opened]\n"
            "ring.append(ring)\n"
        )
        process.uid = 1000
        bare.settle()
        del process
        bare.run("kept = []\nfor _ in range(30000):\n    cycle = []\n    cycle.append(cycle)\n    kept.append({})\n")
        assert bare.said() == []


def test_what_a_driver_passes_runs_nothing_in_the_service_that_answers() -> None:
    """Plain data reaches it, or nothing does: its own `__hash__`, run as the service, once ended the machine."""
    with BareMachine() as bare:
        bare.start(
            "syscall('syscall_override', 'ask')\n"
            "while True:\n"
            "    request = syscall('signal_pull')[2]\n"
            "    syscall('signal_send', request.sender_pid, 'syscall_return', request.request_id, 0, "
            "request.args[0] in {'r': 1})\n",
            ring=1,
        )
        bare.settle()
        bare.run(
            ATTEMPT + "class Mode:\n    def __hash__(self): say('runs'); return 1\n"
            "for mode in ('r', Mode(), [Mode()]): say(attempt('ask', mode))\n",
            ring=2,
        )
        assert bare.said() == ["True", *["StatusError INVALID_PARAMETER"] * 2]


# --- last words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("class E(Exception):\n    def __str__(self): raise SystemExit(3)\nraise E", 1),
        ("class E(Exception):\n    def __str__(self): raise KeyboardInterrupt\nraise E", 1),
        ("class C:\n    def __str__(self): raise ValueError\nraise SystemExit(C())", 1),
        ("class C:\n    __class__ = int\n    def __int__(self): raise ValueError\nraise SystemExit(C())", 1),
        ("class E(SystemExit):\n    code = property(lambda self: 1 / 0)\nraise E", 1),
        ("raise type(' ', (Exception,), {})()", 1),
        ("class E(Exception):\n    def __str__(self): syscall('process_exit', 9)\nraise E", 9),
        (
            "me = syscall('process_get_pid')\n"
            "class E(Exception):\n    def __str__(self): syscall('process_kill', me, 9)\nraise E",
            137,
        ),
    ],
)
def test_what_a_program_does_in_its_last_words_ends_nobody_but_itself(source: str, status: int) -> None:
    """Tracebacks and exit codes run the program's own code; the kernel outlives whatever that raises."""
    with BareMachine() as bare:
        process = bare.run(source)
        bare.run("say('next')")
        assert (process.status, process.exit_status) == ("dead", status)
        assert bare.said() == ["next"] and bare.machine.last_error is None


def test_a_crash_keeps_its_exit_status_when_nobody_reads_its_traceback() -> None:
    """A broken stderr is no second death: 1, not 141. A full one waits, and a kill ends the wait."""
    with BareMachine() as bare:
        pipe = "reader, writer = syscall('ke_create_pipe', 16)\nsyscall('ob_set_standard_handle', pid, -12, writer)\n"
        start = "pid = syscall('process_get_pid')\n" + pipe
        broken = bare.run(start + "syscall('vfs_close', reader)\n1 / 0")
        assert broken.exit_status == 1

        full = bare.run(start + "1 / 0")
        assert full.status != "dead"
        bare.run(f"syscall('process_kill', {full.pid}, 9)")
        assert full.exit_status == 137 and broken_promises(bare.kernel) == []


# --- signals -----------------------------------------------------------------------------------------------------


def test_a_signal_that_came_while_stopped_is_handled_when_it_goes_on() -> None:
    """SIGCONT wakes a sleeper for what is pending, and its wait goes on."""
    with BareMachine() as bare:
        sleeper = bare.start(
            "syscall('ke_signal_handler', 30, lambda signum: say('handled', signum))\n"
            "say('got', syscall('signal_pull')[1])\n"
        )
        bare.settle()
        bare.run(f"for signum in (19, 30): syscall('process_kill', {sleeper.pid}, signum)")
        assert bare.said() == []
        bare.run(f"syscall('process_kill', {sleeper.pid}, 18)")
        assert bare.said() == ["handled 30"]
        bare.run(f"syscall('signal_send', {sleeper.pid}, 'hello')")
        assert bare.said() == ["handled 30", "got hello"]


def test_a_process_that_is_stopped_before_it_ever_ran_runs_when_continued() -> None:
    """Not one line of it before that."""
    with BareMachine() as bare:
        early = bare.start("say('runs')")
        bare.kernel.signals.send(early, 19)
        bare.settle()
        assert bare.said() == []
        bare.run(f"syscall('process_kill', {early.pid}, 18)")
        assert bare.said() == ["runs"]


@pytest.mark.parametrize(
    "call",
    ["'process_yield'", "'process_sleep', 0", "'process_sleep', 5", "'signal_pull', 5", "'ke_wait_single', event, 5"],
)
def test_what_a_handler_raises_is_what_the_program_gets(call: str) -> None:
    """Whatever call it interrupts; it is the program's error and none of the kernel's."""
    with BareMachine() as bare:
        program = bare.start(
            "def handler(signum): raise ValueError('mine')\n"
            "syscall('ke_signal_handler', 30, handler)\n"
            "event = syscall('ke_create_event')\n"
            f"try:\n    while True: syscall({call})\n"
            "except Exception as error: say(type(error).__name__, error)\n"
        )
        bare.machine.run_for(0.002)
        bare.start(f"syscall('process_kill', {program.pid}, 30)")
        bare.machine.run_for(2.0)
        assert bare.said() == ["ValueError mine"] and bugs(bare) == []


def test_a_message_that_was_handed_over_is_not_lost_to_a_handler_that_raises() -> None:
    """The wait had ended before the signal came: it keeps what it got, and the handler runs after it."""
    with BareMachine() as bare:
        program = bare.start(
            "def handler(signum): raise ValueError\n"
            "syscall('ke_signal_handler', 30, handler)\n"
            "got = None\n"
            "try:\n    got = syscall('signal_pull')[1]\n    syscall('process_yield')\n"
            "except ValueError: pass\n"
            "say(got)\n"
        )
        bare.settle()
        bare.run(f"syscall('signal_send', {program.pid}, 'hello'); syscall('process_kill', {program.pid}, 30)")
        assert bare.said() == ["hello"]


# --- ends at bad moments -----------------------------------------------------------------------------------------


def test_a_permit_that_is_given_back_after_a_kill_does_not_go_to_the_dead() -> None:
    """Also not when it waits in a handler, in the middle of another wait for the same semaphore."""
    for nested in (False, True):
        with BareMachine() as bare:
            owner = bare.start(
                "permits = syscall('ke_create_semaphore', 0, 5)\n"
                "message = syscall('signal_pull')\n"
                "victim = message[2]\n"
                "syscall('process_kill', victim, 9)\n"
                "syscall('ke_release_semaphore', permits)\n"
                "say('free:', syscall('ke_release_semaphore', permits))\n"
            )
            bare.settle()
            victim = bare.start(
                "handle = None\n"
                "syscall('ke_signal_handler', 30, lambda signum: syscall('process_sleep', 100000))\n"
                "handle = syscall('signal_pull')[2]\n"
                "syscall('ke_wait_single', handle)\n"
            )
            bare.settle()
            (token,) = owner.handles.entries
            copy = bare.kernel.ob.duplicate_handle(owner, token, victim)
            bare.tell(victim.pid, "handle", copy)
            bare.settle()
            if nested:
                bare.kernel.signals.send(victim, 30)
                bare.machine.computer.push_signal("work")
                bare.machine.run_for(0.1)
            bare.tell(owner.pid, "kill", victim.pid)
            bare.settle()
            assert bare.said() == ["free: 1"], nested


def test_what_one_thread_of_the_dead_leaves_goes_to_none_that_dies_with_it() -> None:
    """The owner of a mutex and a thread that waits for it and for a permit end together: the permit is still there."""
    with BareMachine() as bare:
        holder = bare.start(
            "permits = syscall('ke_create_semaphore', 1, 1, 'permits')\n"
            "syscall('process_sleep', 50)\n"
            "say(syscall('ke_wait_single', permits, 0))\n"
        )
        bare.start(
            "syscall('process_sleep', 5)\n"
            "both = [syscall('ke_create_mutex', True), syscall('ke_open_semaphore', 'permits')]\n"
            "syscall('process_thread', lambda: syscall('ke_wait_multiple', both, True))\n"
            "syscall('process_sleep', 5)\n"
        )
        bare.machine.run_for(1.0)

        assert bare.said() == ["0"] and holder.exit_status == 0


def test_a_reader_that_was_woken_and_killed_leaves_the_data_to_the_next() -> None:
    """The other reader of the pipe gets it."""
    with BareMachine() as bare:
        main = bare.start(
            "reader, writer = syscall('ke_create_pipe')\n"
            "message = syscall('signal_pull')\n"
            "syscall('process_thread', lambda: say('other got', syscall('vfs_read', reader)))\n"
            "syscall('process_sleep', 1)\n"
            "syscall('vfs_write', writer, b'data')\n"
            "syscall('process_kill', message[2], 9)\n"
            "syscall('process_sleep', 1)\n"
        )
        bare.settle()
        victim = bare.start("syscall('vfs_read', syscall('signal_pull')[2])")
        bare.settle()
        (reader, *_) = main.handles.entries
        bare.tell(victim.pid, "handle", bare.kernel.ob.duplicate_handle(main, reader, victim))
        bare.settle()
        bare.tell(main.pid, "go", victim.pid)
        bare.settle()
        assert bare.said() == ["other got b'data'"]


def test_ended_threads_do_not_push_out_the_status_of_ended_children() -> None:
    """A program may start thousands of threads and still ask how its child ended."""
    with BareMachine() as bare:
        parent = bare.start(
            "child = syscall('signal_pull')[2]\n"
            "syscall('process_wait', child)\n"
            "for _ in range(1100): tid = syscall('process_thread', int)\n"
            "syscall('process_wait', tid)\n"
            "say(syscall('process_wait_status', child))\n"
        )
        child = bare.start("raise SystemExit(7)")
        adopt(parent, child)
        bare.kernel.messages.post(parent.pid, "child", child.pid)
        bare.settle()
        assert bare.said() == ["7"]


ANSWERS_BADLY = (
    "syscall('syscall_override', 'ask')\n"
    "def answer(request, *answer):\n"
    "    try: syscall('signal_send', request.sender_pid, 'syscall_return', request.request_id, *answer)\n"
    "    except Exception as error: say('refused', error.status.name)\n"
    "while True:\n"
    "    message = syscall('signal_pull')\n"
    "    if message[1] == 'syscall':\n"
    "        request = message[2]\n"
    "        kind = request.args[0]\n"
    "        if kind == 'odd status': answer(request, 'no number', 1)\n"
    "        elif kind == 'odd value': answer(request, 0, object())\n"
    "        elif kind == 'twice': answer(request, 0, 1); answer(request, 0, 2)\n"
    "        elif kind == 'leave': break\n"
)


def test_a_caller_is_never_left_waiting_by_a_bad_answer() -> None:
    """It gets UNSUCCESSFUL, the server learns of its mistake; the second of two answers is dropped."""
    with BareMachine() as bare:
        bare.start(ANSWERS_BADLY, ring=1)
        bare.run(ATTEMPT + "for kind in ('odd status', 'odd value', 'twice', 'twice'): say(attempt('ask', kind))")
        assert bare.said() == [
            "refused INVALID_PARAMETER", "StatusError UNSUCCESSFUL",
            "refused INVALID_PARAMETER", "StatusError UNSUCCESSFUL",
            "1", "1",
        ]  # fmt: skip
        assert broken_promises(bare.kernel) == [] and bugs(bare) == []


def test_when_the_thread_that_serves_ends_its_callers_are_told() -> None:
    """Its process may live on: what it answered is nobody's any more."""
    with BareMachine() as bare:
        body = "".join(f"    {line}\n" for line in ANSWERS_BADLY.splitlines())
        bare.start(f"def serve():\n{body}syscall('process_thread', serve)\nsyscall('signal_pull')", ring=1)
        bare.settle()
        bare.run(ATTEMPT + "for _ in range(2): say(attempt('ask', 'leave'))")
        assert bare.said() == ["StatusError CANCELLED", "StatusError UNKNOWN_SYSCALL"]
        assert broken_promises(bare.kernel) == []


def test_the_watchdog_counts_every_long_slice_and_buries_whom_it_ends() -> None:
    """Three slices over the limit, none longer than the first; nothing of the dead one stays suspended."""
    with BareMachine() as bare:
        burn = bare.machine.clock.advance_ns
        slices = iter([2_500_000_000, 2_400_000_000, 2_300_000_000])
        program = bare.start("for _ in range(9): syscall('process_sleep', 1)", ring=2)
        sleep = program.calls["process_sleep"]
        bare.kernel.table.by_ring[2]["process_sleep"] = lambda t, ms: (burn(next(slices, 0)), sleep(t, ms))[1]
        thread = program.threads[0]
        bare.machine.run_for(60.0)
        bare.kernel.table.restore("process_sleep")
        assert (program.exit_status, program.exit_reason[:8], thread.strikes) == (137, "watchdog", 3)
        assert thread.task is None and broken_promises(bare.kernel) == []


def test_switching_off_ends_a_program_that_holds_out_in_its_cleanup() -> None:
    """With the real clock, too, where no timer raises its flag any more."""
    machine = Machine(profile="bare", boot_args={"timeout": 0}, resolution=(50, 16))
    machine.power_on()
    machine.run_until_idle()
    process = machine.kernel.spawn_source("try: syscall('signal_pull')\nfinally:\n    while True: pass\n")
    machine.run_for(0.05)
    task = process.threads[0].task
    machine.power_off()
    assert task.dead


# --- fairness ----------------------------------------------------------------------------------------------------


def test_a_chain_of_new_threads_takes_no_more_than_its_turn() -> None:
    """Each starts the next and ends: the one that only computes still gets its share."""
    with BareMachine() as bare:
        counter = bare.start("n = 0\nwhile True: n += 1\n")
        chain = bare.start(
            "def link():\n    for _ in range(50): pass\n    syscall('process_thread', link)\n"
            "link()\nsyscall('signal_pull')\n"
        )
        bare.machine.run_for(0.3)  # the counter has used up its first quantum
        before = counter.main.cpu_ns
        bare.machine.run_for(2.0)
        assert counter.main.cpu_ns - before > 500_000_000
        assert chain.status != "dead"


# --- the bottom of a recursion -----------------------------------------------------------------------------------

DIG = (
    "def dig(*call):\n"
    "    try: dig(*call)\n"
    "    except RecursionError: pass\n"
    "    try: syscall(*call)\n"
    "    except Exception: pass\n"
)


def test_who_exits_from_the_bottom_of_a_recursion_is_gone_for_good() -> None:
    """Not half dead, in the table and beyond any signal."""
    with BareMachine() as bare:
        process = bare.run(DIG + "dig('process_exit', 5)")
        assert process.exit_status == 5 and broken_promises(bare.kernel) == []
        assert set(bare.kernel.processes.threads) == {0}


def test_a_server_survives_calls_from_the_bottom_of_a_recursion() -> None:
    """The processor cannot be handed to it without a frame left; it runs in its turn then, and serves the next."""
    with BareMachine() as bare:
        bare.start(ANSWERS_BADLY, ring=1)
        bare.settle()
        bare.run(DIG + "dig('ask', 'twice')")
        bare.run(ATTEMPT + "say(attempt('ask', 'twice'))")
        assert bare.said()[-1] == "1" and broken_promises(bare.kernel) == []


@pytest.mark.parametrize(
    "call", ["'ke_create_section', None, 64", "'ke_create_mqueue', None, 1, 64", "'ke_create_named_pipe', 'x', 64"]
)
def test_what_cannot_be_made_at_the_bottom_of_a_recursion_is_not_there(call: str) -> None:
    """It takes nothing of a quota, holds no name and is not counted, neither now nor when the program has ended."""
    with BareMachine() as bare:
        for end in ("", "syscall('signal_pull')"):
            bare.run(DIG + f"dig({call})\n{end}")
            assert broken_promises(bare.kernel) == [] and bugs(bare) == []


def dig_once(frames: int) -> str:
    """`DIG`, that makes its one call so many frames above the bottom."""
    once = "    up[0] -= 1\n    if up[0] != -1: return\n"
    return f"up = [{frames}]\n" + DIG.replace("    try: syscall", once + "    try: syscall")


@pytest.mark.parametrize("frames", range(8))
def test_a_message_from_the_bottom_of_a_recursion_wakes_its_receiver_or_is_not_sent(frames: int) -> None:
    """A server that waited for messages once slept on for good, with all who asked it after that."""
    with BareMachine() as bare:
        server = bare.start(ANSWERS_BADLY, ring=1)
        bare.settle()
        bare.run(dig_once(frames) + f"dig('signal_send', {server.pid}, 'hello')")
        assert broken_promises(bare.kernel) == []
        bare.run(ATTEMPT + "say(attempt('ask', 'twice'))")
        assert bare.said() == ["1"]


def test_a_program_is_killed_that_is_deeper_than_others_may_get() -> None:
    """It raised its limit of nested calls: its cleanup runs under the same, or the host's Python would be ended."""
    with BareMachine() as bare:
        deep = bare.start(
            "syscall('process_recursion', 20000)\n"
            "def clean_up(n): return n and clean_up(n - 1)\n"
            "def dig(n):\n"
            "    if n: return dig(n - 1)\n"
            "    try: syscall('signal_pull')\n"
            "    finally: clean_up(100)\n"
            "dig(3000)\n"
        )
        bare.settle()
        bare.run(f"syscall('process_kill', {deep.pid}, 9)\nsay('lives')")
        assert bare.said() == ["lives"] and deep.exit_status == 137 and broken_promises(bare.kernel) == []


def test_the_limit_of_nested_calls_is_not_taken_away_from_under_a_deep_program() -> None:
    """Neither by itself nor by another of its threads: the host's Python would be ended."""
    with BareMachine() as bare:
        bare.run(
            "def dig(n):\n"
            "    if n: return dig(n - 1)\n"
            "    say(syscall('process_recursion', 1) >= 900)\n"
            "    return [str(each) for each in 'ab']\n"
            "syscall('process_thread', lambda: dig(800))\n"
            "syscall('process_sleep', 1)\n"
            "say(dig(800))\n"
        )
        assert sorted(bare.said()) == ["True", "True", "['a', 'b']"]
