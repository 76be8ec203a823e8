"""meminfo: where the memory goes."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

HELP = """\
Usage: meminfo [-p] [-v]

Show the machine's memory in bytes.

  -p  for each process as well: ring, status, modules, handles, queued messages, threads, processor seconds
  -v  also what the kernel keeps
"""

_COLUMNS = ("pid", "ring", "status", "modules", "handles", "signals", "threads", "cpu")


def shown(key: str, value: Any) -> str:
    return f"{value:.3f}" if key == "cpu" else f"{value:g}" if key == "ring" else str(value)


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    memory = syscall("mem_info")
    names = ["total", "used", "free"]
    if "v" in options:
        names += ["processes", "dmesg_entries", "boot_log_pending", "global_modules"]
    for name in names:
        if name in memory:
            cli.write(f"{name:<18} {memory[name]}\n")
    if "p" in options:
        cli.write("\n")
        rows = [[shown(key, process.get(key, 0)) for key in _COLUMNS] for process in memory.get("process_list", ())]
        cli.table([name.upper() for name in _COLUMNS], rows)


cli.run(main, HELP, flags="pv", long={"processes": "p", "verbose": "v"})
