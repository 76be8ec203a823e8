"""Pipes, signals and dispatcher objects under the deterministic scheduler."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernelrig import BareMachine, adopt


def test_a_pipe_carries_more_than_it_holds_and_ends_with_its_last_writer() -> None:
    """64 KiB through 32 bytes arrive intact; end of file comes when the writer has exited, not before."""
    with BareMachine() as bare:
        bare.run(
            "reader, writer = syscall('ke_create_pipe', 32)\n"
            "def send():\n"
            "    data = bytes(range(256)) * 256\n"
            "    say(syscall('vfs_write', writer, data))\n"
            "    syscall('vfs_close', writer)\n"
            "syscall('process_thread', send)\n"
            "parts = []\n"
            "while part := syscall('vfs_read', reader): parts.append(part)\n"
            "say(b''.join(parts) == bytes(range(256)) * 256)\n"
        )

        assert bare.said() == ["65536", "True"]


def test_writing_to_a_pipe_that_nobody_reads_is_sigpipe() -> None:
    """By default it ends the writer; who ignores the signal gets the status."""
    body = (
        "reader, writer = syscall('ke_create_pipe')\n"
        "syscall('vfs_close', reader)\n"
        "try: syscall('vfs_write', writer, b'x')\n"
        "except Exception as error: say(error.status.name)\n"
    )
    with BareMachine() as bare:
        victim = bare.run(body)
        bare.run("syscall('ke_signal_handler', 13, 'SIG_IGN')\n" + body)

        assert victim.exit_status == 128 + 13
        assert bare.said() == ["PIPE_BROKEN"]


def test_who_writes_a_pipe_that_loses_its_reader_knows_how_much_went_in() -> None:
    """The error carries the bytes written before, through either call; other errors carry 0."""
    with BareMachine() as bare:
        bare.run(
            "syscall('ke_signal_handler', 13, 'SIG_IGN')\n"
            "for call in 'vfs_write', 'ke_pipe_write':\n"
            "    reader, writer = syscall('ke_create_pipe', 4)\n"
            "    def read_a_little():\n"
            "        syscall('ke_pipe_read', reader, 3)\n"
            "        syscall('vfs_close', reader)\n"
            "    syscall('process_thread', read_a_little)\n"
            "    try: syscall(call, writer, b'x' * 100)\n"
            "    except Exception as error: say(error.partial)\n"
            "try: syscall('ke_pipe_write', reader, b'')\n"
            "except Exception as error: say(error.partial)\n"
        )

        assert bare.said() == ["4", "4", "0"]


def test_a_handled_signal_does_not_end_a_wait() -> None:
    """The handler runs while the program sleeps in a call; the call goes on and gets its true result."""
    with BareMachine() as bare:
        sleeper = bare.start(
            "syscall('ke_signal_handler', 30, lambda n: say('handled', n))\n"
            "event = syscall('ke_create_event')\n"
            "say('message', syscall('signal_pull')[2])\n"
            "say('wait', syscall('ke_wait_single', event, 300))\n"
        )
        bare.start(
            f"for step in range(2):\n"
            f"    syscall('process_sleep', 100)\n"
            f"    syscall('ke_signal_send', {sleeper.pid}, 30)\n"
            f"    syscall('process_sleep', 10)\n"
            f"    if step == 0: syscall('signal_send', {sleeper.pid}, 'x', 'true one')\n"
        )
        bare.machine.run_for(1.0)

        assert bare.said() == ["handled 30", "message true one", "handled 30", "wait 258"]


def test_a_handler_may_wait_itself_without_disturbing_the_interrupted_wait() -> None:
    """What ends the handler's wait does not end the outer one, and a message that came meanwhile is not lost."""
    with BareMachine() as bare:
        sleeper = bare.start(
            "def handler(n):\n"
            "    syscall('process_sleep', 50)\n"
            "    say('slept in the handler')\n"
            "syscall('ke_signal_handler', 30, handler)\n"
            "say('got', syscall('signal_pull')[2])\n"
        )
        bare.start(
            "syscall('process_sleep', 10)\n"
            f"syscall('ke_signal_send', {sleeper.pid}, 30)\n"
            "syscall('process_sleep', 10)\n"
            f"syscall('signal_send', {sleeper.pid}, 'x', 'early')\n"
        )
        bare.machine.run_for(1.0)

        assert bare.said() == ["slept in the handler", "got early"]


def test_an_error_out_of_a_handler_is_the_programs_own() -> None:
    """It comes out of the interrupted call as it is, and can be caught there."""
    with BareMachine() as bare:
        sleeper = bare.start(
            "class Stop(Exception): pass\n"
            "def handler(n): raise Stop('now')\n"
            "syscall('ke_signal_handler', 2, handler)\n"
            "try: syscall('process_sleep', 1e6)\n"
            "except Stop as error: say('stopped', error)\n"
            "say(syscall('signal_pull', 0))\n"
        )
        bare.settle()
        bare.run(f"syscall('ke_signal_send', {sleeper.pid}, 2)")

        assert bare.said() == ["stopped now", "None"]
        assert sleeper.exit_status == 0


