"""`axisos run`, `sh` and `trace`: one job, from the command's options to its exit code.

    options -> what is wanted of the host -> supervisor -- fork --> machine, job, streams -> exit code
               (job record, network,          keeps signals         the host's descriptors on one side,
               boards, disk)                  and time limits       the job's port on the other

What can be told before anything runs is told then, in one line, and ends the command (SystemExit).

Called by   the command line. `boot` and `explore` also ask here for network, boards and schedule of their options.
Owns        nothing that outlives the command.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from typing import Any

    from axisos.consoles.bootdisk import BootDisk
    from axisos.heartbeat import Heart
    from axisos.host import JobRunner
    from axisos.machine.hardware import Blueprint
    from axisos.machine.machine import Machine
    from axisos.machine.network import Network
    from axisos.machine.trace import TraceBuffer

USAGE_EXIT = 2
NOT_FOUND_EXIT = 127  # as a shell says that there is no such program
CHUNK = 65536


def run(options: Namespace) -> int:
    """Run one program or shell line under the supervisor."""
    prepared = _prepared(options)
    if options.trace is None:
        return _supervised(options, prepared, None)
    from axisos.machine.trace import LineTrace

    _spare_program(options, options.trace)
    try:
        file = open(options.trace, "w", encoding="utf-8")  # noqa: SIM115  # the child's buffer goes into it
    except OSError as error:
        print(f"axisos: {options.trace}: {error.strerror}", file=sys.stderr)
        return USAGE_EXIT
    with file:
        trace = LineTrace(lambda line: file.write(line + "\n"), file.close)
        return _supervised(options, prepared, trace)


def trace(options: Namespace) -> int:
    """Run under the supervisor with a spool for the records, and make the readable file out of it; or sum one up."""
    if options.summary is not None:
        if options.output is not None or options.line is not None or options.target:
            options.refuse("--summary goes alone: it runs nothing")
        from axisos.tracing.summary import summarise

        return summarise(options.summary)
    if options.output is None:
        options.refuse("where to? -o FILE")
    if bool(options.target) == (options.line is not None):
        options.refuse("either PROGRAM or -c LINE")
    options.program, *options.args = options.target or [None]
    prepared = _prepared(options)
    _spare_program(options, options.output)
    from axisos.tracing.command import trace_job

    return trace_job(options, lambda trace: _supervised(options, prepared, trace))


def _spare_program(options: Namespace, output: str) -> None:
    """What is to be written must not be the program that is to run. Raises SystemExit with one line if it is."""
    try:
        is_same = options.program is not None and os.path.samefile(options.program, output)
    except OSError:  # one of them is not there
        return
    if is_same:
        print(f"axisos: {output} is the program itself; name another file for the trace", file=sys.stderr)
        raise SystemExit(USAGE_EXIT)


# --- what is wanted of the host --------------------------------------------------------------------------------------


class _Prepared:
    """What a job of `run`, `sh` and `trace` needs of the host."""

    def __init__(
        self, job: dict[str, Any], boards: list[Blueprint], disk: BootDisk | None,
        network: Network | Sequence[str] | None,
    ) -> None:
        self.job = job
        self.boards = boards
        self.disk = disk
        self.network = network  # behind the internet card


def _prepared(options: Namespace) -> _Prepared:
    """All that can fail before anything runs. Raises SystemExit with one line for what cannot be done."""
    if options.seed is None and (options.pct is not None or options.in_order):
        option = "--in-order" if options.in_order else "--pct"
        print(f"axisos: {option} needs --seed: only a simulation has a schedule", file=sys.stderr)
        raise SystemExit(USAGE_EXIT)
    job = job_of(options)
    network = network_of(options)
    boards = boards_of(options)
    disk = None
    if options.disk is not None:
        from axisos.consoles.bootdisk import UnusableDisk, open_boot_disk

        try:
            disk = open_boot_disk(options.disk, options.seed is not None)
        except UnusableDisk as error:
            print(f"axisos: {error}", file=sys.stderr)
            raise SystemExit(USAGE_EXIT) from None
        for note in () if options.quiet else disk.notes:
            print(f"axisos: {note}", file=sys.stderr)
    return _Prepared(job, boards, disk, network)


def job_of(options: Namespace) -> dict[str, Any]:
    """The job record. Raises SystemExit with one line for a host file that cannot be read."""
    from axisos.host import MissingFile, UnusableJob, make_job

    try:
        return make_job(
            options.program,
            options.args,
            line=options.line,
            user=options.user,
            ring=None if options.ring is None else float(options.ring),
            put=options.put,
            drivers=options.driver,
            cpu_limit=options.cpu_limit,
        )
    except UnusableJob as error:
        print(f"axisos: {error}", file=sys.stderr)
        is_missing = options.program is not None and isinstance(error, MissingFile)
        raise SystemExit(NOT_FOUND_EXIT if is_missing else USAGE_EXIT) from None


def boards_of(options: Namespace) -> list[Blueprint]:
    """The further hardware. Raises SystemExit with one line for what cannot be had."""
    if not options.boards:
        return []
    from axisos.machine.hardware import UnusableHardware, blueprint, drive_blueprint

    boards = []
    for option, text in options.boards:
        try:
            boards.append(drive_blueprint(text) if option == "--drive" else blueprint(text))
        except UnusableHardware as error:
            print(f"axisos: {option} {error}", file=sys.stderr)
            raise SystemExit(USAGE_EXIT) from None
    return boards


def schedule_of(options: Namespace) -> str:
    """How programs are scheduled: in order, unless there is a seed to decide and it may."""
    if options.seed is None or options.in_order:
        return "fifo"
    return "random" if options.pct is None else f"pct:{options.pct}"


def network_of(options: Namespace) -> Network | Sequence[str] | None:
    """What lies behind the internet card. Raises SystemExit with one line for a directory or host that is none."""
    allowed = getattr(options, "allow_net", [])
    try:
        if options.fake_net is not None:
            if allowed:
                raise ValueError("--fake-net and --allow-net: a machine has one network")
            from axisos.machine.fake_network import FakeNetwork

            return FakeNetwork.from_directory(options.fake_net)
        if allowed:
            if options.seed is not None:
                raise ValueError("--allow-net: a simulation (--seed) cannot ask real hosts; --fake-net can be asked")
            from axisos.machine.allowance import Allowance

            Allowance(allowed)  # a mistake is told now, and not by the machine
            return list(allowed)
    except OSError as error:
        problem = f"{options.fake_net}: {error.strerror}"
    except ValueError as error:
        problem = str(error)
    else:
        return None
    print(f"axisos: {problem}", file=sys.stderr)
    raise SystemExit(USAGE_EXIT)


# --- the machine's process ---------------------------------------------------------------------------------------


def _supervised(options: Namespace, prepared: _Prepared, trace: TraceBuffer | None) -> int:
    """Do the job in a process of its own. Returns its exit code."""
    from axisos.supervisor import supervise

    return supervise(
        lambda control, heart: _child(options, prepared, trace, control, heart), options.timeout, options.quiet
    )


def _child(
    options: Namespace,
    prepared: _Prepared,
    trace: TraceBuffer | None,
    control: int,
    heart: Heart,
) -> int:
    """The machine's process: boot, do the job, stream, and switch off in order."""
    from axisos.host import BOOT_SEED, JobRunner
    from axisos.machine.confinement import confine
    from axisos.machine.interrupt import break_into_long_calls
    from axisos.machine.machine import MEMORY_BYTES, Machine

    memory_kib = None if options.memory is None else int(options.memory * 1024)
    confine(MEMORY_BYTES if memory_kib is None else memory_kib << 10)
    verbose = (lambda line: print(line, file=sys.stderr)) if options.verbose else None
    disk = prepared.disk
    machine = Machine(
        disk.system if disk else None,
        home=disk.home if disk else None,
        nvram=disk.nvram if disk else None,
        rom=disk.rom if disk else None,
        seed=None if options.seed is None else BOOT_SEED,
        schedule=schedule_of(options),
        trace=trace,
        memory_kib=memory_kib,
        verbose_log=verbose,
        components=prepared.boards,
        internet=prepared.network,
    )
    break_into_long_calls(machine, heart)
    try:
        runner = JobRunner(machine, prepared.job, options.seed)
        exit_code, reason = _Streams(machine, runner, control).pump()
    finally:
        machine.power_off()
        if trace is not None:
            trace.close()
    if reason and not options.quiet:
        print(f"axisos: the program was stopped: {reason}", file=sys.stderr)
    return exit_code


