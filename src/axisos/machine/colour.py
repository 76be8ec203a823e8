"""Colours as a screen knows them: an index of 1, 4 or 8 bits for each 24-bit value asked for.

1 bit: black and white. 4 bits: a palette of 16 that can be changed. 8 bits: 16 changeable greys, then a fixed cube of
6 x 8 x 5. `quantise` finds the index that looks nearest; `table` lists what each index shows.
"""

from __future__ import annotations

PALETTE_4_BIT = (
    0xFFFFFF, 0xFFCC33, 0xCC66CC, 0x6699FF, 0xFFFF33, 0x33CC33, 0xFF6699, 0x333333,
    0xCCCCCC, 0x336699, 0x9933CC, 0x333399, 0x663300, 0x336600, 0xFF3333, 0x000000,
)  # fmt: skip
PALETTE_8_BIT = tuple(0x0F0F0F * (i + 1) for i in range(16))
DEPTH_NAMES = {1: "OneBit", 4: "FourBit", 8: "EightBit"}


def _shade(step: int, steps: int) -> int:
    return int(step * 255 / (steps - 1) + 0.5)


def default_palette(depth: int) -> list[int]:
    """The 16 changeable entries as they are after a reset; empty for 1 bit."""
    return list(PALETTE_4_BIT if depth == 4 else PALETTE_8_BIT if depth == 8 else ())


def table(depth: int, palette: list[int]) -> list[int]:
    """The 24-bit value of each index."""
    if depth == 1:
        return [0x000000, 0xFFFFFF]
    if depth == 4:
        return list(palette)
    reds, greens, blues = ([_shade(i, n) for i in range(n)] for n in (6, 8, 5))
    return palette + [r << 16 | g << 8 | b for r in reds for g in greens for b in blues]


def distance(one: int, other: int) -> float:
    """How different two 24-bit values look."""
    red = (one >> 16) - (other >> 16)
    green = (one >> 8 & 255) - (other >> 8 & 255)
    blue = (one & 255) - (other & 255)
    return 0.2126 * red * red + 0.7152 * green * green + 0.0722 * blue * blue


def quantise(depth: int, palette: list[int], value: int) -> int:
    """The index that shows a 24-bit value best; the palette wins ties, the first entry among its own."""
    if depth == 1:
        return 1 if value else 0
    nearest, best = 0, float("inf")
    for index, entry in enumerate(palette):
        off = distance(value, entry)
        if off < best:
            nearest, best = index, off
    if depth == 4:
        return nearest
    red = int((value >> 16) * 5 / 255 + 0.5)
    green = int((value >> 8 & 255) * 7 / 255 + 0.5)
    blue = int((value & 255) * 4 / 255 + 0.5)
    cube = _shade(red, 6) << 16 | _shade(green, 8) << 8 | _shade(blue, 5)
    return nearest if best <= distance(value, cube) else 16 + 40 * red + 5 * green + blue