def test_a_masked_signal_waits_and_holds_up_no_other() -> None:
    """SIGUSR1 is blocked and SIGUSR2 comes through; unblocking lets the first one in. SIGKILL cannot be blocked."""
    with BareMachine() as bare:
        process = bare.start(
            "for n in (30, 31): syscall('ke_signal_handler', n, lambda n: say('took', n))\n"
            "syscall('ke_signal_mask', [30, 9])\n"
            "syscall('process_sleep', 20)\n"
            "say('unblocking')\n"
            "say(syscall('ke_signal_mask', []))\n"
            "syscall('process_sleep', 1e6)\n"
        )
        bare.start(
            "syscall('process_sleep', 1)\n"
            + "".join(f"syscall('ke_signal_send', {process.pid}, {n})\n" for n in (30, 30, 31))
            + "syscall('process_sleep', 50)\n"
            f"syscall('process_kill', {process.pid}, 9)\n"
        )
        bare.machine.run_for(1.0)

        assert bare.said() == ["took 31", "unblocking", "took 30", "[30]"] or bare.said() == [
            "took 31", "unblocking", "[30]", "took 30",
        ]  # fmt: skip
        assert process.exit_status == 137


def test_a_stopped_process_stands_still_and_goes_on_where_it_was() -> None:
    """A computing one stops at a checkpoint; a waiting one takes what came while it was stopped afterwards."""
    with BareMachine() as bare:
        counter = bare.start("n = 0\nwhile n < 100000:\n    n += 1\nsay('counted')\n")
        waiter = bare.start("say('got', syscall('signal_pull')[2])")
        bare.machine.run_for(0.1)
        bare.run(f"for pid in ({counter.pid}, {waiter.pid}): syscall('process_kill', pid, 19)")
        bare.run(f"syscall('signal_send', {waiter.pid}, 'x', 'while stopped')")
        bare.machine.run_for(5.0)
        assert bare.said() == []

        bare.run(f"for pid in ({counter.pid}, {waiter.pid}): syscall('process_kill', pid, 18)")
        bare.machine.run_for(2.0)
        assert sorted(bare.said()) == ["counted", "got while stopped"]


def test_a_parent_hears_once_that_its_child_was_stopped() -> None:
    """Stopping what stands still is no news, neither as a signal nor to who waits for children that stop."""
    with BareMachine() as bare:
        parent = bare.start(
            "syscall('ke_signal_handler', 17, lambda n: say('child'))\n"
            "pid = syscall('signal_pull')[2]\n"
            "for _ in range(2): syscall('process_kill', pid, 19)\n"
            "say(syscall('process_wait_any', 10, True)[1])\n"
            "try: syscall('process_wait_any', 10, True)\n"
            "except Exception as error: say(error.status.name)\n"
            "for _ in range(2): syscall('process_kill', pid, 20)\n"
            "for _ in range(2): syscall('process_kill', pid, 18)\n"
            "syscall('process_kill', pid, 19)\n"
            "syscall('process_sleep', 1)\n"
        )
        child = bare.start("syscall('signal_pull')")
        adopt(parent, child)
        bare.kernel.messages.post(parent.pid, "child", child.pid)
        bare.settle()

        assert bare.said() == ["child", "stopped", "TIMEOUT", "child"]


def test_wait_for_any_and_for_all_take_only_what_they_return() -> None:
    """Any: the lowest index that is satisfied; all: nothing is taken until everything is there."""
    with BareMachine() as bare:
        bare.run(
            "events = [syscall('ke_create_event') for _ in range(3)]\n"
            "mutex = syscall('ke_create_mutex')\n"
            "for e in events[1:]: syscall('ke_set_event', e)\n"
            "say(syscall('ke_wait_multiple', events))\n"
            "say(syscall('ke_wait_multiple', [events[0], events[2], mutex], True, 10))\n"
            "say(syscall('ke_wait_single', events[2], 0))\n"
            "try: syscall('ke_release_mutex', mutex)\n"
            "except Exception as error: say(error.status.name)\n"
        )

        assert bare.said() == ["1", "258", "0", "MUTANT_NOT_OWNED"]


def test_a_mutex_is_its_owners_again_and_again_and_free_after_as_many_releases() -> None:
    """A second thread gets it after the third release; an owner that dies leaves it abandoned."""
    with BareMachine() as bare:
        bare.run(
            "mutex = syscall('ke_create_mutex')\n"
            "for _ in range(3): syscall('ke_wait_single', mutex)\n"
            "def other():\n"
            "    say('other', syscall('ke_wait_single', mutex))\n"
            "thread = syscall('process_thread', other)\n"
            "for n in range(3):\n"
            "    syscall('process_sleep', 1)\n"
            "    say('release', n)\n"
            "    syscall('ke_release_mutex', mutex)\n"
            "syscall('process_wait', thread)\n"
            "say(syscall('ke_wait_single', mutex))\n"
        )

        assert bare.said() == ["release 0", "release 1", "release 2", "other 0", "128"]


