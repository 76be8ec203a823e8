"""Guards of the kernel, one story each: whoever weakens one fails here (tests/mutation tries it)."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from abi.names import FIRST_USER_PID
from abi.status import Status, StatusError
from executive import policy
from executive.ob_manager import ObjectManager
from executive.plain import MAX_DEPTH, MAX_INT_BITS, MAX_ITEMS, copy_plain
from executive.process import Process
from executive.synapse import bypasses
from kernel_invariants import broken_promises
from kernelrig import BareMachine, adopt
from sandbox_world import boot, run

ATTEMPT = (
    "def attempt(name, *args):\n"
    "    try: return syscall(name, *args)\n"
    "    except Exception as error: return error.status.name if hasattr(error, 'status') else type(error).__name__\n"
)


def said(source: str, ring: float = 3, uid: int = 1000) -> list[str]:
    """What a program of that ring and user says."""
    with BareMachine() as bare:
        process = bare.start(ATTEMPT + source, ring)
        process.uid = uid
        bare.settle()
        return bare.said()


# --- rings and calls ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ring", [2.5, 3])
def test_a_call_that_is_closed_to_a_ring_is_the_callers_last(ring: float) -> None:
    """It is not answered, as an unknown one is, but logged, and the caller is ended with 137."""
    with BareMachine() as bare:
        process = bare.start(ATTEMPT + "say(attempt('no_such_call'))\nsay(attempt('dmesg_clear'))", ring)
        bare.settle()
        assert bare.said() == ["UNKNOWN_SYSCALL"]
        assert (process.status, process.exit_status) == ("dead", 137)
        assert "event=ring_violation" in str(bare.kernel.log._security[-1]["msg"])


def test_an_override_keeps_the_rings_of_its_call() -> None:
    """A service answers in the kernel's place whom the kernel would have answered, and nobody else."""
    with BareMachine() as bare:
        bare.start("syscall('syscall_override', 'dmesg_clear')\nsyscall('signal_pull')", ring=1)
        bare.settle()
        process = bare.run(ATTEMPT + "attempt('dmesg_clear')")
        assert process.exit_status == 137


@pytest.mark.parametrize("argument", ["Text('x')", "Number(3)", "True"])
def test_no_argument_of_a_subclass_reaches_a_body(argument: str) -> None:
    """Not of str, not of int, and a bool is no int."""
    classes = "class Text(str): pass\nclass Number(int): pass\n"
    assert said(classes + f"say(attempt('random_bytes', {argument}), attempt('ke_open_section', {argument}))") == [
        "INVALID_PARAMETER INVALID_PARAMETER"
    ]


def test_the_name_of_a_call_is_a_str() -> None:
    """A subclass whose hash and equality are its own finds no call."""
    name = (
        "class Name(str):\n"
        "    def __hash__(self): say('asked'); return hash(str(self))\n"
        "    def __eq__(self, other): say('asked'); return True\n"
    )
    assert said(name + "say(attempt(Name('process_get_pid')))") == ["INVALID_PARAMETER"]


def test_a_program_starts_none_that_is_more_privileged() -> None:
    """Whatever ring it asks for below its own."""
    spawn = "say([attempt('process_spawn', '/bin/init.py', ring) for ring in (0, 1, 2, 2.5)])"
    assert said(spawn) == [str(["PRIVILEGE_NOT_HELD"] * 4)]


def test_a_grant_is_used_up() -> None:
    """The rights that the logon service gave are for one process."""
    with BareMachine() as bare:
        process = bare.start(
            ATTEMPT + "syscall('signal_pull')\n"
            "spawn = ['process_spawn', '/bin/init.py', None, None, None, None, True]\n"
            "say(type(attempt(*spawn)).__name__, attempt(*spawn))\n"
        )
        process.grant = (1001, 1001, (), 3)
        bare.settle()
        bare.tell(process.pid, "go")
        bare.settle()
        assert "int ACCESS_DENIED" in bare.said()


