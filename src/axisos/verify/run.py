"""One run: a machine of its own, in a process of its own, in which a driver is exercised; and what that has shown.

The process is forked, so that a driver that never gives the processor back, or takes the machine with it, ends its own
run and no other. A timer of the host's finds such a driver and the line it is at.

Called by   the campaign.
Always so   a run is decided by the driver's files, the further hardware, the seed and the place that is to fail.
"""

from __future__ import annotations

import json
import os
import re
import signal
from time import process_time

from axisos.machine.disk import overlay
from axisos.machine.machine import Machine
from axisos.machine.memory_storage import MemoryStorage
from axisos.verify.plan import Planner, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType
    from typing import Any

INIT = "/bin/exercise.py"
DRIVERS = "/drivers"
PLAN, OUTCOME = "etc/exercise.json", "etc/exercise.out"
PROCESSOR_S = 60.0  # of the host, that one run may take
STALL_S = 3.0  # likewise, without any system call or checkpoint: somebody does not give the processor back
LOOKS = 3  # at a run, before it is called stuck
MACHINE_S = 400.0  # of machine time, that one run may take
TAKE_EVERY_S = 0.05  # of machine time: how often the host port's other end takes output
SYSTEM_BUG = re.compile(r"kernel bug in|(DKMS|PM|Pipeline Manager): \w+ from process \d+: \w+:|has failed: \w+Error")


class Job:
    """What all runs of a campaign have in common."""

    def __init__(
        self, path: str, files: dict[str, bytes], boards: Sequence[str] = (), attach: Any = None,
        stall_s: float = STALL_S,
    ) -> None:
        self.path = path  # of the driver, as the user gave it
        self.files = files  # path below /drivers -> text
        self.guest_path = f"{DRIVERS}/{next(iter(files))}"
        self.source = Source(files.values())
        self.boards = tuple(boards)  # descriptions of further hardware
        self.attach: Callable[[Machine], object] | None = attach  # plugs in hardware that has no description
        self.stall_s = stall_s  # processor time after which a driver that does nothing else is stuck


class RunResult:
    """What one run has shown."""

    def __init__(self, seed: int, fault: int, said: dict[str, Any]) -> None:
        self.seed = seed
        self.fault = fault  # which of the seed's sites was made to fail, from 1; 0 for none
        self.findings: list[dict[str, Any]] = said.get("findings", [])
        self.sites: list[str] = said.get("sites", [])
        self.outcome: dict[str, Any] = said.get("outcome") or {}
        self.log: list[str] = said.get("log", [])


def perform(job: Job, seed: int, fault: int, fail_at: str, write: Callable[[bytes], object]) -> None:
    """One run, in a process that has nothing else to do; its result leaves by *write*."""
    run = _Run(job, seed, fail_at)

    def look(_number: int, frame: FrameType | None) -> None:
        if run.is_stuck(frame):
            write(json.dumps(run.said()).encode())
            os._exit(0)

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, job.stall_s / LOOKS, job.stall_s / LOOKS)
    run.go()
    signal.setitimer(signal.ITIMER_PROF, 0)
    write(json.dumps(run.said()).encode())


