"""Who waits for whom: circles are named, who can be helped is not called stuck."""

from __future__ import annotations

from typing import Any

import pytest

from kernelrig import BareMachine


def graph(bare: BareMachine) -> tuple[dict[int, dict[str, Any]], list[list[int]]]:
    """(waits by thread id, cycles), as `ke_wait_graph` tells."""
    told = bare.kernel.wait_graph.ke_wait_graph(bare.kernel.scheduler.kernel_thread)
    return {wait["tid"]: wait for wait in told["waits"]}, told["cycles"]


def test_two_threads_with_two_mutexes_are_named_with_the_places_in_their_program() -> None:
    """Each mutex with the line that made it, each thread with the line where it stands."""
    program = """
a, b = syscall("ke_create_mutex"), syscall("ke_create_mutex", False, "second")
ready = syscall("ke_create_semaphore", 0)
def left():
    syscall("ke_wait_single", a)
    syscall("ke_wait_single", ready)
    syscall("ke_wait_single", b)
def right():
    syscall("ke_wait_single", b)
    syscall("ke_release_semaphore", ready)
    syscall("ke_wait_single", a)
threads = [syscall("process_thread", each) for each in (left, right)]
syscall("process_wait", threads[0])
"""
    with BareMachine() as bare:
        bare.run(program)
        waits, cycles = graph(bare)
        assert cycles == [[21, 22]]
        assert [wait["stuck"] for wait in waits.values()] == [True, True, True]
        assert [wait["on"][0]["helpers"] for wait in waits.values()] == [[21], [22], [21]]
        what, main, left, right = bare.kernel.wait_graph.deadlock()
        assert what == "threads 21, 22 wait for each other in a circle"
        assert main == "20 (/test.py:15) waits for the end of thread 21"
        assert left.startswith("21 (/test.py:9 in left) waits for KeMutex \\Mutex\\second (made at /test.py:4), ")
        assert left.endswith("owned by 22")
        assert right.endswith("(made at /test.py:4), owned by 21")
        assert bare.kernel.wait_graph.lost_wakeups() == []


@pytest.mark.parametrize(
    ("waits", "stuck"),
    [
        ('syscall("ke_wait_single", event)', True),  # its own handle, and nobody else to use it
        ('syscall("ke_wait_single", event, 10**9)', False),  # a time limit
        ('syscall("ke_wait_multiple", [event, timer])', False),
        ('syscall("ke_wait_multiple", [event, timer], True)', True),
        ('syscall("ke_pipe_read", reader)', True),  # it holds the writing end itself
        ('syscall("vfs_close", writer); syscall("ke_pipe_write", keep, b"x" * 9)', True),
        ('syscall("ke_mq_receive", queue)', True),
        ('syscall("process_sleep", 10**9)', False),
        ('syscall("signal_pull")', True),
    ],
)
def test_one_alone_is_stuck_unless_time_or_the_system_helps(waits: str, stuck: bool) -> None:
    """What only it could bring about will not come, whatever it waits for."""
    program = f"""
event, timer = syscall("ke_create_event"), syscall("ke_create_timer")[0]
syscall("ke_set_timer", timer, 10**9)
reader, writer = syscall("ke_create_pipe", 8)
_, keep = syscall("ke_create_pipe", 8)
queue = syscall("ke_create_mqueue")
{waits}
"""
    with BareMachine() as bare:
        bare.run(program)
        assert bool(bare.kernel.wait_graph.deadlock()) is stuck
        assert bare.kernel.wait_graph.lost_wakeups() == []


def test_whoever_can_be_helped_by_somebody_free_is_free() -> None:
    """Who waits for the owner of a mutex that sleeps with a time limit, and who waits for that one."""
    chain = """
mutex = syscall("ke_create_mutex")
def owner():
    syscall("ke_wait_single", mutex)
    syscall("process_sleep", 10**9)  # it wakes one day, and sets the rest going
def second():
    syscall("ke_wait_single", mutex)
syscall("process_thread", owner)
syscall("process_yield")
thread = syscall("process_thread", second)
syscall("process_wait", thread)
"""
    with BareMachine() as bare:
        bare.run(chain)
        waits, cycles = graph(bare)
        assert (sorted(waits), [wait["stuck"] for wait in waits.values()], cycles) == ([20, 22], [False, False], [])
        assert bare.kernel.wait_graph.deadlock() == []


def test_who_can_be_helped_by_a_service_or_a_driver_is_not_stuck() -> None:
    """They hold a handle, or wake by a time limit of their own and may send a message; an idle one will not."""
    waits = 'syscall("ke_wait_single", syscall("ke_create_event"))'
    for ring, helps in ((1, True), (2, True), (3, False)):
        with BareMachine() as bare:
            process = bare.run(waits)
            [token] = process.handles.entries
            other = bare.run('syscall("signal_pull")', ring)
            bare.kernel.ob.duplicate_handle(process, token, other)
            assert bool(bare.kernel.wait_graph.deadlock()) is not helps
    for pull, helps in (("10**9", True), ("None", False)):
        with BareMachine() as bare:
            bare.run('syscall("signal_pull")')
            bare.run(f'syscall("signal_pull", {pull})', 2)
            assert bool(bare.kernel.wait_graph.deadlock()) is not helps


def test_a_stopped_program_is_stuck_when_nobody_is_left_to_continue_it() -> None:
    """Until there is another program, which could send SIGCONT."""
    with BareMachine() as bare:
        bare.run('syscall("process_kill", syscall("process_get_pid"), 19)')
        assert bare.kernel.wait_graph.deadlock()[1].endswith("waits for SIGCONT from another program")
        bare.run('syscall("process_sleep", 10**9)')
        assert bare.kernel.wait_graph.deadlock() == []


def test_a_wake_up_that_was_forgotten_is_found() -> None:
    """The state of the event is changed behind the kernel's back: its waiter is not told."""
    with BareMachine() as bare:
        process = bare.run('syscall("ke_wait_single", syscall("ke_create_event"))')
        [entry] = process.handles.entries.values()
        entry.header.body.is_set = True
        [line] = bare.kernel.wait_graph.lost_wakeups()
        assert line.startswith("20 (/test.py:3) waits for KeEvent") and line.endswith("it could go on")