def test_nobody_is_elevated_without_a_grant() -> None:
    """Nor with one for another ring, nor to another ring."""
    assert said("say(attempt('process_elevate', 2.5), attempt('process_elevate', 2))") == [
        "ACCESS_DENIED INVALID_PARAMETER"
    ]
    with BareMachine() as bare:
        process = bare.start(ATTEMPT + "syscall('signal_pull')\nsay(attempt('process_elevate', 2.5))")
        process.grant = (0, 0, (), 3)
        bare.settle()
        bare.tell(process.pid, "go")
        bare.settle()
        assert bare.said() == ["ACCESS_DENIED"] and process.ring == 3


def test_a_grant_is_not_used_up_by_a_call_that_is_refused() -> None:
    """There is no room for one more process of that user; within one's own user none is needed."""
    waits = ATTEMPT + "while True:\n    syscall('signal_pull')\n    say(attempt('process_elevate', 2.5))\n"
    for uid, said_first in ((1000, "True"), (1001, "QUOTA_EXCEEDED")):
        with BareMachine() as bare:
            limit = bare.kernel.processes.limits.account(uid, 3).limits
            process = bare.kernel.spawn_source(bare.PRELUDE + waits, 3, "/a.py", uid=1000)
            held = [] if uid == 1000 else [bare.kernel.spawn_source("syscall('signal_pull')", 3, "/b.py", uid=uid)]
            bare.settle()
            limit.user_processes = 1
            process.grant = (uid, uid, (), 2.5)
            for word in (said_first, "True"):
                bare.tell(process.pid, "go")
                bare.settle()
                assert bare.said()[-1] == word
                if word == "True":
                    break
                bare.kernel.processes.terminate(held[0], 0, "exited")
            assert (process.ring, process.uid, process.grant) == (2.5, uid, None)
            assert bare.kernel.processes.limits.account(uid, 3).counts["processes"] == 1


def test_only_process_2_registers_as_the_pipeline_manager() -> None:
    """Another service that says so is refused."""
    assert said("say(attempt('kernel_register_pipeline'))", ring=1) == ["ACCESS_DENIED"]


def test_only_root_turns_the_machine_off() -> None:
    """A user's program is told to use su, and the machine runs on."""
    assert said("say(attempt('computer_shutdown'), attempt('computer_reboot'))") == ["ACCESS_DENIED ACCESS_DENIED"]


def test_of_the_eeproms_data_root_changes_the_settings_only() -> None:
    """One byte beside them and nothing is written; a user changes nothing."""
    change = (
        "data = bytearray(syscall('eeprom_get_data').ljust(256, b'\\0'))\n"
        "data[at] ^= 1\n"
        "say(attempt('eeprom_set_data', bytes(data)))\n"
    )
    assert said("at = 200\n" + change, uid=0) == ["ACCESS_DENIED"]
    assert said("at = 80\n" + change, uid=0) == ["True"]
    assert said("at = 80\n" + change) == ["ACCESS_DENIED"]


def test_a_finalizer_of_a_dead_driver_calls_nothing_in_the_name_of_a_living_one() -> None:
    """Drivers have no checkpoints that would end it before: the system call itself refuses."""
    with BareMachine() as bare:
        bare.run(
            "def left_open():\n"
            "    try: yield\n"
            "    finally: syscall('kernel_log', 'in the name of another')\n"
            "opened = left_open()\n"
            "next(opened)\n"
            "ring = [opened]\n"
            "ring.append(ring)\n",
            ring=2,
        )
        bare.run("kept = []\nfor _ in range(30000):\n    cycle = []\n    cycle.append(cycle)\n    kept.append({})\n")
        assert bare.said() == []


# --- handles -----------------------------------------------------------------------------------------------------


def test_the_token_check_is_waived_for_system_processes_only() -> None:
    """Ring 0, and pids below 20 at ring <= 2: not one of the two alone."""
    for pid, ring, waived in (
        (0, 0, True), (50, 0, True), (4, 1, True), (19, 2, True),
        (FIRST_USER_PID, 2, False), (FIRST_USER_PID, 1, False), (19, 2.5, False), (19, 3, False), (30, 2.5, False),
    ):  # fmt: skip
        assert bypasses(Process(pid, None, ring, "/test.py", "SYN-a", 0)) is waived, (pid, ring)


