"""python: run a Python program file, a piece of text, or standard input."""

from __future__ import annotations

import sys

from axis import cli, filesystem

HELP = """\
Usage: python FILE [ARGUMENT...]
       python -c TEXT [ARGUMENT...]
       python [-] [ARGUMENT...]

Run a program without making it executable: a file, the text after -c, or what comes from standard input.
A program that is executable (chmod +x) runs by its name as well.
"""


Program = tuple[str, str, list[str]]  # name, text, its own sys.argv


def choose(operands: list[str]) -> Program:
    """What the command line asks for."""
    if not operands or operands[0] == "-":
        return "<stdin>", sys.stdin.read(), operands or [""]
    if operands[0] == "-c":
        if len(operands) < 2:
            cli.usage("-c", "the program's text is missing")
        return "<string>", operands[1], ["-c", *operands[2:]]
    if operands[0].startswith("-"):
        cli.usage(operands[0], "no such option")
    name = filesystem.abspath(operands[0])
    with filesystem.open_bytes(name) as file:
        return name, file.read().decode("utf-8"), operands


chosen: list[Program] = []
try:
    cli.run(lambda options, operands: chosen.append(choose(operands)), HELP, verbatim=True)
except SystemExit as end:  # the command's part is done; from here on the program speaks for itself
    if end.code or not chosen:
        raise
name, text, sys.argv[:] = chosen.pop()
exec(compile(text, name, "exec"), {"__name__": "__main__", "__file__": name})
