"""Runs one job in a machine through its `host` component: files in, standard streams, exit code out.

    result = run(Machine(seed=7), "hello.py", ["world"], stdin=b"...")
    result.exit_code, result.stdout, result.stderr, result.reason

The machine boots headless: its init program is /bin/headless.py, which takes the job record, places the files, loads
the drivers, and starts the program as the user on the host's streams. `run` is for other programs and tests; the
command line streams through the same `JobRunner`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from axisos.machine.components.host import HostPort
    from axisos.machine.machine import Machine, Wait

HEADLESS_INIT = "/bin/headless.py"
WORK_DIRECTORY = "/tmp"  # where a program of the host is put
DRIVER_DIRECTORY = "/drivers"  # drivers are loaded from the root file system
GUEST_PREFIX = "guest:"
BOOT_SEED = 0  # of a simulated job's machine: all up to the job's program is the same, whatever the job's seed is
DEADLOCK_LOOK_S = 0.2  # a machine that sleeps longer than this is asked whether anybody will ever go on
STOPPED_EXIT = 137  # the machine, or what runs in it, was stopped from outside


class UnusableJob(ValueError):
    """The job cannot be run as it was asked for: a missing file, a bad option. One line for the user."""


class MissingFile(UnusableJob):
    """There is no host file of that name."""


class Result:
    """How a job ended."""

    __slots__ = ("exit_code", "reason", "stderr", "stdout")

    def __init__(self, exit_code: int, stdout: bytes, stderr: bytes, reason: str | None) -> None:
        self.exit_code = exit_code  # 0 to 255; 128 + n by signal n; 137 when a limit or violation ended it
        self.stdout = stdout
        self.stderr = stderr
        self.reason = reason  # why it was killed, None when it ended by itself

    def __repr__(self) -> str:
        return (
            f"<Result {self.exit_code} {self.reason or ''} stdout={self.stdout[-200:]!r} stderr={self.stderr[-500:]!r}>"
        )


def make_job(
    program: str | None,
    args: Sequence[str] = (),
    *,
    line: str | None = None,
    user: str = "guest",
    ring: float | None = None,
    put: Iterable[tuple[str, str]] = (),
    drivers: Iterable[str] = (),
    env: dict[str, str] | None = None,
    cpu_limit: float | None = None,
) -> dict[str, Any]:
    """The job record for a program (a host file, or `guest:/path`) or for one shell line.

    Args:    put: (host file or directory, guest path) pairs to copy in.
             drivers: host files (or `guest:/path`) to load first.
             cpu_limit: processor seconds of the program.
    Raises:  UnusableJob for a host file that cannot be read.
    """
    files: list[list[Any]] = []
    for host, guest in put:
        files += [[inside, _read(outside), "755"] for outside, inside in _files_of(host, guest)]
    argv = None
    if program is not None:
        argv = [_place(program, WORK_DIRECTORY, files), *args]
    return {
        "argv": argv,
        "line": line,
        "user": user,
        "ring": ring,
        "files": files,
        "env": env or {},
        "cpu_limit": cpu_limit,
        "drivers": [_place(driver, DRIVER_DIRECTORY, files) for driver in drivers],
    }


def _files_of(host: str, guest: str) -> list[tuple[str, str]]:
    """(host file, guest path) of one file, or of everything in a directory but compiled code."""
    if not os.path.isdir(host):
        return [(host, guest)]
    found = []
    for directory, below, names in os.walk(host):
        below[:] = sorted(name for name in below if name != "__pycache__")
        inside = os.path.relpath(directory, host)
        base = guest if inside == "." else f"{guest}/{inside}"
        found += [(os.path.join(directory, name), f"{base}/{name}") for name in sorted(names)]
    return found


def _place(program: str, directory: str, files: list[list[Any]]) -> str:
    """The guest path of a program; a host file is entered into *files*."""
    if program.startswith(GUEST_PREFIX):
        return program[len(GUEST_PREFIX) :]
    guest = f"{directory}/{os.path.basename(program)}"
    files.append([guest, _read(program), "755"])
    return guest


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        kind = MissingFile if isinstance(error, FileNotFoundError) else UnusableJob
        raise kind(f"{path}: {error.strerror or error}") from None


class JobRunner:
    """One job in one machine, step by step: for loops that have other things to watch as well.

    Args: seed: decides, in place of the machine's own, what is left to chance in the programs' run.
    """

    def __init__(self, machine: Machine, job: dict[str, Any], seed: int | None = None) -> None:
        self.machine = machine
        self.port: HostPort = machine.plug_host(job)
        if seed is not None and machine.chance is not None:
            machine.chance.ask = lambda: seed
        self.sleeps = False  # nothing will happen for long, as far as the machine knows
        machine.boot_args.setdefault("init", HEADLESS_INIT)
        machine.boot_args.setdefault("quick", "Enabled")
        machine.boot_args.setdefault("timeout", 0)
        machine.power_on()

    def advance(self) -> Wait:
        """Let the machine go on until it waits."""
        wait = self.machine.advance()
        self.sleeps = not wait.halted and (
            wait.deadline is None or wait.deadline - self.machine.clock.now() > DEADLOCK_LOOK_S
        )
        return wait

    def outcome(self) -> tuple[int, str | None] | None:
        """(exit code, reason) when the job has ended or never will; None while it runs."""
        if self.port.result is not None:
            return self.port.result
        machine = self.machine
        if machine.last_error is not None:
            return STOPPED_EXIT, machine.last_error.splitlines()[0]
        if machine.state != "running":
            return STOPPED_EXIT, "the machine was switched off before the program ended"
        deadlock = self._deadlock()
        return (STOPPED_EXIT, "\n  ".join(["deadlock: " + deadlock[0], *deadlock[1:]])) if deadlock else None

    def _deadlock(self) -> list[str]:
        """In a simulation, where nobody from outside will help: what is to be said if no program will ever go on."""
        if not self.sleeps or self.machine.seed is None or self.machine.kernel is None:
            return []
        lines: list[str] = self.machine.kernel.wait_graph.deadlock()
        return lines

    def signal(self, signum: int) -> None:
        """Send a POSIX signal to the job's process group."""
        for address in self.machine.bus.list("host", True):
            self.machine.deliver("host_signal", address, int(signum))  # plain: the names of `signal` are enums


def run(
    machine: Machine,
    path: str | None,
    args: Sequence[str] = (),
    user: str = "guest",
    stdin: bytes = b"",
    *,
    timeout: float = 60.0,
    seed: int | None = None,
    **job: Any,
) -> Result:
    """Run one program, or one shell line (`path=None, line="..."`), in a machine that is off; it is off afterwards.

    Args:    path: a host file, or `guest:/path`. timeout: machine seconds. seed: as of `JobRunner`. job: further
             arguments of `make_job`.
    Returns: a `Result`. A program that is not done in time is killed: exit code 137 and the reason.
    Raises:  UnusableJob.
    """
    runner = JobRunner(machine, make_job(path, args, user=user, **job), seed)
    port = runner.port
    port.feed(stdin)
    port.feed_eof()
    output: dict[int, list[bytes]] = {1: [], 2: []}

    def collect() -> bool:
        for stream, chunks in output.items():
            if port.pending(stream):
                chunks.append(port.take(stream))
        return runner.outcome() is not None

    try:
        machine.run_until(collect, timeout)
    except TimeoutError:
        pass
    collect()
    too_late = STOPPED_EXIT, f"it was not done after {timeout:g} s of machine time"
    exit_code, reason = runner.outcome() or too_late
    machine.power_off()
    return Result(exit_code, b"".join(output[1]), b"".join(output[2]), reason)