def test_a_rotated_token_takes_its_handles_along() -> None:
    """What was open is closed, the slots are empty, and the token is another."""
    with BareMachine() as bare:
        process = bare.start("event = syscall('ke_create_event')\nsyscall('signal_pull')")
        bare.settle()
        (handle,) = process.handles.entries
        process.handles.standard[-11] = handle
        before = process.token
        assert bare.kernel.processes.rotate_token(process) == process.token != before
        assert not process.handles.entries and not process.handles.standard
        assert broken_promises(bare.kernel) == []


def test_all_of_the_wanted_access_must_be_granted() -> None:
    """A part of it is not enough."""
    manager = ObjectManager(lambda count: "0" * 2 * count, lambda: 0)
    manager.create_object_type("Box")
    process = Process(20, None, 3, "/test.py", "SYN-a", 0)
    manager.initialize_process(process)
    handle = manager.create_owned(process, "Box", "content", access=0x01)
    with pytest.raises(StatusError) as refused:
        manager.reference_by_handle(process, handle, 0x03)
    assert refused.value.status == Status.ACCESS_DENIED


def test_nobody_duplicates_the_handles_of_others() -> None:
    """From oneself only, to oneself or a child."""
    with BareMachine() as bare:
        owner = bare.start("syscall('ke_create_event')\nsyscall('signal_pull')")
        bare.settle()
        (handle,) = owner.handles.entries
        thief = (
            "me = syscall('process_get_pid')\nmine = syscall('ke_create_event')\n"
            f"say(attempt('ob_duplicate_handle', {owner.pid}, {handle!r}, me))\n"
            f"say(attempt('ob_duplicate_handle', me, mine, {owner.pid}))\n"
            "say(attempt('ob_duplicate_handle', me, mine, me)[:2])\n"
        )
        bare.run(ATTEMPT + thief)
        assert bare.said() == ["ACCESS_DENIED", "ACCESS_DENIED", "H-"]


def test_nobody_sees_the_handles_of_others() -> None:
    """A token that is known is half stolen."""
    with BareMachine() as bare:
        owner = bare.start("syscall('ke_create_event')\nsyscall('signal_pull')")
        bare.settle()
        bare.run(ATTEMPT + f"say(attempt('ob_list_handles', {owner.pid}), "
                 f"attempt('ob_get_standard_handle', {owner.pid}, -10), "
                 f"attempt('ob_set_standard_handle', {owner.pid}, -10, None))")
        assert bare.said() == ["ACCESS_DENIED ACCESS_DENIED ACCESS_DENIED"]


def test_a_closed_handle_leaves_its_slot() -> None:
    """A standard slot never names what is closed."""
    source = (
        "me, event = syscall('process_get_pid'), syscall('ke_create_event')\n"
        "syscall('ob_set_standard_handle', me, -11, event)\n"
        "syscall('vfs_close', event)\n"
        "say(syscall('ob_get_standard_handle', me, -11))\n"
    )
    assert said(source) == ["None"]


def test_a_child_inherits_what_is_marked_only() -> None:
    """Not each handle that its parent has."""
    with BareMachine() as bare:
        parent = bare.start("for _ in range(2): syscall('ke_create_event')\nsyscall('signal_pull')")
        child = bare.start("syscall('signal_pull')")
        bare.settle()
        marked, _other = parent.handles.entries
        parent.handles.entries[marked].inheritable = True
        assert list(bare.kernel.ob.inherit_handles(parent, child)) == [marked]
        assert len(child.handles.entries) == 1


