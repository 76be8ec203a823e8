"""A rectangle of characters and colours: what a screen shows and what video memory holds.

Stored by row, for speed: `chars[y]` is a list of characters, `colours[y]` a list of packed colour indices
(`foreground << 8 | background`), both counted from 0. A character two cells wide is stored in its left cell, and its
right cell holds the empty string; all drawing keeps the two together or blanks what is left of a cut one.

`row_versions[y]` is the value that `version` had when the row last changed; `version` only ever grows. Who wants to
know what is new remembers a version and looks at the rows that are above it.

Called by the GPU (drawing, positions from 1) and the screen (reading). Owns its colours and palette.
"""

from __future__ import annotations

from axisos.machine import characters, colour

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

WHITE = 0xFFFFFF
BLACK = 0x000000


class TextGrid:
    """One buffer of text."""

    __slots__ = (
        "_indices",
        "_narrow",
        "background",
        "chars",
        "colours",
        "depth",
        "foreground",
        "height",
        "palette",
        "pen",
        "row_versions",
        "table",
        "version",
        "width",
    )

    def __init__(self, width: int, height: int, depth: int) -> None:
        self.version = 0
        self._narrow: set[str] = set()  # unusual characters found to be printable and one cell wide
        self.width = width
        self.height = height
        self.reset_colours(depth)
        self.chars = [[" "] * width for _ in range(height)]
        self.colours = [[self.pen] * width for _ in range(height)]
        self.row_versions = [0] * height

    # -- colours ------------------------------------------------------------------------------------------------

    def reset_colours(self, depth: int) -> None:
        """White on black with the default palette; what is drawn keeps its indices (clear or convert it first)."""
        self.depth = depth
        self.palette = colour.default_palette(depth)
        self.table = colour.table(depth, self.palette)
        self._indices: dict[int, int] = {}  # quantised values, until the palette changes
        self.foreground: tuple[int, bool] = (WHITE, False)  # as set: a value, or an index of the palette if True
        self.background: tuple[int, bool] = (BLACK, False)
        self._dip_pen()

    def index_of(self, setting: tuple[int, bool]) -> int:
        """The colour index that a setting draws with."""
        value, is_palette = setting
        if is_palette:
            return value
        index = self._indices.get(value)
        if index is None:
            if len(self._indices) > 4096:
                self._indices.clear()
            index = self._indices[value] = colour.quantise(self.depth, self.palette, value & WHITE)
        return index

    def set_foreground(self, value: int, is_palette: bool) -> None:
        """Draw in this colour from now on."""
        self.foreground = (value, is_palette)
        self._dip_pen()

    def set_background(self, value: int, is_palette: bool) -> None:
        """Draw on this colour from now on."""
        self.background = (value, is_palette)
        self._dip_pen()

    def set_palette(self, index: int, value: int) -> None:
        """Change a palette entry; cells that use it change with it."""
        self.palette[index] = value
        self.table = colour.table(self.depth, self.palette)
        self._indices.clear()
        self._dip_pen()
        self._touch(0, self.height)

    def set_depth(self, depth: int) -> None:
        """Change the depth; what is drawn is converted, the palette is reset."""
        if depth == self.depth:
            return
        shown, settings = self.table, (self.foreground, self.background)
        values = [shown[value] if is_palette else value for value, is_palette in settings]
        self.reset_colours(depth)
        keeps_palette = depth != 1
        self.foreground, self.background = (
            setting if setting[1] and keeps_palette else (value, False)
            for setting, value in zip(settings, values, strict=True)
        )
        self._dip_pen()
        converted: dict[int, int] = {}
        for y, row in enumerate(self.colours):
            self.colours[y] = [self._convert(packed, shown, converted) for packed in row]
        self._touch(0, self.height)

    def _dip_pen(self) -> None:
        self.pen = self.index_of(self.foreground) << 8 | self.index_of(self.background)

    def _convert(self, packed: int, shown: list[int], converted: dict[int, int]) -> int:
        """A packed colour of another table in this grid's own indices."""
        own = converted.get(packed)
        if own is None:
            foreground = self.index_of((shown[packed >> 8], False))
            own = converted[packed] = foreground << 8 | self.index_of((shown[packed & 255], False))
        return own

    # -- size ---------------------------------------------------------------------------------------------------

    def resize(self, width: int, height: int) -> None:
        """Another size; what fits is kept, top left."""
        for row in self.chars:
            if width < len(row) and not row[width]:
                row[width - 1] = " "
        grow = width - self.width
        self.chars = [row[:width] + [" "] * grow for row in self.chars[:height]]
        self.colours = [row[:width] + [self.pen] * grow for row in self.colours[:height]]
        for _ in range(height - len(self.chars)):
            self.chars.append([" "] * width)
            self.colours.append([self.pen] * width)
        self.width, self.height = width, height
        self.version += 1
        self.row_versions = [self.version] * height

    def clear(self) -> None:
        """Blanks in the current colours everywhere."""
        self.chars = [[" "] * self.width for _ in range(self.height)]
        self.colours = [[self.pen] * self.width for _ in range(self.height)]
        self._touch(0, self.height)

    # -- drawing, positions from 1 ------------------------------------------------------------------------------

    def put(self, x: int, y: int, text: str) -> None:
        """Write a text to the right, clipped on all sides."""
        y -= 1
        if not 0 <= y < self.height:
            return
        drawn: Sequence[str] = text
        if not ((text.isascii() and text.isprintable()) or self._narrow.issuperset(text)):
            drawn = characters.cells(text)
            self._learn(drawn)
        start = x - 1
        end = start + len(drawn)
        if start < 0 or end > self.width:
            drawn = drawn[max(0, -start) : max(0, self.width - start)]
            start = max(0, start)
            if drawn and not drawn[0]:
                drawn = [" ", *drawn[1:]]  # the left half of a wide character is outside
            if drawn and drawn[-1] >= characters.FIRST_WIDE and characters.is_wide(drawn[-1]):
                drawn = drawn[:-1]  # its right half is outside: not drawn
            end = start + len(drawn)
        if start >= end:
            return
        row = self.chars[y]
        if not row[start]:
            row[start - 1] = " "
        if end < self.width and not row[end]:
            row[end] = " "
        row[start:end] = drawn
        self.colours[y][start:end] = [self.pen] * (end - start)
        self.version = self.row_versions[y] = self.version + 1

    def _learn(self, cells: Sequence[str]) -> None:
        """Remember which of these cells are characters that need no second look."""
        if len(self._narrow) > 4096:
            self._narrow.clear()
        pairs = zip(cells, [*cells[1:], " "], strict=True)
        self._narrow.update(char for char, after in pairs if char and after)

    def put_down(self, x: int, y: int, text: str) -> None:
        """Write a text downwards, one character a row."""
        for char in text:
            self.put(x, y, char)
            y += 1

    def fill(self, x: int, y: int, width: int, height: int, char: str) -> None:
        """One character all over a rectangle, clipped on all sides."""
        unit = [char] if char.isascii() and char.isprintable() else characters.cells(char)
        left, right = max(0, x - 1), min(self.width, x - 1 + max(0, width))
        top, bottom = max(0, y - 1), min(self.height, y - 1 + max(0, height))
        count = (right - left) // len(unit)
        if count <= 0 or bottom <= top:
            return
        right = left + count * len(unit)
        cells, pens = unit * count, [self.pen] * (right - left)
        whole = left == 0 and right == self.width
        for index in range(top, bottom):
            row = self.chars[index]
            if not whole:
                if not row[left]:
                    row[left - 1] = " "
                if right < self.width and not row[right]:
                    row[right] = " "
            row[left:right] = cells
            self.colours[index][left:right] = pens
        self._touch(top, bottom)

    def copy(self, x: int, y: int, width: int, height: int, dx: int, dy: int) -> None:
        """Move a copy of a rectangle by (dx, dy); cells whose source is outside stay as they are."""
        left, right = max(0, x - 1, -dx), min(self.width, x - 1 + max(0, width), self.width - dx)
        top, bottom = max(0, y - 1, -dy), min(self.height, y - 1 + max(0, height), self.height - dy)
        if right <= left or bottom <= top:
            return
        if dx == 0 and left == 0 and right == self.width:
            self._copy_rows(top, bottom, dy)
        else:
            rows = range(top, bottom) if dy <= 0 else range(bottom - 1, top - 1, -1)
            for index in rows:
                self._paste(
                    self.chars[index][left:right],
                    self.colours[index][left:right],
                    right < self.width and not self.chars[index][right],
                    left + dx,
                    index + dy,
                )
        self._touch(top + dy, bottom + dy)

    def _copy_rows(self, top: int, bottom: int, dy: int) -> None:
        """Whole rows change place; a source row that stays visible is duplicated, the others just move."""
        chars, colours = self.chars, self.colours
        new_top, new_bottom = top + dy, bottom + dy
        chars[new_top:new_bottom] = chars[top:bottom]
        colours[new_top:new_bottom] = colours[top:bottom]
        for index in range(top, bottom):
            if not new_top <= index < new_bottom:
                chars[index] = chars[index][:]
                colours[index] = colours[index][:]

    def _paste(self, cells: list[str], pens: list[int], cut: bool, left: int, y: int) -> None:
        """Lay a piece of a row down at `left` of row `y`; `cut`: the piece ends in half a wide character."""
        row = self.chars[y]
        right = left + len(cells)
        if not cells[0]:
            cells[0] = " "
        if cut:
            cells[-1] = " "
        if not row[left]:
            row[left - 1] = " "
        if right < self.width and not row[right]:
            row[right] = " "
        row[left:right] = cells
        self.colours[y][left:right] = pens

    def blit(self, source: TextGrid, x: int, y: int, width: int, height: int, from_x: int, from_y: int) -> None:
        """Copy a rectangle of another grid (or of this one) here, clipped to both; colours are converted."""
        if source is self:
            self.copy(from_x, from_y, width, height, x - from_x, y - from_y)
            return
        dx, dy = x - from_x, y - from_y
        left, right = max(0, from_x - 1, -dx), min(source.width, from_x - 1 + max(0, width), self.width - dx)
        top, bottom = max(0, from_y - 1, -dy), min(source.height, from_y - 1 + max(0, height), self.height - dy)
        if right <= left or bottom <= top:
            return
        same = source.table == self.table
        converted: dict[int, int] = {}
        for index in range(top, bottom):
            row = source.chars[index]
            pens = source.colours[index][left:right]
            if not same:
                pens = [self._convert(packed, source.table, converted) for packed in pens]
            self._paste(row[left:right], pens, right < source.width and not row[right], left + dx, index + dy)
        self._touch(top + dy, bottom + dy)

    def _touch(self, top: int, bottom: int) -> None:
        self.version += 1
        self.row_versions[top:bottom] = [self.version] * (bottom - top)
