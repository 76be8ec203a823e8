"""ps: the processes."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

HELP = """\
Usage: ps [-aelfu] [-p PID] [PID...]

List the processes: PID, PPID (parent), RING, STATUS, IMAGE (the program's file).

  -f, -l  also UID, PGID, CPU (seconds), threads and handles
  -u      only your own          -p PID  only this one          -a, -e  all of them (as without)
"""


def columns_of(process: dict[str, Any], full: bool) -> list[str]:
    row = [str(process["pid"]), str(process["parent"]), f"{process['ring']:g}", process["status"], process["image"]]
    if not full:
        return row
    try:
        info = syscall("process_info", process["pid"])
    except StatusError:
        info = {}
    cpu = info.get("cpu_time")
    more = [str(info.get(name, "?")) for name in ("uid", "pgid")]
    more += ["?" if cpu is None else f"{cpu:.2f}", str(info.get("threads", "?")), str(info.get("handles", "?"))]
    return [*row[:4], *more, row[4]]


def main(options: cli.Options, operands: list[str]) -> None:
    full = "f" in options or "l" in options
    wanted = None
    if "p" in options or operands:
        texts = ([*options["p"].split(",")] if "p" in options else []) + operands
        wanted = {cli.integer(text, "the pid", 0) for text in texts}
    processes = syscall("process_list")
    if wanted is not None:
        missing = wanted - {process["pid"] for process in processes}
        for pid in sorted(missing):
            cli.warn(pid, "No such process")
        processes = [process for process in processes if process["pid"] in wanted]
    if "u" in options:
        uid = syscall("process_get_uid")
        processes = [process for process in processes if process["uid"] == uid]
    heading = ["PID", "PPID", "RING", "STATUS", "IMAGE"]
    if full:
        heading[4:4] = ["UID", "PGID", "CPU", "THR", "HND"]
    cli.table(heading, [columns_of(process, full) for process in processes])


cli.run(main, HELP, flags="aelfu", values="p", long={"pid": "p", "all": "a", "full": "f"})
