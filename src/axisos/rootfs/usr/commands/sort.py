"""sort: sort lines."""

from __future__ import annotations

from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

HELP = """\
Usage: sort [-rnufbc] [-k FIELD] [-t CHARACTER] [-o FILE] [FILE...]

Print the lines of all FILEs (standard input by default) in order of their bytes.

  -r  backwards                -n  by the number at the beginning     -f  capital letters as small ones
  -u  equal lines only once    -b  without the blanks in front        -c  only check: exit status 1 if not in order
  -k FIELD[,LAST]  by these fields, counted from 1     -t CHARACTER  what separates fields; otherwise blanks
  -o FILE          write there, which may be one of the FILEs
"""


def numeric(text: bytes) -> float:
    """The number that *text* begins with; 0 without one."""
    text = text.lstrip()
    end = 1 if text[:1] in (b"-", b"+") else 0
    point = False
    while end < len(text) and (text[end:end + 1].isdigit() or (text[end:end + 1] == b"." and not point)):
        point = point or text[end:end + 1] == b"."
        end += 1
    try:
        return float(text[:end])
    except ValueError:
        return 0.0


def key_function(options: cli.Options) -> Callable[[bytes], Any]:
    """What lines are compared by."""
    separator = options["t"].encode() if "t" in options else None
    fields = None
    if "k" in options:
        first, _, last = options["k"].partition(",")
        letters = first.strip("0123456789") + last.strip("0123456789")
        if letters.strip("nrfb"):
            cli.usage(f"-k {options['k']}: write it as FIELD or FIELD,LAST")
        for letter in letters:
            options[letter] = True
        start = cli.integer(first.rstrip("nrfb"), "-k", 1)
        fields = (start - 1, cli.integer(last.rstrip("nrfb"), "-k", start) if last.rstrip("nrfb") else None)

    def key(line: bytes) -> Any:
        if fields is not None:
            line = (separator or b" ").join(line.split(separator)[fields[0]:fields[1]])
        if "b" in options:
            line = line.lstrip()
        if "f" in options:
            line = line.upper()
        return numeric(line) if "n" in options else line

    return key


def main(options: cli.Options, operands: list[str]) -> None:
    if len(options.get("t", "x")) != 1:
        cli.usage("-t: needs one character")
    key = key_function(options)
    lines = []
    for _, stream in cli.inputs(operands):
        whole = stream.read()
        if whole:
            lines += whole.removesuffix(b"\n").split(b"\n")
    backwards = "r" in options
    if "c" in options:
        keys = [key(line) for line in lines]
        for index in range(1, len(keys)):
            before, after = (keys[index], keys[index - 1]) if backwards else (keys[index - 1], keys[index])
            if before > after or ("u" in options and before == after):
                cli.fail(operands[0] if operands else "-", f"line {index + 1} is out of order")
        return
    if "u" not in options and ("n" in options or "k" in options or "f" in options):
        lines.sort()
        if backwards:
            lines.reverse()
    lines.sort(key=key, reverse=backwards)
    if "u" in options:
        seen, unique = object(), []
        for line in lines:
            if key(line) != seen:
                seen = key(line)
                unique.append(line)
        lines = unique
    data = b"".join([line + b"\n" for line in lines])
    if "o" in options:
        with filesystem.open_bytes(options["o"], "w") as file:
            file.write(data)
    else:
        cli.write(data)


cli.run(
    main, HELP, flags="rnufbc", values="kto",
    long={
        "reverse": "r", "numeric-sort": "n", "unique": "u", "ignore-case": "f", "key": "k", "output": "o",
        "check": "c", "field-separator": "t", "ignore-leading-blanks": "b",
    },
)
