"""free: how much memory is left."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: free [-bkm]

Show the machine's memory: total, used, free, and how full it is.

  -b  bytes     -k  KiB     -m  MiB     (otherwise whatever reads best)
"""

_CELLS = 30
_LOW = 32 * 1024


def shown(size: int, unit: int | None) -> str:
    if unit:
        return str(size // unit)
    for letter, factor in (("M", 1 << 20), ("K", 1 << 10)):
        if size >= 10 * factor:
            return f"{size / factor:.1f}{letter}"
    return f"{size}B"


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    memory = syscall("mem_info")
    total, used, left = int(memory["total"]), int(memory["used"]), int(memory["free"])
    unit = next((factor for letter, factor in (("b", 1), ("k", 1 << 10), ("m", 1 << 20)) if letter in options), None)
    percent = 100 * used / total if total else 0.0
    cli.table(
        ["TOTAL", "USED", "FREE", "USE%"],
        [[shown(total, unit), shown(used, unit), shown(left, unit), f"{percent:.1f}%"]], right=True,
    )
    full = min(round(percent / 100 * _CELLS), _CELLS)
    colour = "red" if percent > 80 else "yellow" if percent > 60 else "green"
    cli.write(f"[{cli.coloured('#' * full, colour)}{'-' * (_CELLS - full)}]\n")
    if left < _LOW:
        cli.write(cli.coloured(f"warning: less than {_LOW // 1024} KiB are free", "red") + "\n")


cli.run(main, HELP, flags="bkm", long={"bytes": "b", "kibi": "k", "mebi": "m"})
