"""The command line: what `axisos boot`, `run`, `sh`, `trace` and the others mean. It alone knows all the parts.

Parsing comes first and imports nothing of the machine; each action imports what it needs when it runs.
"""

from __future__ import annotations

import argparse
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from axisos.consoles.bootdisk import BootDisk
    from axisos.heartbeat import Heart
    from axisos.host import JobRunner
    from axisos.machine.hardware import Blueprint
    from axisos.machine.machine import Machine
    from axisos.machine.network import Network
    from axisos.machine.trace import TraceBuffer

FAILED_EXIT = 1
USAGE_EXIT = 2
NOT_FOUND_EXIT = 127  # as a shell says that there is no such program
LEVELS = ("Debug", "Info", "Warn", "Error")
RINGS = {"2.5": 2.5, "3": 3.0}
CHUNK = 65536
TRACE_RECORDS = 1_000_000  # that `axisos trace` keeps unless it is told otherwise
MAX_COUNT = 10**9  # of runs or jobs that may be asked for


class _Parser(argparse.ArgumentParser):
    """Bad usage is one line and exit code 2. An option has one name: `--seed` is not short for `--seeds`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (try {self.prog} --help)", file=sys.stderr)
        raise SystemExit(USAGE_EXIT)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of one command; `action` is what it does. Bad usage ends the process with 2 and one line."""
    parser = _Parser(prog="axisos", description="AxisOS Xen XKA: an operating system inside one Python process.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _add_boot(commands)
    _add_run(commands)
    _add_sh(commands)
    _add_trace(commands)
    _add_explore(commands)
    _add_verify(commands)
    _add_check(commands)
    _add_driver(commands)
    _add_bench(commands)
    if arguments[:1] == ["explore"]:
        arguments = ["explore", *_options_first(commands.choices["explore"], arguments[1:])]
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        commands.choices[options.command].error(f"unrecognized arguments: {' '.join(unknown)}")
    return options


def _options_first(command: argparse.ArgumentParser, arguments: Sequence[str]) -> list[str]:
    """The arguments of *command* with its options, wherever they stand, before PROGRAM; what follows `--` stays."""
    options: list[str] = []
    words: list[str] = []
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            words += rest
        elif not word.startswith("-") or word[1:].isdecimal():
            words.append(word)
        else:
            options.append(word)
            action = command._option_string_actions.get(word)
            if action is not None and action.nargs is None:
                options += [value for value in [next(rest, None)] if value is not None]
    return [*options, *words]


def _add_boot(commands: Any) -> None:
    boot = commands.add_parser(
        "boot",
        help="boot to the login prompt on this terminal",
        description="Boot to the login prompt on this terminal. `shutdown` inside ends it; Ctrl+] twice is the switch.",
    )
    boot.add_argument("--disk", metavar="DIR", help="system disk: a host directory, filled if it is empty")
    boot.add_argument("--lvl", choices=LEVELS, type=str.capitalize, help="least level of the log on the screen")
    boot.add_argument("--safe", action="store_true", help="load no drivers that the system can do without")
    boot.add_argument("--init", metavar="PATH", help="first program, default /bin/init.py")
    boot.add_argument("--quick", action="store_true", help="do not wait at the splash screen")
    boot.add_argument("--seed", type=int, metavar="N", help="a deterministic simulation")
    _add_network(boot)
    _add_real_network(boot)
    _add_hardware_options(boot)
    boot.set_defaults(action=boot_action)


def _add_program_options(command: Any) -> None:
    command.add_argument("--user", default="guest", help="whose rights the program has (default guest)")
    command.add_argument("--ring", choices=RINGS, help="ring of the program, not below what the user may have")
    command.add_argument(
        "--put",
        action="append",
        default=[],
        type=_pair,
        metavar="HOST[:GUEST]",
        help="copy a file or directory in; without GUEST into /tmp, where PROGRAM is",
    )
    command.add_argument("--driver", action="append", default=[], metavar="FILE", help="load a driver first")
    command.add_argument("--memory", type=_positive, metavar="MIB", help="memory of the whole machine")
    _add_network(command)


def _add_network(command: Any) -> None:
    command.add_argument(
        "--fake-net",
        metavar="DIR",
        help="a network inside the machine's process: DIR/HOST/page is served as http://HOST/page",
    )


def _add_real_network(command: Any) -> None:
    command.add_argument(
        "--allow-net",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="let the machine ask this host: a name, *.name, an address, a block of them, or * for all public ones",
    )


def _add_hardware_options(command: Any) -> None:
    command.set_defaults(boards=[])
    command.add_argument(
        "--drive",
        action="append",
        dest="boards",
        type=lambda text: ("--drive", text),
        metavar="FILE[:SIZE]",
        help="plug in a raw drive, a flat image in FILE; with SIZE, as 4M, one that is not there is made",
    )
    command.add_argument(
        "--component",
        action="append",
        dest="boards",
        type=lambda text: ("--component", text),
        metavar="TYPE[:KEY=VALUE,...]",
        help="plug in a reactor (key: layout) or a drive (keys: file, size, label, address, readonly)",
    )


def _add_job_options(command: Any) -> None:
    _add_program_options(command)
    _add_real_network(command)
    _add_hardware_options(command)
    command.add_argument(
        "--disk", metavar="DIR", help="system disk: a host directory, filled if it is empty (default: a throw-away one)"
    )
    command.add_argument("--seed", type=int, metavar="N", help="a deterministic simulation, scheduled by chance from N")
    order = command.add_mutually_exclusive_group()
    _add_pct(order)
    order.add_argument(
        "--in-order", action="store_true", help="with --seed: threads run in the order in which they became ready"
    )
    command.add_argument("--timeout", type=_positive, metavar="S", help="seconds of wall time for all of it")
    command.add_argument("--cpu-limit", type=_positive, metavar="S", help="processor seconds of the program")
    command.add_argument("--quiet", action="store_true", help="nothing but the program's own output")
    command.add_argument("--verbose", action="store_true", help="the kernel's log on stderr")


def _add_pct(command: Any) -> None:
    command.add_argument(
        "--pct", type=_depth, metavar="D", help="schedules by priorities that change D - 1 times (default: at random)"
    )


def _add_run(commands: Any) -> None:
    run = commands.add_parser(
        "run",
        help="boot headless, run a program, exit with its exit code",
        description="Boot headless, run a program, exit with its exit code. Options of axisos go before PROGRAM.",
    )
    _add_job_options(run)
    _add_lines(run)
    run.add_argument("program", metavar="PROGRAM", help="a host file, or guest:/path")
    run.add_argument("args", nargs=argparse.REMAINDER, default=[], metavar="ARGS", help="handed to the program")
    run.set_defaults(action=run_action, line=None)


def _add_sh(commands: Any) -> None:
    sh = commands.add_parser("sh", help="boot headless, run one shell line")
    _add_job_options(sh)
    _add_lines(sh)
    sh.add_argument("-c", dest="line", required=True, metavar="LINE", help="the line")
    sh.set_defaults(action=run_action, program=None, args=[])


def _add_lines(command: Any) -> None:
    command.add_argument("--trace", metavar="FILE", help="write one line for everything that happens")


def _add_trace(commands: Any) -> None:
    trace = commands.add_parser(
        "trace",
        help="run a program and write what happens to a file for a trace viewer",
        usage="axisos trace [options] -o FILE PROGRAM [ARGS...]\n"
        "       axisos trace [options] -o FILE -c LINE\n"
        "       axisos trace --summary FILE",
        description="Run a program, or one shell line, as `run` and `sh` do, and write what happened in the machine to "
        "FILE, for ui.perfetto.dev or chrome://tracing. Exit code: the program's; 1 if FILE cannot be written.",
    )
    _add_job_options(trace)
    trace.add_argument("-o", dest="output", metavar="FILE", help="the file to write")
    trace.add_argument("-c", dest="line", metavar="LINE", help="a shell line instead of PROGRAM")
    trace.add_argument(
        "--from",
        dest="start",
        choices=("boot", "program"),
        default="program",
        help="begin with the boot, or (default) when the program runs",
    )
    trace.add_argument(
        "--limit",
        type=_count,
        default=TRACE_RECORDS,
        metavar="N",
        help=f"keep about N records, count the rest (default {TRACE_RECORDS})",
    )
    trace.add_argument("--summary", metavar="FILE", help="say what stands in a file that was written before")
    trace.add_argument("target", nargs=argparse.REMAINDER, metavar="PROGRAM", help="a host file, or guest:/path")
    trace.set_defaults(action=trace_action, trace=None, refuse=trace.error)


def _add_explore(commands: Any) -> None:
    explore = commands.add_parser(
        "explore",
        help="run a program under many schedules to find those under which it fails",
        description="Run a program under many seeded schedules and report deadlocks, crashes, failed assertions and "
        "lost wake-ups with the smallest seed, which `axisos run --seed` replays. The program's own options go behind "
        "`--`. Exit code 0: no run failed; 1: some did; 2: bad usage; 130, 137: stopped by Ctrl+C, by --timeout.",
    )
    _add_program_options(explore)
    explore.add_argument("--seeds", type=_count, default=1000, metavar="N", help="how many (default 1000)")
    explore.add_argument("--first", type=_seed, default=0, metavar="SEED", help="the first of them (default 0)")
    _add_pct(explore)
    explore.add_argument("--timeout", type=_positive, metavar="S", help="seconds of wall time for all of it")
    explore.add_argument("--jobs", type=_count, metavar="N", help="runs at the same time (default: one a processor)")
    explore.add_argument("--json", action="store_true", help="as JSON")
    explore.add_argument("program", metavar="PROGRAM", help="a host file, or guest:/path")
    explore.add_argument("args", nargs=argparse.REMAINDER, default=[], metavar="ARGS", help="handed to the program")
    explore.set_defaults(action=explore_action, seed=0, in_order=False, cpu_limit=None, line=None)


def _add_verify(commands: Any) -> None:
    verify = commands.add_parser(
        "verify",
        help="try a driver out, with faults, and say which rules it breaks",
        description="Run a driver in simulated machines under a load made from a seed, each call that can fail failing "
        "once, and report what it does wrong, with the line and the command that shows it again. Exit code 0: clean; "
        "1: something was found; 2: bad usage, or no driver.",
    )
    verify.add_argument("driver", nargs="?", metavar="DRIVER", help="a host file, or guest:/drivers/NAME.sys.py")
    verify.add_argument("--seeds", type=_count, metavar="N", help="loads to try (default 8; 2 with --quick)")
    verify.add_argument("--seed", dest="only_seed", type=_seed, metavar="S", help="only this one")
    verify.add_argument(
        "--fault", type=_fault, metavar="K", help="with --seed: fail only at the K-th place; 0: nothing fails"
    )
    verify.add_argument("--quick", action="store_true", help="two loads, and nothing is made to fail")
    verify.add_argument(
        "--component", action="append", default=[], metavar="TYPE[:KEY=VALUE,...]", help="hardware to plug in"
    )
    verify.add_argument("--time", type=_positive, default=60.0, metavar="S", help="seconds of wall time (default 60)")
    verify.add_argument("--jobs", type=_count, metavar="N", help="runs at the same time (default: one a processor)")
    verify.add_argument("--json", action="store_true", help="as JSON")
    verify.add_argument("--rules", action="store_true", help="print the rules, with reasons")
    verify.set_defaults(action=verify_action, seed=0, refuse=verify.error)


def _add_check(commands: Any) -> None:
    check = commands.add_parser(
        "check",
        help="say what the sandbox refuses in a program, and what to write instead",
        description="Check programs as the sandbox of ring 3 would, without booting. Exit code 0: it takes them; "
        "1: it refuses something; 2: bad usage, or a file that cannot be read.",
    )
    check.add_argument("files", nargs="*", metavar="FILE", help="a program, a directory of them, or - for stdin")
    check.add_argument("--rules", action="store_true", help="print all rules with reasons, and the admitted syntax")
    check.add_argument("--json", action="store_true", help="as JSON")
    check.set_defaults(action=check_action, seed=None, refuse=check.error)


def _add_driver(commands: Any) -> None:
    from axisos.driver_template import KINDS

    driver = commands.add_parser("driver", help="write a new driver from a template")
    deeds = driver.add_subparsers(dest="deed", required=True, metavar="new", parser_class=_Parser)
    new = deeds.add_parser(
        "new",
        help="write NAME.sys.py and test_NAME.py",
        description="Write a working driver, NAME.sys.py, and its test, test_NAME.py. Nothing is overwritten.",
    )
    new.add_argument("name", metavar="NAME", help="letters, digits and _; it becomes the name of the device, too")
    new.add_argument(
        "--type", choices=KINDS, default="kmd", dest="kind",
        help="kmd: ring 2 (default); cmd: one process for each component of type NAME; umd: ring 3, behind a host",
    )  # fmt: skip
    new.add_argument("--directory", default=".", metavar="DIR", help="where to write them (default: here)")
    new.set_defaults(action=new_driver_action, seed=None)


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser("bench", help="measure, beside references of the same run")
    bench.add_argument("groups", nargs="*", metavar="GROUP", help="which groups (default: all)")
    bench.add_argument("--json", action="store_true", help="as JSON")
    bench.set_defaults(action=bench_action, seed=None)


def _pair(text: str) -> tuple[str, str]:
    """HOST:/guest/path, or HOST alone, which goes beside the program."""
    host, colon, guest = text.rpartition(":")
    if not colon:
        return text, f"/tmp/{os.path.basename(os.path.abspath(text))}"
    if not host or not guest.startswith("/"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither HOST nor HOST:GUEST with an absolute guest path")
    return host, guest


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MAX_COUNT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MAX_COUNT}")
    return int(text)


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def _fault(text: str) -> int:
    if not text.isdecimal() or int(text) > MAX_COUNT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def _depth(text: str) -> int:
    from axisos.machine.schedule import MAX_DEPTH

    depth = _count(text)
    if depth > MAX_DEPTH:
        raise argparse.ArgumentTypeError(f"{depth} is more than {MAX_DEPTH}")
    return depth


# --- the network ---


def _network_of(options: argparse.Namespace) -> Network | Sequence[str] | None:
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


# --- run and sh ------------------------------------------------------------------------------------------------


def _job_of(options: argparse.Namespace) -> dict[str, Any]:
    """The job record. Raises SystemExit with one line for a host file that cannot be read."""
    from axisos.host import MissingFile, UnusableJob, make_job

    try:
        return make_job(
            options.program,
            options.args,
            line=options.line,
            user=options.user,
            ring=RINGS.get(options.ring),
            put=options.put,
            drivers=options.driver,
            cpu_limit=options.cpu_limit,
        )
    except UnusableJob as error:
        print(f"axisos: {error}", file=sys.stderr)
        is_missing = options.program is not None and isinstance(error, MissingFile)
        raise SystemExit(NOT_FOUND_EXIT if is_missing else USAGE_EXIT) from None


def _boards_of(options: argparse.Namespace) -> list[Blueprint]:
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


def _schedule_of(options: argparse.Namespace) -> str:
    """How programs are scheduled: in order, unless there is a seed to decide and it may."""
    if options.seed is None or options.in_order:
        return "fifo"
    return "random" if options.pct is None else f"pct:{options.pct}"


def run_action(options: argparse.Namespace) -> int:
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


def trace_action(options: argparse.Namespace) -> int:
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


def _spare_program(options: argparse.Namespace, output: str) -> None:
    """What is to be written must not be the program that is to run. Raises SystemExit with one line if it is."""
    try:
        is_same = options.program is not None and os.path.samefile(options.program, output)
    except OSError:  # one of them is not there
        return
    if is_same:
        print(f"axisos: {output} is the program itself; name another file for the trace", file=sys.stderr)
        raise SystemExit(USAGE_EXIT)


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


def _prepared(options: argparse.Namespace) -> _Prepared:
    """All that can fail before anything runs. Raises SystemExit with one line for what cannot be done."""
    if options.seed is None and (options.pct is not None or options.in_order):
        option = "--in-order" if options.in_order else "--pct"
        print(f"axisos: {option} needs --seed: only a simulation has a schedule", file=sys.stderr)
        raise SystemExit(USAGE_EXIT)
    job = _job_of(options)
    network = _network_of(options)
    boards = _boards_of(options)
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


def _supervised(options: argparse.Namespace, prepared: _Prepared, trace: TraceBuffer | None) -> int:
    """Do the job in a process of its own. Returns its exit code."""
    from axisos.supervisor import supervise

    return supervise(
        lambda control, heart: _child(options, prepared, trace, control, heart), options.timeout, options.quiet
    )


def _child(
    options: argparse.Namespace,
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
        schedule=_schedule_of(options),
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


def explore_action(options: argparse.Namespace) -> int:
    """Run a program under many schedules, in a process of its own."""
    from axisos.supervisor import supervise

    job = _job_of(options)
    network = _network_of(options)
    return supervise(lambda control, _heart: _explore(options, job, network, control), options.timeout, False)


def _explore(
    options: argparse.Namespace, job: dict[str, Any], network: Network | Sequence[str] | None, control: int
) -> int:
    import signal

    from axisos.explore import INTERRUPTED_EXIT, Explorer, replay_command, report
    from axisos.host import BOOT_SEED
    from axisos.machine.confinement import confine
    from axisos.machine.machine import MEMORY_BYTES, Machine

    signal.signal(signal.SIGINT, signal.default_int_handler)  # it has no program to hand it on to
    memory_kib = None if options.memory is None else int(options.memory * 1024)
    confine(MEMORY_BYTES if memory_kib is None else memory_kib << 10)
    explorer = Explorer(
        Machine(seed=BOOT_SEED, schedule=_schedule_of(options), memory_kib=memory_kib, internet=network),
        job,
        range(options.first, options.first + options.seeds),
        options.jobs or len(os.sched_getaffinity(0)),
        control,
    )
    try:
        explorer.explore()
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT
    try:
        code = report(explorer, _schedule_of(options), replay_command(options), options.json)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"axisos: the report cannot be written: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer has nowhere to go either
        return FAILED_EXIT
    return INTERRUPTED_EXIT if explorer.stopped else code


# --- verify, check, boot and bench ---------------------------------------------------------------------------------


def verify_action(options: argparse.Namespace) -> int:
    """Verify a driver, or print the rules."""
    from axisos.supervisor import supervise

    if options.rules == bool(options.driver):
        options.refuse("either DRIVER or --rules")
    if options.fault is not None and options.only_seed is None:
        options.refuse("--fault needs --seed: each has its own places")
    return supervise(lambda control, _heart: _verify(options, control), None, False)


def _verify(options: argparse.Namespace, control: int) -> int:
    from axisos.verify.command import verify

    return verify(options, control)


def check_action(options: argparse.Namespace) -> int:
    """Check programs, or print the rules."""
    if options.rules == bool(options.files):
        options.refuse("either FILE... or --rules")
    from axisos.check import check, show_rules

    return show_rules(options.json) if options.rules else check(options.files, options.json)


def new_driver_action(options: argparse.Namespace) -> int:
    """Write a driver and its test from a template; prints their paths."""
    from axisos.driver_template import CannotWrite, write

    try:
        for path in write(options.name, options.kind, options.directory):
            print(os.path.normpath(path))
    except CannotWrite as error:
        print(f"axisos driver new: {error}", file=sys.stderr)
        return FAILED_EXIT
    return 0


def boot_action(options: argparse.Namespace) -> int:
    """Boot on this terminal."""
    from axisos.consoles.terminal import boot_on_terminal

    boot_args: dict[str, Any] = {}
    if options.lvl:
        boot_args["lvl"] = options.lvl
    if options.safe:
        boot_args["safe"] = "Enabled"
    if options.init:
        boot_args["init"] = options.init
    if options.quick:
        boot_args["quick"] = "Enabled"
    boards = _boards_of(options)
    return int(boot_on_terminal(options.disk, boot_args, options.seed, boards, _network_of(options)))


def bench_action(options: argparse.Namespace) -> int:
    """Measure."""
    from axisos.bench import run_groups

    return int(run_groups(options.groups, options.json))
