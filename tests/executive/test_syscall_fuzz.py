"""The whole table of system calls, called by programs that mean no good: nothing breaks, nothing is left over.

Quick as it stands; with the environment variable AXISOS_LONG=1 it makes more than a hundred thousand calls, and makes
what fails smaller.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from axisos import Machine
from hostile_programs import calls_of, program
from kernel_invariants import broken_promises, changeable, kept_by_the_kernel, service
from kernelrig import BareMachine

LONG = os.environ.get("AXISOS_LONG") == "1"
CALLS = 120 if LONG else 20  # of one program, at most
LONG_CALLS = {"bare": 75_000, "full": 25_000}  # that the long mode must have made at least
EXAMPLES = {"bare": 900 if LONG else 10, "full": 350 if LONG else 5}
SANDBOX = {
    "sandbox",
    "guards",
    "priced",
    "preempt",
    "growth",
    "safe_format",
    "traceback_text",
    "vetted",
    "loader",
}  # the files of ring 0 that run for a program, as the program
LAST_WORDS = {"_exit_code"}  # asks a program for its own exit code, as the program
NEW_THINGS = ("IoDeviceObject", "IoDriverObject", "ObpSymbolicLink")  # that root may have made by loading a driver

made: dict[str, Counter[str]] = {"bare": Counter(), "full": Counter()}  # calls of the whole run, by name


class Watch:
    """Looks over a kernel's shoulder: which calls hostile programs make, what is logged, and whose code runs where."""

    def __init__(self, machine: Any, profile: str) -> None:
        self.kernel = machine.kernel
        self.logged: list[str] = []
        self.intrusions: list[str] = []
        self._made = made[profile]
        self._make = self.kernel.processes.gate.make
        self.kernel.processes.gate.make = self._make_watched
        self.kernel.log._mirror = self.logged.append

    def _make_watched(self, process: Any) -> Any:
        """The `syscall` of a new process, with us before it."""
        inner = self._make(process)

        def syscall(name: str, *args: object) -> object:
            self._note(name)
            return inner(name, *args)

        return syscall

    def _note(self, name: str) -> None:
        """One system call, before anything is done about it."""
        frame = sys._getframe(2)  # past the gate: the program's own
        if frame.f_code.co_name == "call" and type(name) is str:
            self._made[name] += 1
        elif name == "probe" and frame.f_back is not None and frame.f_back.f_back is not None:
            caller = frame.f_back.f_back.f_code  # past `probe`'s caller, the hostile method itself
            if is_system(Path(caller.co_filename)) and caller.co_name not in LAST_WORDS:
                self.intrusions.append(
                    f"{frame.f_back.f_code.co_name} ran in {caller.co_filename}, {caller.co_name}: "
                    f"{self.kernel.scheduler.current}"
                )

    def faults(self) -> list[str]:
        """What must not have happened so far."""
        return [
            *self.intrusions,
            *(line for line in self.logged if "kernel bug" in line or " raised " in line or " gave " in line),
            *(repr(line) for line in self.logged if not line.isprintable()),
            *broken_promises(self.kernel),
            *shared_data(self.kernel),
        ]


def is_system(file: Path) -> bool:
    """Whether a frame of this file is the kernel's or a service's own work."""
    folders = set(file.parts)
    if "executive" in folders:
        return file.stem not in SANDBOX and "shims" not in folders
    return file.name[:8] == "<syscall" or bool({"system", "drivers"} & folders)


def shared_data(kernel: Any) -> list[str]:
    """No list or dict that a program gave or got is in another program's hands, or in the kernel's."""
    owner: dict[int, object] = {}
    keep: list[object] = []
    for process in kernel.processes.processes():
        if process.sandbox is not None and "ARGUMENTS" in process.sandbox.main.__dict__:
            names = process.sandbox.main.__dict__
            found: dict[int, object] = {}
            for value in (*names["ARGUMENTS"], *names["RESULTS"]):
                changeable(value, found)
            keep.append(found)
            for at in found:
                if owner.setdefault(at, process) is not process:
                    return [f"{process} and {owner[at]} hold the same {found[at]!r:.80}"]
    for place, value in kept_by_the_kernel(kernel):
        found = {}
        changeable(value, found)
        for at in found:
            if at in owner:
                return [f"{place} is in the hands of {owner[at]}"]
    return []


def handlers_of(kernel: Any) -> dict[str, Any]:
    """The functions by which services answer the calls that the kernel itself does not have."""
    found: dict[str, Any] = {}
    for pid, name in ((2, "PipelineManager"), (3, "Dkms"), (4, "LogonService")):
        for call, handler in getattr(service(kernel, pid, name), "_calls", {}).items():
            found[call] = handler[0] if type(handler) is tuple else handler
    return found


def full_machine() -> Machine:
    """A whole machine that waits for somebody to log in."""
    machine = Machine(seed=7)
    machine.power_on()
    machine.run_until("login:")
    return machine


with BareMachine() as _bare:
    BARE_CALLS = {ring: calls_of(_bare.kernel, ring, {}) for ring in (2, 2.5, 3)}
