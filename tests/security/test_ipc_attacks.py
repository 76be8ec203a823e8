"""Attacks on the Object Manager, on IPC and on those who watch them, by programs that are hostile or only clumsy."""

from __future__ import annotations

import gc
import weakref

import pytest

from kernel_invariants import broken_promises
from kernelrig import BareMachine


def said_by(source: str, seconds: float = 1.0) -> list[str]:
    """What a program has said in a new bare machine, in which all promises hold afterwards."""
    with BareMachine() as bare:
        bare.start(source)
        bare.machine.run_for(seconds)
        assert broken_promises(bare.kernel) == []
        assert bare.kernel.wait_graph.lost_wakeups() == []
        return bare.said()


# --- waiting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "awaited", "act"),
    [
        ("syscall('ke_pipe_write', w, b'abcd')", "w", "syscall('ke_pipe_read', r)"),
        ("syscall('ke_pipe_write', w, b'abcd')", "w", "syscall('ke_pipe_read', rw, 2)"),
        ("syscall('ke_pipe_write', w, b'abcd')", "w", "syscall('vfs_close', r); syscall('vfs_close', rw)"),
        ("", "r", "syscall('ke_pipe_write', w, b'abcd')"),
        ("", "rw", "syscall('ke_pipe_write', w, b'abcd')"),
        ("", "r", "syscall('vfs_close', w); syscall('vfs_close', rw)"),
    ],
)
def test_what_one_end_of_a_pipe_does_reaches_those_who_wait_for_the_other(before: str, awaited: str, act: str) -> None:
    """Room, data and the end of either side end a wait, be the pipe quite full or quite empty then."""
    assert said_by(f"""
r, w = syscall("ke_create_named_pipe", "p", 4)
rw = syscall("ke_connect_named_pipe", "p")
{before}
def wait(): say(syscall("ke_wait_single", {awaited}))
waiter = syscall("process_thread", wait)
syscall("process_sleep", 1)
{act}
syscall("process_wait", waiter, 100)
""") == ["0"]


def test_a_wait_for_an_end_that_is_refused_leaves_nothing_behind() -> None:
    """The thread's next wait is not ended by the end that it did not get to wait for."""
    assert said_by("""
sleeper = syscall("process_thread", lambda: syscall("process_sleep", 50))
try: syscall("process_wait", sleeper, float("nan"))
except Exception as error: say(error.status.name)
say(syscall("ke_wait_single", syscall("ke_create_event"), 500))
""") == ["INVALID_PARAMETER", "258"]


def test_who_waited_for_a_child_does_not_keep_what_it_had() -> None:
    """Or memory that is booked to nobody would be held for each thread that waited."""
    with BareMachine() as bare:
        child = bare.start("syscall('signal_pull')")
        waiter = bare.start(f"""
syscall("process_wait", {child.pid})
syscall("signal_pull")
""")
        bare.settle()
        assert waiter.main.wait.on is child.main

        bare.run(f"syscall('process_kill', {child.pid}, 9)")
        gone = weakref.ref(child.sandbox)
        del child
        gc.collect()
        assert gone() is None
        assert waiter.main.wait.active


# --- signals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["main", "other"])
def test_a_handler_that_raises_holds_up_no_other_signal(sender: str) -> None:
    """It leaves while the next signal is pending: that is handled all the same, whoever has sent the first."""
    assert said_by(f"""
me, came, never = syscall("process_get_pid"), syscall("ke_create_event"), syscall("ke_create_event")
def leave(number):
    syscall("ke_signal_send", me, 31)
    raise LookupError
syscall("ke_signal_handler", 30, leave)
syscall("ke_signal_handler", 31, lambda number: syscall("ke_set_event", came))
def send():
    syscall("ke_signal_send", me, 30)
try:
    if {sender!r} == "main":
        send()
    syscall("process_thread", send)
    syscall("ke_wait_single", never)
except LookupError:
    say("raised")
say(syscall("ke_wait_single", came))
""") == ["raised", "0"]


def test_handlers_run_in_the_main_thread_whoever_is_signalled_or_awake() -> None:
    """As in any Python: also while the main thread sleeps and another computes, or signals its own process."""
    assert said_by("""
me, heard = syscall("process_get_pid"), []
syscall("ke_signal_handler", 30, lambda number: heard.append(syscall("process_get_pid") == me))
def other():
    for _ in range(3):
        syscall("ke_signal_send", me, 30)
        for _ in range(100): pass
        syscall("process_yield")
syscall("process_wait", syscall("process_thread", other))
say(heard)
""") == ["[True, True, True]"]


# --- those who watch ---------------------------------------------------------------------------------------------


def test_the_wait_graph_of_many_threads_lists_a_few_helpers_of_each() -> None:
    """A thousand that wait for the same sixty-four things would have sixty-four million helpers."""
    assert said_by("""
events = [syscall("ke_create_event") for _ in range(64)]
for _ in range(300): syscall("process_thread", lambda: syscall("ke_wait_multiple", events))
syscall("process_sleep", 1)
waits = syscall("ke_wait_graph")["waits"]
say(len(waits), {len(target["helpers"]) for wait in waits for target in wait["on"]})
say(any(wait["tid"] in target["helpers"] for wait in waits for target in wait["on"]))
say(any(wait["stuck"] for wait in waits))
""") == ["300 {32}", "False", "False"]


def test_a_long_chain_of_waiting_threads_is_judged_in_one_go() -> None:
    """The first one will end by itself, so all are helped; once it waits for itself only, none is."""
    assert said_by("""
def first():
    syscall("process_sleep", 50)
    syscall("ke_wait_single", mutex)
mutex = syscall("ke_create_mutex")
before = syscall("process_thread", first)
def hold():
    syscall("ke_wait_single", mutex)
    syscall("process_wait", before)
syscall("process_thread", hold)
for _ in range(500):
    before = syscall("process_thread", lambda before=before: syscall("process_wait", before))
for _ in range(2):
    syscall("process_sleep", 30)
    graph = syscall("ke_wait_graph")
    say(len(graph["waits"]), sum(wait["stuck"] for wait in graph["waits"]), [len(each) for each in graph["cycles"]])
""") == ["501 0 []", "502 502 [502]"]


def test_where_a_handle_was_made_is_told_in_few_words() -> None:
    """Whatever a program calls its files and functions, and however long its code is."""
    file, name = "x" * 100_000, "f" * 10_000
    [long, far] = said_by(f"""
exec(compile("def {name}(): return syscall('ke_create_event')\\n{name}()", "/{file}", "exec"))
exec(compile("pass\\n" * 9000 + "syscall('ke_create_event')", "/far.py", "exec"))
for handle in syscall("ob_list_handles"): say(handle["origin"])
""")
    assert long == "..." + file[-200:] + ":1 in " + name[:80]
    assert far.startswith("/far.py:")
    assert far.endswith("+")


def test_where_a_handle_was_made_is_told_without_escapes() -> None:
    """It is shown to others, and by the host to whoever started a program that waits for ever."""
    source = """
exec(compile("event = syscall('ke_create_event')\\nsyscall('ke_wait_single', event)", "/a\\x1b[2J\\nb", "exec"))
"""
    with BareMachine() as bare:
        process = bare.run(source)
        [handle] = bare.kernel.ob.list_handles(process)
        assert handle["origin"] == "/a\\x1b[2J\\nb:1"
        assert all(line.isprintable() for line in bare.kernel.wait_graph.deadlock())