def test_a_group_has_the_groups_rights() -> None:
    """Not the owner's; and the others have theirs."""
    with BareMachine() as bare:
        owner = bare.start("syscall('ke_create_section', 's', 64, '640')\nsyscall('signal_pull')")
        owner.uid, owner.gid = 1000, 100
        bare.settle()
        for uid, gid, groups, found in (
            (1001, 100, (), "ACCESS_DENIED"), (1001, 7, (100,), "ACCESS_DENIED"), (1000, 7, (), "None"),
        ):  # fmt: skip
            member = bare.start(
                ATTEMPT + "view = syscall('ke_map_section', syscall('ke_open_section', 's'))\n"
                "def store(): view['x'] = 1\n"
                "try: say(store())\nexcept Exception as error: say(error.status.name)\n"
            )
            member.uid, member.gid, member.groups = uid, gid, groups
            bare.settle()
            assert bare.said()[-1] == found, (uid, gid, groups)
        stranger = bare.start(ATTEMPT + "say('stranger', attempt('ke_open_section', 's'))")
        stranger.uid, stranger.gid = 1001, 7
        bare.settle()
        assert bare.said()[-1] == "stranger ACCESS_DENIED"


# --- data --------------------------------------------------------------------------------------------------------


def test_only_exact_types_are_plain() -> None:
    """No subclass gets through, at any depth and as a key neither."""

    class Row(list):
        pass

    class Pair(tuple):
        pass

    class Text(str):
        pass

    class Table(dict):
        pass

    for value in (Row(), Pair(), Text(), Table(), [Row()], (Pair(),), {Text(): 1}, {"a": Table()}, {1, 2}, object()):
        with pytest.raises(StatusError):
            copy_plain(value)
    original = [1, {"a": [2]}, (3, [4])]
    copied = copy_plain(original)
    assert copied == original and copied is not original
    assert copied[1] is not original[1] and copied[2][1] is not original[2][1]  # type: ignore[index]