class _Run:
    """The machine, the hardware's side of the load, and the findings."""

    def __init__(self, job: Job, seed: int, fail_at: str) -> None:
        self._job = job
        self._log: list[str] = []
        planner = Planner(seed, job.source)
        self._plan = planner.plan(job.guest_path, fail_at)
        self._events = planner.events()
        self._findings: list[dict[str, Any]] = []
        self._looks = 0  # in a row at which it had not got on
        self._seen_ns = -1
        self._memory = MemoryStorage()
        disk = overlay(self._memory, True)
        for name, text in job.files.items():
            _put(self._memory, f"drivers/{name}", text)
        _put(self._memory, PLAN, json.dumps(self._plan).encode())
        self._machine = Machine(
            disk, seed=seed, schedule="random", boot_args={"init": INIT, "quick": "Enabled", "timeout": 0},
            verbose_log=self._log.append, components=job.boards,
        )
        self._port = self._machine.plug_host({"argv": ["/bin/true"], "line": None})
        self._port.feed(b"input for whoever reads it\n" * 50)
        if job.attach is not None:
            job.attach(self._machine)

    def go(self) -> None:
        """From power on to power off."""
        machine = self._machine
        machine.power_on()
        try:
            self._let_run()
        finally:
            machine.power_off()
        if machine.last_error is not None:
            self._found("breaks-the-system", machine.last_error.splitlines()[0])
        elif not self._memory.stat(OUTCOME):
            self._found("breaks-the-system", f"nothing happened any more: {(self._log or ['no log'])[-1]}")
        for line in self._log:
            if SYSTEM_BUG.search(line):
                self._found("breaks-the-system", line.strip())

    def _let_run(self) -> None:
        machine, clock = self._machine, self._machine.clock
        limit_ns = clock.lifetime_ns() + int(MACHINE_S * 1e9)
        next_take_ns = 0
        starts_ns: int | None = None  # when the callers' time began
        while machine.state == "running":
            wait = machine.advance()
            if wait.halted:
                return
            now_ns = clock.now_ns()
            if clock.lifetime_ns() > limit_ns:
                self._found("breaks-the-system", f"the run did not end within {MACHINE_S:g} s of machine time")
                return
            if starts_ns is None and self._watches():
                starts_ns = now_ns
            due = [] if wait.deadline_ns is None else [wait.deadline_ns]
            if starts_ns is not None and self._events:
                at_ns = starts_ns + int(self._events[0][0] * 1e9)
                if at_ns <= now_ns:
                    self._deliver(*self._events.pop(0)[1:])
                    continue
                due.append(at_ns)
            if self._port.pending(1) or self._port.pending(2):
                next_take_ns = next_take_ns or now_ns + int(TAKE_EVERY_S * 1e9)
                if next_take_ns <= now_ns:
                    next_take_ns = 0
                    for stream in (1, 2):
                        self._port.take(stream)
                    continue
                due.append(next_take_ns)
            if not due:
                return  # it sleeps for ever
            if min(due) > now_ns:
                clock.jump_to_ns(min(due))

    def _deliver(self, name: str, values: tuple[Any, ...]) -> None:
        """One signal of the hardware, if a watched driver has asked for it."""
        if any(name in watch.driver.events for watch in self._watches()):
            self._machine.deliver(name, *(self._address(value) for value in values))

    def _address(self, value: Any) -> Any:
        if type(value) is not str or not value.startswith("@"):
            return value
        board = self._machine.bus.first(value[1:])
        return "" if board is None else board.address

    def _watches(self) -> list[Any]:
        """The verifier's watches, one for each of the driver's processes."""
        watch = getattr(self._machine.kernel, "call_watch", None)
        return [] if watch is None else list(watch.observers)

    def is_stuck(self, frame: FrameType | None) -> bool:
        """The host looks at the run; *frame*: where it computes. Returns whether that is to be its end."""
        now_ns = self._machine.clock.lifetime_ns()  # goes on by system calls and checkpoints
        self._looks = self._looks + 1 if now_ns == self._seen_ns else 0
        self._seen_ns = now_ns
        if self._looks < LOOKS and process_time() < PROCESSOR_S:
            return False
        while frame is not None and not frame.f_code.co_filename.startswith(DRIVERS + "/"):
            frame = frame.f_back
        watches = self._watches()
        if frame is None or not watches:
            if self._looks >= LOOKS and process_time() < PROCESSOR_S:
                return False  # something of ours takes its time
            self._found("breaks-the-system", f"the run used more than {PROCESSOR_S:g} s of the host's processor")
            return True
        place = f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"
        detail = f"it computed for {self._job.stall_s:g} s of the host's processor without a system call"
        self._found("never-returns", detail, watches[-1].doing_now(), place)
        return True

    def _found(self, rule: str, detail: str, request: str = "", place: str = "") -> None:
        self._findings.append({
            "rule": rule, "driver": self._name(), "request": request, "place": place, "detail": detail, "count": 1,
            "failed": "",
        })

    def _name(self) -> str:
        watches = self._watches()
        return watches[0].driver.name if watches else self._job.guest_path

    def said(self) -> dict[str, Any]:
        """What the run has shown, as plain data."""
        watches = self._watches()
        outcome = _outcome(self._memory)
        findings = [finding.as_dict() for watch in watches for finding in watch.findings]
        for rule, detail, doing in (outcome or {}).get("faults", ()):
            self._found(rule, detail, doing, watches[-1].place_of_life(rule) if watches else "")
        sites = {site: None for watch in watches for site in watch.sites}
        return {"findings": findings + self._findings, "sites": list(sites), "outcome": outcome, "log": self._log[-40:]}


def _put(storage: MemoryStorage, path: str, data: bytes) -> None:
    """Write a file, with the directories that it needs."""
    storage.make_directory(os.path.dirname(path))
    file = storage.open(path, "w")
    assert file is not None
    file.write(data)
    file.close()


def _outcome(storage: MemoryStorage) -> dict[str, Any] | None:
    file = storage.open(OUTCOME, "r")
    if file is None:
        return None
    text = file.read(1 << 20) or b""
    file.close()
    try:
        found: dict[str, Any] = json.loads(text)
        return found
    except ValueError:
        return None
