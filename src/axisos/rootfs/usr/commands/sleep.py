"""sleep: wait."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: sleep TIME...

Wait for TIME seconds (s after it; or m, h, d: minutes, hours, days), all TIMEs added up.
"""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 1, None, "a time in seconds")
    seconds = 0.0
    for text in operands:
        unit = _UNITS.get(text[-1:])
        seconds += cli.number(text[:-1] if unit else text, "the time", 0) * (unit or 1)
    if seconds == float("inf"):
        while True:
            syscall("process_sleep", 86_400_000)
    syscall("process_sleep", seconds * 1000)


cli.run(main, HELP)