_full = full_machine()
FULL_CALLS = {ring: calls_of(_full.kernel, ring, handlers_of(_full.kernel)) for ring in (2, 2.5, 3)}
_full.power_off()

numbers = st.lists(st.integers(0, 2**60), min_size=CALLS // 2, max_size=CALLS)
user = st.tuples(numbers, st.sampled_from((3, 3, 2.5)), st.sampled_from((0, 1000, 1001)))
users = st.lists(user, min_size=1, max_size=4)


def trying(profile: str) -> Any:
    """The settings of one test: quick runs try the same each time and do not look for a smaller failure."""
    return settings(
        max_examples=EXAMPLES[profile],
        deadline=None,
        derandomize=not LONG,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
    )


def start(kernel: Any, calls: dict[float, list[Any]], numbers: list[int], ring: float, uid: int) -> Any:
    """A hostile program as a process of that ring and user."""
    process = kernel.spawn_source(BareMachine.PRELUDE + program(numbers, calls[ring]), ring)
    process.uid = process.gid = uid
    return process


@trying("bare")
@given(users, st.lists(numbers, max_size=1), st.booleans())
def test_no_call_breaks_the_kernel(users: list[Any], drivers: list[list[int]], killed_late: bool) -> None:
    """Whatever programs call with whatever arguments: no bug is logged, every promise holds, and all goes with them."""
    with BareMachine() as bare:
        watch = Watch(bare.machine, "bare")
        before = bare.kernel.ob.query_type_statistics()
        for each, ring, uid in users:
            start(bare.kernel, BARE_CALLS, each, ring, uid)
        for each in drivers:
            start(bare.kernel, BARE_CALLS, each, 2, 0)
        bare.machine.run_for(1.0)

        assert bare.machine.last_error is None, bare.machine.last_error
        assert watch.faults() == []

        for process in bare.kernel.processes.processes()[1:]:
            bare.kernel.processes.terminate(process, 137, "the test is over")
            if killed_late:
                bare.machine.run_for(0.001)
        bare.machine.computer.push_signal("work")
        bare.settle()

        assert watch.faults() == []
        assert bare.kernel.ob.query_type_statistics() == before
        assert set(bare.kernel.processes.threads) == {0}
        assert not [entry for entry in bare.kernel.scheduler._deadlines if entry[2].action is not None]
        assert not bare.kernel.messages._requests and not bare.kernel.messages._overrides
        bare.run("say('still here')")
        assert bare.said()[-1] == "still here"


@trying("full")
@given(users, st.lists(numbers, max_size=1), st.booleans())
def test_no_call_breaks_the_services(users: list[Any], drivers: list[list[int]], killed_late: bool) -> None:
    """The same on a whole machine, forwarded calls among them: its services answer the next one as if nothing was."""
    machine = full_machine()
    try:
        watch = Watch(machine, "full")
        kernel = machine.kernel
        before, own = kernel.ob.query_type_statistics(), set(kernel.processes.threads)
        for each, ring, uid in users:
            start(kernel, FULL_CALLS, each, ring, uid)
        for each in drivers:
            start(kernel, FULL_CALLS, each, 2, 0)
        machine.run_for(1.0)

        assert machine.last_error is None, machine.last_error
        assert watch.faults() == []

        for process in kernel.processes.processes():
            if (process.ring > 2 and process.pid not in own) or process.image == "/test.py":
                kernel.processes.terminate(process, 137, "the test is over")
                if killed_late:
                    machine.run_for(0.001)
        machine.computer.push_signal("work")
        machine.run_for(15.0)

        assert watch.faults() == []
        after = kernel.ob.query_type_statistics()
        assert {k: v for k, v in after.items() if k not in NEW_THINGS} == {
            k: v for k, v in before.items() if k not in NEW_THINGS
        }
        assert [t for pid, t in kernel.processes.threads.items() if pid not in own and t.process.ring > 2] == []
        kernel.spawn_source(
            "handle = syscall('vfs_open', '/tmp/last', 'w')\n"
            "syscall('vfs_write', handle, b'x')\n"
            "syscall('vfs_close', handle)\n"
            "syscall('kernel_log', 'still here')\n"
        )
        machine.run_for(1.0)
        assert watch.logged[-1].endswith("still here")
    finally:
        machine.power_off()


@pytest.mark.parametrize("profile", ["bare", "full"])
def test_enough_calls_were_made(profile: str) -> None:
    """Of the tests above, where this process has run them: so many as they claim, and of every kind that there is."""
    counted = made[profile]
    if not counted:
        pytest.skip("another process has made them")
    print(f"{profile}: {counted.total():,} calls of {len(counted)} kinds")
    table = BARE_CALLS if profile == "bare" else FULL_CALLS
    if LONG:
        assert counted.total() >= LONG_CALLS[profile]
        assert {name for ring in table for name, _ in table[ring]} - set(counted) == set()
    else:
        assert counted.total() > 20 * EXAMPLES[profile]