class _Streams:
    """The host's descriptors on one side, the job's port on the other."""

    def __init__(self, machine: Machine, runner: JobRunner, control: int) -> None:
        self._machine = machine
        self._runner = runner
        self._port = runner.port
        self._control = control
        self._stdin: int | None = 0
        self._broken: set[int] = set()  # output descriptors that nobody reads any more

    def pump(self) -> tuple[int, str | None]:
        """Move bytes until the job has ended. Returns its exit code and, if it was killed, why."""
        machine, runner = self._machine, self._runner
        while True:
            wait = runner.advance()
            self._write_out()
            outcome = runner.outcome()
            if outcome is not None:
                return outcome
            fds = [self._control]
            if self._stdin is not None and self._port.wants_input:
                fds.append(self._stdin)
            for fd in machine.wait(wait.deadline, fds):
                if fd == self._control:
                    stopped = self._obey(os.read(fd, 16))
                    if stopped is not None:
                        return stopped
                else:
                    self._read_in()

    def _obey(self, words: bytes) -> tuple[int, str | None] | None:
        """What the supervisor wants. A power-off ends the job."""
        from signal import SIGINT, SIGKILL

        from axisos.supervisor import KILL, KILLED_EXIT, POWER_OFF

        if not words or POWER_OFF in words:
            return KILLED_EXIT, None
        for word in words:
            self._runner.signal(SIGKILL if word == ord(KILL) else SIGINT)
        return None

    def _read_in(self) -> None:
        assert self._stdin is not None
        try:
            data = os.read(self._stdin, CHUNK)
        except OSError:
            data = b""  # a terminal that went away, a closed descriptor: the end of input
        if data:
            self._port.feed(data)
        else:
            self._port.feed_eof()
            self._stdin = None

    def _write_out(self) -> None:
        for stream in (1, 2):
            while self._port.pending(stream):
                data = self._port.take(stream)
                if stream not in self._broken:
                    self._write(stream, data)

    def _write(self, stream: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(stream, view) :]
            except BrokenPipeError:
                from signal import SIGPIPE  # as it would get from the pipe itself

                self._broken.add(stream)
                self._runner.signal(SIGPIPE)
                return
            except OSError:
                self._broken.add(stream)
                return
