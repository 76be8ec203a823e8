"""The command line: which commands and options there are, and where each leads. It alone knows all the parts.

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

    from axisos.machine.network import Network

FAILED_EXIT = 1
USAGE_EXIT = 2
LEVELS = ("Debug", "Info", "Warn", "Error")
RINGS = ("2.5", "3")
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
        "FILE, for ui.perfetto.dev or chrome://tracing. Exit code: the program's; 2 if FILE cannot be opened, 1 if it "
        "cannot be written.",
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


# --- what the commands do ------------------------------------------------------------------------------------------


def run_action(options: argparse.Namespace) -> int:
    """Run one program or shell line under the supervisor."""
    from axisos.job_command import run

    return run(options)


def trace_action(options: argparse.Namespace) -> int:
    """Run one and write what happens; or sum such a file up."""
    from axisos.job_command import trace

    return trace(options)


def explore_action(options: argparse.Namespace) -> int:
    """Run a program under many schedules, in a process of its own."""
    from axisos.job_command import job_of, network_of
    from axisos.supervisor import supervise

    job = job_of(options)
    network = network_of(options)
    return supervise(lambda control, _heart: _explore(options, job, network, control), options.timeout, False)


def _explore(
    options: argparse.Namespace, job: dict[str, Any], network: Network | Sequence[str] | None, control: int
) -> int:
    import signal

    from axisos.explore import INTERRUPTED_EXIT, Explorer, replay_command, report
    from axisos.host import BOOT_SEED
    from axisos.job_command import schedule_of
    from axisos.machine.confinement import confine
    from axisos.machine.machine import MEMORY_BYTES, Machine

    signal.signal(signal.SIGINT, signal.default_int_handler)  # it has no program to hand it on to
    memory_kib = None if options.memory is None else int(options.memory * 1024)
    confine(MEMORY_BYTES if memory_kib is None else memory_kib << 10)
    explorer = Explorer(
        Machine(seed=BOOT_SEED, schedule=schedule_of(options), memory_kib=memory_kib, internet=network),
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
        code = report(explorer, schedule_of(options), replay_command(options), options.json)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"axisos: the report cannot be written: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer has nowhere to go either
        return FAILED_EXIT
    return INTERRUPTED_EXIT if explorer.stopped else code


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
    from axisos.job_command import boards_of, network_of

    boot_args: dict[str, Any] = {}
    if options.lvl:
        boot_args["lvl"] = options.lvl
    if options.safe:
        boot_args["safe"] = "Enabled"
    if options.init:
        boot_args["init"] = options.init
    if options.quick:
        boot_args["quick"] = "Enabled"
    boards = boards_of(options)
    return int(boot_on_terminal(options.disk, boot_args, options.seed, boards, network_of(options)))


def bench_action(options: argparse.Namespace) -> int:
    """Measure."""
    from axisos.bench import run_groups

    return int(run_groups(options.groups, options.json))
