"""wc: count lines, words and bytes."""

from __future__ import annotations

from axis import cli, streams

HELP = """\
Usage: wc [-lwcmL] [FILE...]

Count the lines, words and bytes of each FILE (standard input by default), and of all together.

  -l  lines     -w  words     -c  bytes     -m  characters     -L  length of the longest line
"""


def counts(stream: streams.ByteStream, wanted: list[str]) -> dict[str, int]:
    """{letter: count} of a stream, read piece by piece."""
    lines = words = size = characters = longest = 0
    in_word = False
    rest = b""
    for chunk in cli.chunks(stream):
        size += len(chunk)
        lines += chunk.count(b"\n")
        if "w" in wanted:
            pieces = len(chunk.split())
            if in_word and pieces and not chunk[:1].isspace():
                pieces -= 1
            words += pieces
            in_word = not chunk[-1:].isspace()
        if "m" in wanted:
            characters += len(chunk) - sum(chunk.count(byte) for byte in _CONTINUATION)
        if "L" in wanted:
            *whole, rest = (rest + chunk).split(b"\n")
            longest = max([longest, *(len(line.decode("utf-8", "replace")) for line in whole)])
    longest = max(longest, len(rest.decode("utf-8", "replace")))
    return {"l": lines, "w": words, "m": characters, "c": size, "L": longest}


_CONTINUATION = [bytes([byte]) for byte in range(0x80, 0xC0)]  # in UTF-8 these begin no character


def main(options: cli.Options, operands: list[str]) -> None:
    wanted = [letter for letter in "lwmcL" if letter in options] or ["l", "w", "c"]
    rows = []
    for name, stream in cli.inputs(operands):
        rows.append((counts(stream, wanted), name if operands else ""))
    if len(operands) > 1:
        total = {letter: sum(row[letter] for row, _ in rows) for letter in "lwmc"}
        total["L"] = max((row["L"] for row, _ in rows), default=0)
        rows.append((total, "total"))
    width = max((len(str(row[letter])) for row, _ in rows for letter in wanted), default=1)
    for row, name in rows:
        numbers = " ".join(f"{row[letter]:>{width}}" for letter in wanted)
        cli.write(f"{numbers} {name}".rstrip() + "\n")


cli.run(
    main, HELP, flags="lwcmL",
    long={"lines": "l", "words": "w", "bytes": "c", "chars": "m", "max-line-length": "L"},
)