def test_a_semaphore_wakes_as_many_as_it_has_permits() -> None:
    """Four wait, three permits come, one waits on; too many permits are refused and change nothing."""
    with BareMachine() as bare:
        bare.start(
            "s = syscall('ke_create_semaphore', 0, 5)\n"
            "def take():\n"
            "    syscall('ke_wait_single', s)\n"
            "    say('in')\n"
            "for _ in range(4): syscall('process_thread', take)\n"
            "syscall('process_sleep', 1)\n"
            "say(syscall('ke_release_semaphore', s, 3))\n"
            "syscall('process_sleep', 1)\n"
            "try: syscall('ke_release_semaphore', s, 9)\n"
            "except Exception as error: say(error.status.name)\n"
            "syscall('process_exit', 0)\n"
        )
        bare.machine.run_for(1.0)

        assert bare.said() == ["0", "in", "in", "in", "SEMAPHORE_LIMIT_EXCEEDED"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    size=st.integers(1, 300),
    writes=st.lists(st.integers(0, 700), min_size=1, max_size=12),
    reads=st.lists(st.one_of(st.none(), st.integers(1, 500)), min_size=1, max_size=6),
)
def test_whatever_the_sizes_the_bytes_of_a_pipe_come_out_as_they_went_in(
    size: int, writes: list[int], reads: list[int | None]
) -> None:
    """Any buffer, any chunks on both sides: the stream is the same, and nothing is left over."""
    with BareMachine() as bare:
        bare.run(
            f"writes, reads = {writes}, {reads}\n"
            f"reader, writer = syscall('ke_create_pipe', {size})\n"
            "sent = []\n"
            "def send():\n"
            "    n = 0\n"
            "    for count in writes:\n"
            "        data = bytes((n + i) % 251 for i in range(count))\n"
            "        n += count\n"
            "        sent.append(data)\n"
            "        syscall('vfs_write', writer, data)\n"
            "    syscall('vfs_close', writer)\n"
            "syscall('process_thread', send)\n"
            "got, turn = [], 0\n"
            "while part := syscall('vfs_read', reader, reads[turn % len(reads)]):\n"
            "    wanted = reads[turn % len(reads)]\n"
            "    assert wanted is None or len(part) <= wanted\n"
            "    got.append(part)\n"
            "    turn += 1\n"
            "say(b''.join(got) == b''.join(sent))\n"
        )

        assert bare.said() == ["True"]


@pytest.mark.parametrize(
    ("make", "give"),
    [
        ("syscall('ke_create_mutex')", "syscall('ke_release_mutex', it)"),
        ("syscall('ke_create_semaphore', 0)", "syscall('ke_release_semaphore', it)"),
        ("syscall('ke_create_event')", "syscall('ke_set_event', it)"),
    ],
)
def test_a_wait_that_a_handler_ends_by_raising_has_taken_nothing(make: str, give: str) -> None:
    """What it was given while the handler ran goes to the next who waits, as a queue's message does."""
    program = f"""
def handler(number):
    syscall("process_sleep", 50)
    raise LookupError
syscall("ke_signal_handler", 30, handler)
it, held = {make}, syscall("ke_create_event")
def other():
    if "mutex" in {make!r}:
        syscall("ke_wait_single", it)
    syscall("ke_set_event", held)
    syscall("process_sleep", 120)
    {give}
syscall("process_thread", other)
syscall("ke_wait_single", held)
try:
    syscall("ke_wait_single", it)
except LookupError:
    say("raised")
syscall("process_thread", lambda: say(syscall("ke_wait_single", it, 500)))
syscall("process_sleep", 1000)
"""
    with BareMachine() as bare:
        process = bare.start(program)
        bare.machine.run_for(0.1)
        bare.kernel.signals.send(process, 30)
        bare.machine.run_for(2)
        assert bare.said() == ["raised", "0"]


def test_a_call_that_waits_again_handles_what_came_between() -> None:
    """A writer is woken while it is stopped, finds no room when it is continued, and sleeps anew: not over a signal."""
    program = """
reader, writer = syscall("ke_create_pipe", 4)
syscall("ke_pipe_write", writer, b"full")
syscall("ke_signal_handler", 30, lambda number: say("handled"))
say(syscall("ke_pipe_write", writer, b"more"))
"""
    with BareMachine() as bare:
        process = bare.start(program)
        bare.settle()
        [entry] = [each for each in process.handles.entries.values() if each.header.body.reads]
        bare.kernel.signals.send(process, 19)
        pipe = entry.header.body.pipe
        pipe.take(1)
        waits = list(pipe.write_waits)
        pipe.write_waits.clear()
        for wait in waits:  # there is room, and then there is none
            bare.kernel.scheduler.wake(wait, None)
        pipe.chunks.append(b"x")
        pipe.buffered += 1
        bare.kernel.signals.send(process, 30)
        bare.kernel.signals.send(process, 18)
        bare.machine.computer.push_signal("work")
        bare.settle()
        assert bare.said() == ["handled"]
