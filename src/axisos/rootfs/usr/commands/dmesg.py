"""dmesg: the kernel's log."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

HELP = """\
Usage: dmesg [-n N] [-l LEVEL[,LEVEL...]] [-fw] [-T] [-s] [-c] [--levels]

Print the kernel's log: time, level, process, text.

  -n N      the newest N entries (1000)        -l LEVEL  only these levels
  -f, -w    go on as entries come              -T        times as H:MM:SS.mmm
  -s        how many entries of each level     -c        empty it (rings 0 and 1)
  --levels  the levels that there are
"""

_LEVELS = {
    "debug": "grey", "dev": "blue", "sched": "blue", "ipc": "blue", "info": "cyan", "drv": "yellow", "vfs": "green",
    "mem": "yellow", "proc": "green", "warn": "yellow", "ok": "green", "sec": "magenta", "fail": "red", "none": "grey",
}
_KEPT = 1000
_BAR = 30


def stamp(seconds: float, clock: bool) -> str:
    if not clock:
        return f"{seconds:9.4f}"
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{int(seconds * 1000) % 1000:03}"


def show(entries: list[dict[str, Any]], options: cli.Options, levels: list[str]) -> None:
    for entry in entries:
        if levels and entry["level"] not in levels:
            continue
        tag = f"[{entry['level'].upper():^5}]"
        tag = cli.coloured(tag, _LEVELS.get(entry["level"], "grey"))
        cli.write(f"[{stamp(entry['time'], 'T' in options)}] {tag} P{entry['pid']} {cli.printable(entry['msg'])}\n")


def statistics() -> None:
    stats = syscall("dmesg_stats")
    counts = stats["level_counts"]
    largest = max(counts.values(), default=0)
    for level in _LEVELS:
        count = counts.get(level, 0)
        if count:
            bar = "#" * max(1, count * _BAR // largest)
            cli.write(f"{level:<6} {count:>6} {cli.coloured(bar, _LEVELS[level])}\n")
    cli.write(f"{stats['total']} of {stats['max_size']} entries, numbers {stats['first_seq']} to {stats['last_seq']}\n")


def missed(count: int) -> None:
    """Entries that were pushed out of the log before they could be read."""
    cli.write(f"... {count} {'entry was' if count == 1 else 'entries were'} lost here\n")


def follow(last: int, options: cli.Options, levels: list[str], watch: str) -> None:
    """Show entries as they come, from number *last* on."""
    while True:
        entries = syscall("dmesg_read", last, _KEPT)
        if entries:
            if entries[0]["seq"] > last + 1 and syscall("dmesg_stats")["total"] >= _KEPT:
                missed(entries[0]["seq"] - last - 1)
            show(entries, options, levels)
            last = entries[-1]["seq"]
        cli.flush()
        syscall("ke_wait_single", watch)


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    if "L" in options:
        cli.write("".join(f"{level}\n" for level in _LEVELS))
        return
    if "s" in options:
        statistics()
        return
    if "c" in options:
        if syscall("process_get_ring") > 1:
            cli.fail("only rings 0 and 1 may empty the log")
        cli.write(f"{syscall('dmesg_clear')} entries deleted\n")
        return
    levels = options["l"].split(",") if "l" in options else []
    for level in levels:
        if level not in _LEVELS:
            cli.usage(f"{level}: no such level, see --levels")
    count = cli.integer(options.get("n", str(_KEPT)), "the count", 0)
    follows = "f" in options or "w" in options
    watch = syscall("dmesg_notify") if follows else ""  # before the first look, so that nothing falls in between
    entries = syscall("dmesg_read", 0, _KEPT)
    last = entries[-1]["seq"] if entries else syscall("dmesg_stats")["last_seq"]
    if levels:
        entries = [entry for entry in entries if entry["level"] in levels]
    show(entries[-count:] if count else [], options, levels)
    if follows:
        follow(last, options, levels, watch)


cli.run(
    main, HELP, flags="fwTscL", values="nl",
    long={"levels": "L", "level": "l", "follow": "f", "clear": "c", "stats": "s", "lines": "n"}, number="n",
)
