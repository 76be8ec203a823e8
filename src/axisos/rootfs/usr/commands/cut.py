"""cut: parts of lines."""

from __future__ import annotations

from axis import cli

HELP = """\
Usage: cut -f LIST [-d CHARACTER] [-s] [FILE...]
       cut -c LIST [FILE...]
       cut -b LIST [FILE...]

Print the chosen parts of each line. LIST is numbers and ranges from 1 on: 1,3-5,7-

  -f LIST  fields     -d CHARACTER  what separates fields (tab by default)     -s  only lines that have one
  -c LIST  characters      -b LIST  bytes
"""


def ranges_of(text: str) -> list[tuple[int, int | None]]:
    """[(first, last)] of a LIST, counted from 0, last excluded; None = to the end."""
    ranges = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not (first or last):
            cli.usage(f"{text}: not a list such as 1,3-5,7-")
        start = cli.integer(first, "a position", 1) if first else 1
        end = cli.integer(last, "a position", start) if last else (None if dash else start)
        ranges.append((start - 1, end))
    return ranges


def chosen(items: str | bytes | list[bytes], ranges: list[tuple[int, int | None]]) -> list[int]:
    """The indexes of *items* that are chosen, in order."""
    picked: set[int] = set()
    for first, last in ranges:
        picked.update(range(first, len(items) if last is None else min(last, len(items))))
    return sorted(picked)


def main(options: cli.Options, operands: list[str]) -> None:
    kinds = [letter for letter in "fcb" if letter in options]
    if len(kinds) != 1:
        cli.usage("one of -f, -c and -b is needed")
    kind = kinds[0]
    ranges = ranges_of(options[kind])
    separator = options.get("d", "\t").encode()
    if "d" in options and (kind != "f" or len(options["d"]) != 1):
        cli.usage("-d: needs one character, and -f")
    for _, stream in cli.inputs(operands):
        for line in stream:
            line = line.removesuffix(b"\n")
            if kind == "f":
                fields = line.split(separator)
                if len(fields) == 1:
                    if "s" not in options:
                        cli.write(line + b"\n")
                    continue
                cli.write(separator.join([fields[index] for index in chosen(fields, ranges)]) + b"\n")
            elif kind == "c":
                text = line.decode("utf-8", "surrogateescape")
                cli.write("".join([text[index] for index in chosen(text, ranges)]) + "\n")
            else:
                cli.write(bytes([line[index] for index in chosen(line, ranges)]) + b"\n")


cli.run(main, HELP, flags="s", values="fcbd", long={"fields": "f", "characters": "c", "bytes": "b", "delimiter": "d"})
