"""Which characters fit a cell: their width, and what is drawn instead of those that have none.

A screen holds printable characters of one or two cells only. Control, formatting and combining characters become
U+FFFD when they are drawn, so that a console can pass every cell on to a real terminal without a second look.
"""

from __future__ import annotations

REPLACEMENT = "\ufffd"
FIRST_WIDE = "\u1100"  # below it every printable character is one cell wide


def glyph(char: str) -> str:
    """The character itself, or U+FFFD if it cannot stand in a cell by itself."""
    from unicodedata import category  # its table is loaded when the first unusual character is drawn

    kind = category(char)
    if kind in ("Mn", "Me", "Cc", "Cf", "Cs", "Cn", "Zl", "Zp"):
        return REPLACEMENT
    return char


def is_wide(char: str) -> bool:
    """Whether it takes two cells."""
    if char < FIRST_WIDE:
        return False
    from unicodedata import east_asian_width

    return east_asian_width(char) in ("W", "F")


def width(text: str) -> int:
    """How many cells a text takes."""
    return len(text) if text.isascii() else sum(2 if is_wide(char) else 1 for char in text)


def cells(text: str) -> list[str]:
    """One entry a cell; a wide character is followed by an empty entry for its right half."""
    drawn = []
    for char in text:
        if not char.isprintable() or (char >= "\u0300" and not char.isalnum()):  # combining marks are printable
            char = glyph(char)
        drawn.append(char)
        if is_wide(char):
            drawn.append("")
    return drawn
