"""Slices that last too long, operations that nothing interrupts, stacks that make others wait."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from executive.watchdog import FORGIVE_NS, MAX_STACK_BYTES
from kernelrig import BareMachine

SECOND_NS = 1_000_000_000


class Victim:
    """A process of a bare machine that is told about slices which it never had."""

    def __init__(self, bare: BareMachine, ring: float = 3) -> None:
        self.kernel = bare.kernel
        self.clock = bare.machine.clock
        self.process = bare.run("syscall('signal_pull')", ring)

    def long_slice(self, seconds: float) -> None:
        """One of its slices has ended and lasted so long."""
        start_ns = self.kernel.scheduler.now_ns()
        self.clock.advance_ns(int(seconds * SECOND_NS))
        self.kernel.watchdog.slice_ended(self.process.main, int(seconds * SECOND_NS), start_ns)

    def operation(self, *seconds: float, breakable: bool = True) -> list[str]:
        """It is in the middle of one operation of C; the host's interrupt rings after *seconds*. What that raises."""
        scheduler = self.kernel.scheduler
        scheduler.current, scheduler.slice_start_ns, scheduler.idle = self.process.main, scheduler.now_ns(), False
        sandbox, self.process.sandbox = self.process.sandbox, SimpleNamespace(
            guest=self.process.ring > 2, may_break=lambda frame: breakable, raise_flag=lambda: None
        )
        raised = []
        for now, before in zip(seconds, (0, *seconds), strict=False):
            self.clock.advance_ns(int((now - before) * SECOND_NS))
            try:
                self.kernel.watchdog.break_in(sys._getframe())
            except BaseException as error:  # ProcessKilled is a class of the machine's own kernel
                raised.append(type(error).__name__)
            else:
                raised.append("")
        scheduler.current, scheduler.idle, self.process.sandbox = scheduler.kernel_thread, True, sandbox
        return raised


def test_three_long_slices_end_a_program() -> None:
    """Each is a strike and one line of the log; the third is the end, with its reason."""
    with BareMachine() as bare:
        victim = Victim(bare)
        victim.long_slice(2.5)
        victim.long_slice(2.5)
        assert victim.process.status != "dead"
        victim.long_slice(2.5)
        assert victim.process.exit_status == 137
        assert victim.process.exit_reason == "watchdog: 3 strikes for not giving way"
        warnings = [str(entry["msg"]) for entry in bare.kernel.log.newest(100) if entry["level"] == "warn"]
        assert [line.rpartition(" ")[2] for line in warnings[-3:]] == ["1/3", "2/3", "3/3"]


def test_a_strike_is_forgiven_for_each_minute_without_another() -> None:
    """A program that is slow now and then lives."""
    with BareMachine() as bare:
        victim = Victim(bare)
        for _ in range(6):
            victim.long_slice(2.5)
            bare.machine.clock.advance_ns(FORGIVE_NS)
        assert victim.process.status != "dead" and victim.process.main.strikes == 1


def test_services_are_warned_about_and_not_ended() -> None:
    """All programs need the Pipeline Manager and DKMS: strikes do not end them."""
    with BareMachine() as bare:
        victim = Victim(bare, ring=1)
        victim.process.pid = 3
        for _ in range(5):
            victim.long_slice(3)
        assert victim.process.status != "dead" and bare.kernel.scheduler.statistics.watchdog_warnings == 5
        victim.process.pid = victim.process.main.pid


def test_one_operation_is_a_strike_then_an_error_then_the_end() -> None:
    """Every two seconds a strike, after five TimeoutError; the third strike is the end, wherever it comes."""
    with BareMachine() as bare:
        victim = Victim(bare)
        assert victim.operation(1, 3, 3.5, 4.5, 5.5, 5.9) == ["", "", "", "", "TimeoutError", "TimeoutError"]
        assert victim.process.main.strikes == 2 and victim.process.status != "dead"
        assert victim.operation(1, 2.5) == ["", "ProcessKilled"]
        assert victim.process.exit_reason == "watchdog: 3 strikes for not giving way"


def test_ten_seconds_in_one_operation_are_the_end() -> None:
    """Even if nothing could look in before: at the next possible instant."""
    with BareMachine() as bare:
        victim = Victim(bare)
        assert victim.operation(10.5) == ["ProcessKilled"]
        assert victim.process.exit_reason == "watchdog: one operation took 10.5 s"


