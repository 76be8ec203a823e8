"""meminfo: where the memory goes."""

from axis import cli

HELP = """\
Usage: meminfo [-p] [-v]

Show the machine's memory in bytes.

  -p  for each process as well: ring, status, modules, handles, queued messages, threads, processor seconds
  -v  also what the kernel keeps
"""

_COLUMNS = ("pid", "ring", "status", "modules", "handles", "signals", "threads", "cpu")


def main(options, operands):
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
        rows = [
            [f"{row[key]:.3f}" if key == "cpu" else f"{row[key]:g}" if key == "ring" else str(row[key]) for key in _COLUMNS]
            for row in [{**dict.fromkeys(_COLUMNS, 0), **process} for process in memory.get("process_list", ())]
        ]
        cli.table([name.upper() for name in _COLUMNS], rows)


cli.run(main, HELP, flags="pv", long={"processes": "p", "verbose": "v"})
