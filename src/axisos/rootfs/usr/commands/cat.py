"""cat: write files one after the other, byte for byte."""

from __future__ import annotations

from axis import cli, streams

HELP = """\
Usage: cat [-u] [FILE...]

Write each FILE to standard output; without FILE, or for -, standard input.
"""


def main(options: cli.Options, operands: list[str]) -> None:
    for _, stream in cli.inputs(operands):
        for chunk in cli.chunks(stream):
            streams.write_all(-11, chunk)


cli.run(main, HELP, flags="u")
