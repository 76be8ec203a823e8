"""clear: clear the screen."""

from __future__ import annotations

from axis import cli

HELP = "Usage: clear\n\nClear the screen.\n"


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    cli.write("\f")


cli.run(main, HELP)
