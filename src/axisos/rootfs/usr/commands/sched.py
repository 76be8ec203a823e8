"""sched: what the scheduler has done."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: sched [-p] [-v]

Show the scheduler's counters.

  -p  for each process: processor seconds, preemptions, last and longest slice (ms), watchdog strikes
  -v  also what preemption works with: files that have checkpoints, the longest turn of a program (ms)
"""

_ROWS = (
    ("resumes", "total_resumes"), ("preemptions", "preemptions"), ("watchdog warnings", "watchdog_warnings"),
    ("watchdog kills", "watchdog_kills"), ("longest slice (ms)", "max_slice_ms"),
)
_MORE = (("instrumented files", "instrumented_files"), ("quantum (ms)", "quantum_ms"))


def shown(value: float) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    stats = syscall("sched_get_stats")
    for label, key in _ROWS + (_MORE if "v" in options else ()):
        cli.write(f"{label:<20} {shown(stats[key])}\n")
    if "p" in options:
        cli.write("\n")
        rows = []
        for process in syscall("process_list"):
            try:
                cpu = syscall("process_cpu_stats", process["pid"])
            except StatusError:
                cpu = None
            if cpu is not None:
                rows.append([
                    str(process["pid"]), f"{cpu['cpu_time']:.3f}", str(cpu["preempt_count"]),
                    f"{cpu['last_slice'] * 1000:.2f}", f"{cpu['max_slice'] * 1000:.2f}", str(cpu["watchdog_strikes"]),
                    process["image"],
                ])
        cli.table(["PID", "CPU", "PREEMPT", "LAST", "MAX", "STRIKES", "IMAGE"], rows)


cli.run(main, HELP, flags="pv", long={"processes": "p", "verbose": "v"})
