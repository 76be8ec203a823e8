"""A grid of character cells, and nothing that moves by itself.

A row is a pair `(text, attributes)` that is never changed, only replaced, so two rows can be compared cheaply and kept
(scrollback, what the painter drew last) without copying.

    text          exactly `width` characters, one a cell; the second cell of a wide character holds WIDE_TAIL
    attributes    one packed colour pair for the whole row, or a list with one for each cell (never changed in place)

Columns and rows count from 0 in here; the world outside counts from 1.
"""

from __future__ import annotations

from unicodedata import category, east_asian_width

TYPE_CHECKING = False
if TYPE_CHECKING:
    Attributes = int | list[int]
    Row = tuple[str, Attributes]

WIDE_TAIL = "\0"
COLOUR_BITS = 24
DEFAULT_FOREGROUND = 0xFFFFFF
DEFAULT_BACKGROUND = 0x000000
DEFAULT_ATTRIBUTE = DEFAULT_FOREGROUND << COLOUR_BITS | DEFAULT_BACKGROUND

_FIRST_ODD = "\u0300"  # below it every printable character fills exactly one cell
_ZERO_WIDTH = frozenset({"Mn", "Me", "Cf"})


def pack(foreground: int, background: int) -> int:
    """Both colours (0xRRGGBB) as one number."""
    return foreground << COLOUR_BITS | background


def unpack(attribute: int) -> tuple[int, int]:
    """Foreground and background of a packed pair."""
    return attribute >> COLOUR_BITS, attribute & 0xFFFFFF


def swapped(attribute: int) -> int:
    """The pair with foreground and background exchanged."""
    return (attribute & 0xFFFFFF) << COLOUR_BITS | attribute >> COLOUR_BITS


def char_width(char: str) -> int:
    """How many cells a printable character fills: 0 (joins the one before it), 1 or 2."""
    if char < _FIRST_ODD:
        return 1
    if east_asian_width(char) in "WF":
        return 2
    return 0 if category(char) in _ZERO_WIDTH else 1


def is_control(char: str) -> bool:
    """Control characters of either set, DEL among them, and surrogates: what no cell ever holds."""
    return char < " " or "\x7f" <= char < "\xa0" or "\ud800" <= char <= "\udfff"


def to_cells(text: str) -> str:
    """*text* one character a cell: wide ones get their tail; control and zero-width characters go."""
    if text.isascii() and text.isprintable():
        return text
    cells = []
    for char in text:
        if is_control(char):
            continue
        width = char_width(char)
        if width:
            cells.append(char if width == 1 else char + WIDE_TAIL)
    return "".join(cells)


def painted(attributes: Attributes, x: int, count: int, attribute: int, width: int) -> Attributes:
    """*attributes* of a row of *width* cells after *count* cells from *x* took *attribute*."""
    if type(attributes) is int:
        if attributes == attribute or count >= width:
            return attribute
        attributes = [attributes] * width
    assert isinstance(attributes, list)
    return [*attributes[:x], *([attribute] * count), *attributes[x + count:]]


def fitted(row: Row, width: int) -> Row:
    """*row* cut or padded to *width* cells."""
    text, attributes = row
    old = len(text)
    if old == width:
        return row
    if old < width:
        if type(attributes) is list:
            attributes = attributes + [DEFAULT_ATTRIBUTE] * (width - old)
        elif attributes != DEFAULT_ATTRIBUTE:
            attributes = painted(attributes, old, width - old, DEFAULT_ATTRIBUTE, width)
        return text.ljust(width), attributes
    if text[width] == WIDE_TAIL:  # the cut goes through a wide character
        text = text[:width - 1] + " "
    return text[:width], attributes if type(attributes) is int else attributes[:width]  # type: ignore[index]


def attribute_at(row: Row, x: int) -> int:
    """The packed colours of one cell."""
    attributes = row[1]
    return attributes if isinstance(attributes, int) else attributes[x]