def test_plain_data_has_bounds() -> None:
    """In depth, in items and in the length of its integers; what is just within them passes."""
    deep: object = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    for within, beyond in (
        (deep, [deep]),
        ([0] * MAX_ITEMS, [0] * (MAX_ITEMS + 1)),
        ([[0] * (MAX_ITEMS // 2 - 1)] * 2, [[0] * (MAX_ITEMS // 2)] * 2),
        (2**MAX_INT_BITS - 1, 2**MAX_INT_BITS),
        ([2**MAX_INT_BITS - 1], [2**MAX_INT_BITS]),
    ):
        assert copy_plain(within) == within
        with pytest.raises(StatusError):
            copy_plain(beyond)


def test_the_log_shows_no_characters_that_a_terminal_obeys() -> None:
    """Escapes, bells, line ends, right-to-left marks and halves of characters are spelt out."""
    (line,) = said("say('a\\x1b[2J\\x07\\n\\r\\u202e\\x9b1m\\ud800b')")
    assert line.isprintable() and line.startswith("a\\x1b[2J\\x07\\n\\r\\u202e\\x9b1m") and line.endswith("b")


def test_a_program_logs_at_the_levels_of_programs() -> None:
    """Only root's may claim that something failed, or that it concerns security."""
    levels = "say([attempt('kernel_log', 'x', level) for level in ('info', 'fail', 'sec', 'ok')])"
    assert said(levels)[-1] == "[True, 'ACCESS_DENIED', 'ACCESS_DENIED', 'ACCESS_DENIED']"
    assert said(levels, uid=0)[-1] == "[True, True, True, True]"


def test_an_error_carries_nothing_of_the_kernels() -> None:
    """It is raised afresh: its trace has the program's own frames and none below them."""
    with BareMachine() as bare:
        process = bare.run(
            "from abi.status import StatusError\n"
            "caught = []\n"
            "try: syscall('ke_open_section', 'nowhere')\n"
            "except StatusError as error: caught.append(error)\n"
        )
        (error,) = process.sandbox.main.__dict__["caught"]
        files, trace = [], error.__traceback__
        while trace is not None:
            files.append(trace.tb_frame.f_code.co_filename.rpartition("/")[2])
            trace = trace.tb_next
        assert set(files) <= {"test.py", "syscalls.py", "sandbox.py"} and error.__context__ is error.__cause__ is None


# --- signals, ends, waits ----------------------------------------------------------------------------------------


def test_nobody_signals_an_ancestor() -> None:
    """Of whatever degree, also as root."""
    with BareMachine() as bare:
        parent = bare.start("syscall('signal_pull')")
        child = bare.start(ATTEMPT + "parent = syscall('signal_pull')[2]\nsay(attempt('process_kill', parent, 9))")
        grandchild = bare.start(ATTEMPT + "elder = syscall('signal_pull')[2]\nsay(attempt('process_kill', elder, 9))")
        for young, old in ((child, parent), (grandchild, child)):
            adopt(old, young)
        bare.settle()
        bare.tell(grandchild.pid, "elder", parent.pid)
        bare.settle()
        bare.tell(child.pid, "parent", parent.pid)
        bare.settle()
        assert bare.said() == ["ACCESS_DENIED", "ACCESS_DENIED"] and parent.status != "dead"


def test_orphans_go_to_the_next_living_ancestor() -> None:
    """And are its children from then on, whose end it learns of."""
    with BareMachine() as bare:
        elder, parent, child = (bare.start("syscall('signal_pull')") for _ in range(3))
        for young, old in ((parent, elder), (child, parent)):
            adopt(old, young)
        bare.settle()
        bare.kernel.processes.terminate(parent, 1, "the test says so")
        assert child.parent is elder and elder.children == {child.pid: child}
        assert broken_promises(bare.kernel) == [f"{list(parent.threads)} are not buried"]
        bare.kernel.processes.terminate(child, 3, "the test says so")
        assert elder.ended_children[child.pid] == (3, "the test says so")


def test_who_dies_with_a_mutex_leaves_it_to_the_next() -> None:
    """Who waits gets it, and learns by 128 that its owner had died; the one after that does not."""
    source = (
        "mutex = syscall('ke_create_mutex')\n"
        "def owner(): syscall('ke_wait_single', mutex)\n"
        "def heir(): say(syscall('ke_wait_single', mutex)); syscall('ke_release_mutex', mutex)\n"
        "for act in (owner, heir, heir): syscall('process_thread', act); syscall('process_yield')\n"
        "syscall('process_sleep', 1)\n"
    )
    assert said(source) == ["128", "0"]


def test_a_mutex_is_released_by_its_owner_only() -> None:
    """Another thread of the same process is another."""
    source = (
        "mutex = syscall('ke_create_mutex', True)\n"
        "syscall('process_thread', lambda: say(attempt('ke_release_mutex', mutex)))\n"
        "syscall('process_sleep', 1)\n"
        "say(attempt('ke_release_mutex', mutex), attempt('ke_release_mutex', mutex))\n"
    )
    assert said(source) == ["MUTANT_NOT_OWNED", "True MUTANT_NOT_OWNED"]


def test_an_interrupted_wait_leaves_no_trace() -> None:
    """Who leaves by an error of a signal handler stands in no queue any more, and takes nothing."""
    with BareMachine() as bare:
        process = bare.start(
            "def handler(signum): raise ValueError\n"
            "syscall('ke_signal_handler', 30, handler)\n"
            "permits, event = syscall('ke_create_semaphore', 0, 5), syscall('ke_create_event')\n"
            "try: syscall('ke_wait_multiple', [permits, event], False, 1000)\nexcept ValueError: pass\n"
            "syscall('ke_release_semaphore', permits)\n"
            "say(syscall('ke_wait_single', permits, 0))\n"
            "syscall('signal_pull')\n"
        )
        bare.machine.run_for(0.01)
        bare.kernel.signals.send(process, 30)
        bare.machine.computer.push_signal("work")
        bare.machine.run_for(0.01)
        assert bare.said() == ["0"] and broken_promises(bare.kernel) == []


def test_a_killed_program_says_nothing_more() -> None:
    """It may catch what ends it as often as it likes: none of its calls is made any more."""
    with BareMachine() as bare:
        victim = bare.start(
            "while True:\n"
            "    try: syscall('signal_pull')\n"
            "    except BaseException:\n"
            "        try: say('lives')\n"
            "        except BaseException: pass\n"
        )
        bare.settle()
        bare.kernel.processes.terminate(victim, 137, "the test says so")
        bare.machine.computer.push_signal("work")
        bare.settle()
        assert bare.said() == [] and broken_promises(bare.kernel) == []


def test_who_reads_a_pipe_learns_of_its_last_writers_end() -> None:
    """Also when it waits already: it gets the end of file, and a writer that waits the broken pipe."""
    source = (
        "reader, writer = syscall('ke_create_pipe')\n"
        "syscall('process_thread', lambda: say('read', syscall('vfs_read', reader)))\n"
        "syscall('process_sleep', 1)\n"
        "syscall('vfs_close', writer)\n"
        "syscall('process_sleep', 1)\n"
        "syscall('ke_signal_handler', 13, 'SIG_IGN')\n"
        "reader, writer = syscall('ke_create_pipe', 1)\n"
        "syscall('process_thread', lambda: say('write', attempt('vfs_write', writer, b'xy')))\n"
        "syscall('process_sleep', 1)\n"
        "syscall('vfs_close', reader)\n"
        "syscall('process_sleep', 1)\n"
    )
    assert said(source) == ["read b''", "write PIPE_BROKEN"]


def test_what_cannot_be_caught_cannot_be_blocked() -> None:
    """SIGKILL and SIGSTOP: no handler, no mask."""
    with BareMachine() as bare:
        process = bare.start(
            ATTEMPT + "say([attempt('ke_signal_handler', n, lambda s: None) for n in (9, 19)])\n"
            "syscall('ke_signal_mask', [9, 19, 15])\n"
            "say(syscall('ke_signal_mask', [9, 19]))\n"
            "syscall('signal_pull')\n"
        )
        bare.settle()
        assert bare.said() == ["['INVALID_PARAMETER', 'INVALID_PARAMETER']", "[15]"]
        bare.kernel.signals.send(process, 9)
        assert process.status == "dead"


# --- the sandbox -------------------------------------------------------------------------------------------------


def checkpoints(source: str) -> int:
    """How many a program comes by."""
    sandbox, host = boot("def f(x): return x\ndata = [1] * 50\n" + source, simulated=True)
    sandbox.run_main(host.compile(host.files["/home/program.py"].encode(), "/home/program.py", "program"))
    return host.checkpoints


@pytest.mark.parametrize(("with_them", "without"), [
    ("list(map(f, data))", "list(map(abs, data))"),
    ("list(map(lambda x: x, data))", "list(map(abs, data))"),
    ("[x for x in data]", "list(data)"),
    ("list(x for x in data)", "list(data)"),
    ("for x in data: pass", "list(data)"),
    ("for x in data:\n    try: x.y\n    except AttributeError: pass", "for x in data: hasattr(x, 'y')"),
    ("for x in data:\n    try: pass\n    finally: x", "for x in data: x"),
])  # fmt: skip
def test_every_piece_of_code_that_can_go_round_has_a_checkpoint_of_its_own(with_them: str, without: str) -> None:
    """Functions, lambdas, comprehensions, loops, handlers and cleanups: fifty turns are fifty checkpoints more."""
    assert checkpoints(with_them) - checkpoints(without) >= 50


def test_a_shared_class_takes_no_attributes() -> None:
    """Whatever stands before the dot when something is stored."""
    for target in ("type(1)", "[int][0]", "(int)", "dict(a=int)['a']"):
        with pytest.raises((TypeError, AttributeError)):
            run(f"import decimal\n{target}.marked = 1")
    with pytest.raises((TypeError, AttributeError)):
        run("import decimal\n[decimal.DecimalException][0].marked = 1")


def test_a_field_that_nobody_knows_is_refused() -> None:
    """A node that a later Python may bring, or a string where no name is expected, is nobody's, so it does not pass."""
    policy.check(ast.parse("def f():\n    if x: pass"), "/test.py")

    class Novel(ast.stmt):
        _fields = ()

    with pytest.raises(SyntaxError):
        policy.check(ast.Module(body=[Novel()], type_ignores=[]), "/test.py")
    tree: Any = ast.parse("if x: pass")
    tree.body[0].test = "a string"
    with pytest.raises(SyntaxError):
        policy.check(tree, "/test.py")
