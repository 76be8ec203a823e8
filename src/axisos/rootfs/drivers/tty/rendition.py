"""What `ESC[...m` does to the two current colours: constant tables and one pure function.

The sixteen colours are the original's (30-37, 90) with the bright ones added. Weight, underline and the like cannot be
shown by the hardware and are accepted without effect, except that bold black becomes grey, so that it can be read.
"""

from __future__ import annotations

from .grid import DEFAULT_BACKGROUND, DEFAULT_FOREGROUND

NORMAL = (0x000000, 0xFF0000, 0x00FF00, 0xFFFF00, 0x0000FF, 0xFF00FF, 0x00FFFF, 0xFFFFFF)
BRIGHT = (0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF)
_CUBE_STEPS = (0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF)


def indexed(number: int) -> int:
    """Colour *number* (0..255) of the usual 256: sixteen named ones, a 6x6x6 cube, 24 greys."""
    if number < 8:
        return NORMAL[number]
    if number < 16:
        return BRIGHT[number - 8]
    if number < 232:
        red, rest = divmod(number - 16, 36)
        green, blue = divmod(rest, 6)
        return _CUBE_STEPS[red] << 16 | _CUBE_STEPS[green] << 8 | _CUBE_STEPS[blue]
    return (8 + 10 * (number - 232)) * 0x010101


def _extended(codes: list[int], at: int) -> tuple[int | None, int]:
    """The colour after a 38 or 48 at index *at*, and how many codes it took; None where it makes no sense."""
    kind = codes[at + 1] if at + 1 < len(codes) else -1
    if kind == 5 and at + 2 < len(codes):
        return indexed(codes[at + 2]) if codes[at + 2] < 256 else None, 3
    if kind == 2 and at + 4 < len(codes):
        red, green, blue = (min(part, 255) for part in codes[at + 2:at + 5])
        return red << 16 | green << 8 | blue, 5
    return None, len(codes) - at


def apply(codes: list[int], foreground: int, background: int) -> tuple[int, int]:
    """The colours after the codes of one `ESC[...m`; unknown codes are ignored."""
    at = 0
    bold = False
    while at < len(codes):
        code = codes[at]
        at += 1
        if code == 0 or code == 27:  # 27 resets both, as in the original
            foreground, background, bold = DEFAULT_FOREGROUND, DEFAULT_BACKGROUND, False
        elif code == 1:
            bold = True
        elif code == 7:
            foreground, background = background, foreground
        elif 30 <= code <= 37:
            foreground = BRIGHT[0] if bold and code == 30 else NORMAL[code - 30]
        elif code == 39:
            foreground = DEFAULT_FOREGROUND
        elif 40 <= code <= 47:
            background = NORMAL[code - 40]
        elif code == 49:
            background = DEFAULT_BACKGROUND
        elif 90 <= code <= 97:
            foreground = BRIGHT[code - 90]
        elif 100 <= code <= 107:
            background = BRIGHT[code - 100]
        elif code == 38 or code == 48:
            colour, used = _extended(codes, at - 1)
            at += used - 1
            if colour is not None and code == 38:
                foreground = colour
            elif colour is not None:
                background = colour
    return foreground, background