def runs(row: Row) -> list[tuple[int, int, int]]:
    """The row as `(start, end, attribute)` spans of equal colours."""
    text, attributes = row
    if isinstance(attributes, int):
        return [(0, len(text), attributes)]
    found = []
    start = 0
    current = attributes[0]
    for x, attribute in enumerate(attributes):
        if attribute != current:
            found.append((start, x, current))
            start, current = x, attribute
    found.append((start, len(attributes), current))
    return found


class Grid:
    """Rows of cells with the operations that programs draw by. Everything is clipped, nothing wraps."""

    __slots__ = ("height", "rows", "width")

    def __init__(self, width: int, height: int, attribute: int = DEFAULT_ATTRIBUTE) -> None:
        self.width = width
        self.height = height
        self.rows: list[Row] = [(" " * width, attribute)] * height

    def put(self, x: int, y: int, text: str, attribute: int) -> None:
        """Draw *text* from cell (x, y) rightwards; what falls outside the grid is clipped."""
        cells = to_cells(text)
        if x < 0:
            cells = cells[-x:]
            if cells[:1] == WIDE_TAIL:
                cells = " " + cells[1:]
            x = 0
        if not 0 <= y < self.height or x >= self.width or not cells:
            return
        room = self.width - x
        if len(cells) > room:
            if cells[room] == WIDE_TAIL:
                cells = cells[:room - 1] + " "
            cells = cells[:room]
        self.put_cells(x, y, cells, attribute)

    def put_cells(self, x: int, y: int, cells: str, attribute: int) -> None:
        """Replace cells that lie inside the grid; halves of wide characters left over at the edges become blank."""
        text, attributes = self.rows[y]
        end = x + len(cells)
        before, after = text[:x], text[end:]
        if WIDE_TAIL in text:
            if after[:1] == WIDE_TAIL:
                after = " " + after[1:]
            if text[x:x + 1] == WIDE_TAIL:
                before = before[:-1] + " "
        if attributes != attribute:
            attributes = painted(attributes, x, len(cells), attribute, self.width)
        self.rows[y] = (before + cells + after, attributes)

    def fill(self, x: int, y: int, width: int, height: int, char: str, attribute: int) -> None:
        """Fill a rectangle with one character (a wide one fills every second cell)."""
        left, right = max(x, 0), min(x + width, self.width)
        if left >= right:
            return
        cells = to_cells(char) or " "
        line = (cells * (right - left))[:right - left]
        if len(cells) == 2 and (right - left) % 2:
            line = line[:-1] + " "
        for row in range(max(y, 0), min(y + height, self.height)):
            self.put_cells(left, row, line, attribute)

    def blit(self, source: Grid, x: int, y: int, width: int, height: int, from_x: int, from_y: int) -> None:
        """Copy a rectangle of *source* (which may be this grid) to (x, y), clipped to both."""
        left = max(0, -x, -from_x)
        right = min(width, self.width - x, source.width - from_x)
        top = max(0, -y, -from_y)
        bottom = min(height, self.height - y, source.height - from_y)
        if left >= right:
            return
        originals = source.rows[from_y + top:from_y + bottom] if top < bottom else []
        for offset, row in enumerate(originals, top):
            text, attributes = row
            cut = slice(from_x + left, from_x + right)
            piece = text[cut]
            if piece[:1] == WIDE_TAIL:
                piece = " " + piece[1:]
            if text[cut.stop:cut.stop + 1] == WIDE_TAIL:
                piece = piece[:-1] + " "
            if isinstance(attributes, int):
                self.put_cells(x + left, y + offset, piece, attributes)
                continue
            for start, end, attribute in runs((piece, attributes[cut])):
                self.put_cells(x + left + start, y + offset, piece[start:end], attribute)

    def text(self) -> list[str]:
        """What a person reads, row by row, without blanks at the end."""
        return [text.replace(WIDE_TAIL, "").rstrip() for text, _ in self.rows]

    def cell(self, x: int, y: int) -> tuple[str, int, int]:
        """Character, foreground and background of one cell."""
        row = self.rows[y]
        return (row[0][x], *unpack(attribute_at(row, x)))
