"""echo: write its arguments."""

from __future__ import annotations

from axis import cli

HELP = """\
Usage: echo [-n] [-e] [WORD...]

Write the WORDs with one space between them, and a newline.

  -n  no newline
  -e  understand \\n, \\t, \\\\, \\e (escape), \\0NNN, \\xHH and \\c (stop here)
"""

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", "e": "\x1b"}


def unescaped(text: str) -> tuple[str, bool]:
    """*text* with its escapes resolved, and whether \\c asked to stop."""
    parts = []
    at = 0
    while at < len(text):
        back = text.find("\\", at)
        if back < 0 or back + 1 == len(text):
            parts.append(text[at:])
            break
        parts.append(text[at:back])
        letter = text[back + 1]
        at = back + 2
        if letter == "c":
            return "".join(parts), True
        if letter in _ESCAPES:
            parts.append(_ESCAPES[letter])
        elif letter in "0x":
            digits = "01234567" if letter == "0" else "0123456789abcdefABCDEF"
            end = at
            while end < len(text) and end - at < (3 if letter == "0" else 2) and text[end] in digits:
                end += 1
            if end == at and letter == "x":
                parts.append("\\x")
            else:
                parts.append(chr(int(text[at:end] or "0", 8 if letter == "0" else 16) & 0xFF))
            at = end
        else:
            parts.append("\\" + letter)
    return "".join(parts), False


def main(options: cli.Options, operands: list[str]) -> None:
    words = operands
    newline, escapes = "\n", False
    while words and len(words[0]) > 1 and words[0][0] == "-" and not words[0][1:].strip("neE"):
        for letter in words[0][1:]:
            newline = "" if letter == "n" else newline
            escapes = letter == "e" if letter in "eE" else escapes
        words = words[1:]
    text = " ".join(words)
    if escapes:
        text, stop = unescaped(text)
        newline = "" if stop else newline
    cli.write(text + newline)


cli.run(main, HELP, verbatim=True)
