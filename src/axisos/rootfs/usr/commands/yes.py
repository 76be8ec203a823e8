"""yes: the same line again and again."""

from __future__ import annotations

from axis import cli, streams

HELP = "Usage: yes [WORD...]\n\nPrint the WORDs (y by default) in a line, again and again, until stopped.\n"


def main(options: cli.Options, operands: list[str]) -> None:
    line = (" ".join(operands or ["y"]) + "\n").encode("utf-8", "surrogateescape")
    block = line * max(4096 // len(line), 1)
    while True:
        streams.write_all(-11, block)


cli.run(main, HELP)