def test_a_driver_that_loops_is_broken_into_and_a_service_is_not() -> None:
    """All of a driver's slice is one operation; without PM and DKMS nobody could go on."""
    with BareMachine() as bare:
        driver = Victim(bare, ring=2)
        assert driver.operation(3, 5.5) == ["", "TimeoutError"] and driver.operation(2.5) == ["ProcessKilled"]
        service = Victim(bare, ring=1)
        assert service.operation(3, 6, 30) == ["", "", ""] and service.process.main.strikes == 0


def test_nothing_is_raised_into_the_kernel() -> None:
    """While the kernel's own code works for the program, the interrupt passes by."""
    with BareMachine() as bare:
        victim = Victim(bare)
        assert victim.operation(3, 6, 30, breakable=False) == ["", "", ""]
        assert victim.process.main.strikes == 0


def test_a_slice_counts_once() -> None:
    """A strike that was given during an operation is not given again when its slice ends."""
    with BareMachine() as bare:
        victim = Victim(bare)
        start_ns = bare.kernel.scheduler.now_ns()
        victim.operation(3)
        bare.kernel.watchdog.slice_ended(victim.process.main, 3 * SECOND_NS, start_ns)
        assert victim.process.main.strikes == 1


@pytest.mark.parametrize(("saved_bytes", "ring", "status"), [
    (MAX_STACK_BYTES + 1, 3, "dead"), (MAX_STACK_BYTES, 3, "sleeping"), (MAX_STACK_BYTES + 1, 2, "sleeping"),
])  # fmt: skip
def test_who_waits_deep_in_c_is_ended(saved_bytes: int, ring: float, status: str) -> None:
    """Moving a large stack out of others' way costs them time; what they were charged for it is given back."""
    with BareMachine() as bare:
        deep, slow = Victim(bare, ring).process, Victim(bare).process
        task: Any = deep.main.task
        deep.main.task = SimpleNamespace(_stack_saved=saved_bytes)
        deep.ledger.held_bytes = 0
        slow.ledger.held_bytes = slow.account.held_bytes = 5 << 20
        bare.kernel.watchdog.find_deep_stacks(slow.main)
        deep.main.task = task
        assert deep.main.status == status
        assert slow.ledger.held_bytes == slow.account.held_bytes == (5 << 20) - (saved_bytes if status == "dead" else 0)


def test_recursion_that_catches_its_own_end_does_not_stop_the_machine() -> None:
    """A program that swallows every RecursionError is preempted like any other, and can be killed."""
    with BareMachine() as bare:
        process = bare.start("""
def hold(depth):
    while True:
        try: hold(depth + 1)
        except BaseException: pass
hold(0)
""")
        bare.start("for _ in range(20): syscall('process_sleep', 5)\nsay('had my turns')")
        bare.machine.run_for(3.0)
        assert bare.said() == ["had my turns"]
        bare.kernel.processes.terminate(process, 137, "enough")
        bare.settle()
        assert process.main.status == "dead" and process.pid not in bare.kernel.processes.threads


def test_a_system_call_at_the_end_of_the_stack_fails_before_it_begins() -> None:
    """Events made and closed at the bottom of a recursion: RecursionError now and then, and not one object is lost."""
    with BareMachine() as bare:
        before = bare.kernel.ob.query_type_statistics()
        bare.run("""
def down(depth):
    try: down(depth + 1)
    except RecursionError: pass
    try: syscall("ke_close_handle", syscall("ke_create_event"))
    except RecursionError: pass
    except Exception: syscall("vfs_close", syscall("ke_create_event"))
down(0)
say("up again")
""")
        assert bare.said() == ["up again"]
        assert bare.kernel.ob.query_type_statistics() == before


def test_a_program_may_ask_for_a_deeper_recursion() -> None:
    """Up to what the limit and the host's stack allow; its threads have it too, other processes do not."""
    with BareMachine() as bare:
        bare.run("""
def deep(n): return n and 1 + deep(n - 1)
before = syscall("process_recursion")
given = syscall("process_recursion", 2500)
results = []
results.append(deep(2000))
thread = syscall("process_thread", lambda: results.append(deep(2000)))
syscall("process_sleep", 10)
syscall("process_wait", thread)
say(before, given, results, syscall("process_recursion", 10 ** 9) >= syscall("process_recursion", 1) >= 2500)
""")
        bare.run("""
def deep(n): return n and 1 + deep(n - 1)
try: deep(2000)
except RecursionError: say("not here")
""")
        assert bare.said() == ["1000 2500 [2000, 2000] True", "not here"]
        assert sys.getrecursionlimit() == bare.kernel.scheduler.recursion
