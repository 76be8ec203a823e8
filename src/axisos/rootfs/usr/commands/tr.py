"""tr: replace, squeeze or delete characters."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

HELP = """\
Usage: tr [-cs] SET1 SET2
       tr -d [-cs] SET1 [SET2]
       tr -s [-c] SET1

Copy standard input to standard output; each character of SET1 becomes the one at its place in SET2.

  -d  delete the characters of SET1     -s  a run of one character of the last SET becomes one
  -c  SET1 means all characters that are not in it

A SET is characters, ranges (a-z), classes ([:alpha:] [:digit:] [:alnum:] [:upper:] [:lower:] [:space:] [:punct:]) and
\\n, \\t, \\r, \\\\, \\NNN (octal).
"""

_CLASSES: dict[str, Callable[[str], bool]] = {
    "alpha": lambda c: c.isalpha(), "digit": lambda c: c.isdigit(), "alnum": lambda c: c.isalnum(),
    "upper": lambda c: c.isupper(), "lower": lambda c: c.islower(), "space": lambda c: c.isspace(),
    "punct": lambda c: c.isprintable() and not c.isalnum() and not c.isspace(),
    "print": lambda c: c.isprintable(), "blank": lambda c: c in " \t", "cntrl": lambda c: not c.isprintable(),
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_LARGEST_SET = 1 << 16


def characters(text: str) -> list[str]:
    """The characters of a SET, in order."""
    items, at = [], 0
    while at < len(text):
        if text.startswith("[:", at) and ":]" in text[at:]:
            end = text.index(":]", at)
            test = _CLASSES.get(text[at + 2:end])
            if test is None:
                cli.usage(f"{text}: no class of characters is called {text[at + 2:end]}")
            items += [chr(code) for code in range(128) if test(chr(code))]
            at = end + 2
            continue
        letter = text[at]
        at += 1
        if letter == "\\" and at < len(text):
            digits = 0
            while digits < 3 and text[at + digits:at + digits + 1] in tuple("01234567"):
                digits += 1
            if digits:
                letter = chr(int(text[at:at + digits], 8) & 0xFF)
                at += digits
            else:
                letter = _ESCAPES.get(text[at], text[at])
                at += 1
        if text[at:at + 1] == "-" and at + 1 < len(text):
            last = text[at + 1]
            if ord(last) < ord(letter):
                cli.usage(f"{text}: the range {letter}-{last} goes backwards")
            if ord(last) - ord(letter) > _LARGEST_SET:
                cli.usage(f"{text}: the range {letter}-{last} is too long")
            items += [chr(code) for code in range(ord(letter), ord(last) + 1)]
            at += 2
        else:
            items.append(letter)
    return items


def squeezed(text: str, members: Callable[[str], bool], previous: str) -> tuple[str, str]:
    """*text* with runs of members reduced to one; *previous* is the character before it."""
    kept = []
    for letter in text:
        if letter != previous or not members(letter):
            kept.append(letter)
        previous = letter
    return "".join(kept), previous


def main(options: cli.Options, operands: list[str]) -> None:
    delete, squeeze = "d" in options, "s" in options
    most = 2 if squeeze or not delete else 1
    least = 2 if (delete and squeeze) or not (delete or squeeze) else 1
    cli.need_operands(operands, least, most, "a set of characters")
    first = characters(operands[0])
    second = characters(operands[1]) if len(operands) > 1 else []
    inside = frozenset(first)
    turned = "c" in options

    def member(letter: str) -> bool:
        return (letter in inside) is not turned

    replacing = bool(second) and not delete
    if replacing and "c" not in options:
        second_full = second + [second[-1]] * (len(first) - len(second))
        table = {ord(a): b for a, b in reversed(list(zip(first, second_full, strict=False)))}
    last = frozenset(second)

    def to_squeeze(letter: str) -> bool:
        return letter in last if last else member(letter)

    if len(operands) > 1 and not second and not delete:
        cli.usage("the second set is empty")
    previous = ""
    sys_input = cli.text_input()
    while text := sys_input.read1():
        if delete:
            text = "".join([c for c in text if not member(c)])
        elif replacing:
            text = "".join([second[-1] if member(c) else c for c in text]) if "c" in options else text.translate(table)
        if squeeze:
            text, previous = squeezed(text, to_squeeze, previous)
        cli.write(text)


cli.run(main, HELP, flags="cds", long={"delete": "d", "squeeze-repeats": "s", "complement": "c"})
