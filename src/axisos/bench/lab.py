"""Where the figures come from: machines with guest programs of ours in them.

Two ways in. A `Lab` is a machine that processes of any ring are put into directly, for kernel mechanisms (profile
"bare") and for what happens at the login prompt ("full"); its guests hand figures out by a system call of the bench's
own, `bench_report`. `run_job` runs a guest as `axisos run` does, as an ordinary user; it prints its figures as JSON.

The guests stand in `guest/`; they find each other below /bench in a lab, below /tmp in a job.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from time import process_time

from axisos.bench.reference import References
from axisos.machine.machine import Machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Any

    from axisos.bench.rows import Reference
    from axisos.machine.trace import TraceBuffer

HERE = os.path.dirname(os.path.abspath(__file__))
GUESTS = os.path.join(HERE, "guest")
PROGRAMS = os.path.join(HERE, "programs")
GUEST_HOME = "/bench"
SHARED = "stopwatch"  # the module that guests import
ANY_RING = (0, 1, 2, 2.5, 3)
BOOT_ARGS = {"quick": "Enabled", "timeout": 0}
PATIENCE_S = 60.0  # machine seconds until a guest that reports nothing is given up
BOOT_PATIENCE_S = 10.0  # the same for a boot
HOST_PATIENCE_S = 60.0  # wall time until a probe that may run for ever is given up, however busy the host is


class CannotMeasure(Exception):
    """The system did not do what is to be measured. One line, or the guest's own words."""


class Session:
    """One run of the bench: its references, and how much of each measurement is wanted."""

    def __init__(self, share: float = 1.0) -> None:
        self.share = share  # of all repetitions; tests want few
        self.references = References()

    @property
    def g(self) -> Reference:
        """The greenlet round trip, as last measured."""
        return self.references.round_trip

    def turns(self, count: int) -> int:
        """How often to do something that a whole measurement does *count* times."""
        return max(1, round(count * self.share))


def guest_source(name: str) -> str:
    """The text of a guest program."""
    with open(os.path.join(GUESTS, f"{name}.py"), encoding="utf-8") as file:
        return file.read()


def host_command(*arguments: str) -> list[str]:
    """The `axisos` command in a new process, by this interpreter and from this source tree."""
    return [sys.executable, "-c", "import sys; from axisos.supervisor import main; sys.exit(main())", *arguments]


def probe_command(module: str, *arguments: str) -> list[str]:
    """A new process that runs `probe(*arguments)` of one of the bench's modules."""
    program = f"import sys; from axisos.bench.{module} import probe; probe(*sys.argv[1:])"
    return [sys.executable, "-c", program, *arguments]


def risky_probe(module: str, *arguments: str) -> dict[str, Any] | None:
    """The object that a probe prints; None for one that did not end: its machine gave it no chance to.

    How long to wait is for the probe to say, by `hold_to`: in processor time, which others on the host do not change.
    """
    command = probe_command(module, *arguments)
    try:
        done = subprocess.run(
            command, env=host_environment(), capture_output=True, check=False, timeout=HOST_PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode < 0:
        return None
    if done.returncode != 0:
        raise CannotMeasure(f"{', '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def hold_to(processor_s: float) -> None:
    """Let this process use so many more seconds of processor time before the host ends it; whole ones, rounded up."""
    import resource

    limit = math.ceil(process_time() + processor_s)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))


def host_environment(**more: str) -> dict[str, str]:
    """The environment for those: they import what we have imported."""
    path = [os.path.dirname(os.path.dirname(HERE)), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), **more}


class Lab:
    """A running machine: profile "bare" with the kernel only, "full" at its login prompt."""

    def __init__(self, profile: str = "bare", seed: int | None = None) -> None:
        self.machine = Machine(boot_args=BOOT_ARGS, profile=profile, seed=seed)
        self._reports: list[Any] = []
        self.machine.power_on()
        try:
            if profile == "full":
                self.machine.run_until("login:", BOOT_PATIENCE_S)
            self.machine.run_until_idle()
            if self.machine.kernel is None:
                raise CannotMeasure(f"no kernel: {self.machine.last_error}")
            self._furnish()
        except BaseException:
            self.machine.power_off()
            raise

    def _furnish(self) -> None:
        """The system call that reports, and the module that measures."""

        def report(_thread: object, figures: object) -> bool:
            self._reports.append(figures)
            return True

        self.machine.kernel.table.replace("bench_report", report, ANY_RING)
        self.put(f"{GUEST_HOME}/{SHARED}.py", guest_source(SHARED))

    def put(self, path: str, text: str) -> None:
        """Write a file on the system disk, which is a throw-away copy."""
        disk = self.machine.kernel.primitive_fs
        disk.makeDirectory(os.path.dirname(path))
        handle = disk.open(path, "w")
        disk.write(handle, text.encode())
        disk.close(handle)

    def start(self, name: str, ring: float = 3, **settings: object) -> int:
        """Start a guest program; *settings* are its `env`. Returns its pid."""
        return self.start_source(guest_source(name), name, ring, settings)

    def start_source(self, source: str, name: str, ring: float, settings: dict[str, object], uid: int = 0) -> int:
        """Start a program whose text is given, as root or as another user."""
        process = self.machine.kernel.spawn_source(source, ring, f"{GUEST_HOME}/{name}.py", settings, uid)
        return int(process.pid)

    def reported(self) -> list[Any]:
        """The figures that guests have reported and nobody has fetched, the oldest first. They are fetched now."""
        reports, self._reports[:] = self._reports[:], []
        return reports

    def report(self) -> Any:
        """Wait for the next figures that a guest reports."""
        try:
            self.machine.run_until(lambda: self._reports, PATIENCE_S)
        except TimeoutError as error:
            log = self.machine.kernel.log.newest(8) if self.machine.kernel else ()
            last_words = "\n".join(str(entry["msg"]) for entry in log)
            raise CannotMeasure(f"a guest reported nothing: {error}\n{last_words}") from None
        return self._reports.pop(0)

    def send(self, pid: int, name: str, *args: object) -> None:
        """A message to a guest, from the kernel."""
        self.machine.kernel.messages.post(pid, name, *args)
        self.machine.computer.push_signal("work")  # the kernel may be asleep

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.machine.power_off()


def run_job(
    name: str, *arguments: object, drivers: Iterable[str] = (), user: str = "guest", trace: TraceBuffer | None = None,
    home: str | None = None,
) -> Any:
    """Run a guest program in a machine of its own, as `axisos run` does. Returns the figures that it printed.

    Args: arguments: handed over as text. drivers: guest files to load as drivers first. trace: of the machine. home: a
    host directory that is the disk at /home; otherwise that is in memory.
    """
    from axisos.host import run

    result = run(
        Machine(trace=trace, home=home),
        os.path.join(GUESTS, f"{name}.py"),
        [str(argument) for argument in arguments],
        user,
        put=[(os.path.join(GUESTS, f"{SHARED}.py"), f"/tmp/{SHARED}.py")],
        drivers=[os.path.join(GUESTS, driver) for driver in drivers],
    )
    if result.exit_code != 0:
        words = result.stderr.decode(errors="replace").strip()
        raise CannotMeasure(f"{name} ended with {result.exit_code}, {result.reason}: {words}")
    return json.loads(result.stdout)
