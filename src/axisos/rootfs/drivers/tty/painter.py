"""Brings the screen up to what the model shows, with as few drawing calls as are easy to find.

A paint compares the rows to show with the rows drawn last (rows are never changed in place, so most comparisons end at
once), moves what merely scrolled with one `copy`, fills blank rows in blocks, and draws the spans that differ, all
spans of one colour pair together.

Owns        the GPU: what it drew last, and which colours the GPU was left with.
Always so   the cursor and the scroll indicator are drawn over the cells and are never part of the model; a GPU that
            fails or is pulled out makes the painter blind (`attached` is False), nothing else.
"""

from __future__ import annotations

from .grid import WIDE_TAIL, attribute_at, pack, painted, runs, swapped, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .grid import Row
    from .terminal import Terminal

INDICATOR_ATTRIBUTE = pack(0x000000, 0xFFFF00)
_WORTH_A_COPY = 3  # rows that a `copy` must save


class Painter:
    """Draws *terminal* through a GPU's component proxy."""

    __slots__ = ("_adopted", "_cleared", "_colours", "_drawn", "_gpu", "_scrolled", "_terminal", "failure")

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._gpu: Any = None
        self._drawn: list[Row | None] = []  # None: whatever is there, it is not ours
        self._colours = -1  # the pair the GPU draws with, -1 = unknown
        self._scrolled = 0  # the terminal's count when it was last painted
        self._cleared = terminal.cleared
        self._adopted: Row | None = None  # the model's untouched row, where the screen still shows the boot log
        self.failure = ""  # why the painter went blind

    @property
    def attached(self) -> bool:
        return self._gpu is not None

    def attach(self, gpu: Any) -> None:
        """Draw through *gpu* from now on. What its screen shows (the boot log) stays until it scrolls away."""
        self._gpu = gpu
        self.forget()
        self._scrolled = self._terminal.scrolled
        rows = self._terminal.rows
        if all(row is rows[0] for row in rows):  # nothing has been written yet
            self._adopted = rows[0]
            self._drawn = list(rows)

    def detach(self) -> None:
        """The GPU is gone."""
        self._gpu = None

    def forget(self) -> None:
        """Somebody else drew on the screen, or it changed its size: the next paint draws everything."""
        self._drawn = [None] * self._terminal.height
        self._adopted = None

    def paint(self, cursor: bool) -> None:
        """Draw what has changed; *cursor*: show it, if the cell it stands on is in view."""
        if self._gpu is None:
            return
        if self._terminal.cleared != self._cleared:
            self._cleared = self._terminal.cleared
            self.forget()
        try:
            self._paint(self._frame(cursor))
        except Exception as error:  # whatever a component raises; the machine goes on without a picture
            self.failure = f"{type(error).__name__}: {error}"
            self._gpu = None

    def _frame(self, cursor: bool) -> list[Row]:
        """The rows to show, with cursor and indicator."""
        terminal = self._terminal
        rows = terminal.view()
        offset = terminal.view_offset()
        if offset:
            text = f" [-{offset} lines] PgUp/PgDn "[:terminal.width]
            start = terminal.width - len(text)
            old, attributes = rows[-1]
            kept = old[:start]
            if old[start] == WIDE_TAIL:
                kept = kept[:-1] + " "
            attributes = painted(attributes, start, len(text), INDICATOR_ATTRIBUTE, terminal.width)
            rows[-1] = (kept + text, attributes)
        elif cursor:
            x, y = terminal.x, terminal.y
            row = rows[y]
            if row[0][x] == WIDE_TAIL:
                x -= 1
            wide = row[0][x + 1:x + 2] == WIDE_TAIL
            attribute = swapped(attribute_at(row, x))
            rows[y] = (row[0], painted(row[1], x, 2 if wide else 1, attribute, terminal.width))
        return rows

    def _paint(self, frame: list[Row]) -> None:
        self._colours = -1  # a panic or a late line of the kernel log may have set others
        drawn = self._drawn
        if len(drawn) != len(frame):
            drawn = [None] * len(frame)
        drawn = self._scroll(frame, drawn)
        adopted = self._adopted
        spans: dict[int, list[tuple[int, int, str]]] = {}  # colours -> where to draw what, in order of appearance
        blanks: list[tuple[int, int, int]] = []  # first row, count, colours
        for y, row in enumerate(frame):
            before = drawn[y]
            if row is before:
                continue
            if before is adopted:
                before = None  # equal perhaps, but the boot log stands there
            elif row == before:
                continue
            text, attributes = row
            if isinstance(attributes, int) and text.isspace():
                first, count, colours = blanks[-1] if blanks else (0, 0, -1)
                if first + count == y and colours == attributes:
                    blanks[-1] = (first, count + 1, attributes)
                else:
                    blanks.append((y, 1, attributes))
                continue
            for start, end, attribute in runs(row):
                piece = text[start:end]
                if before is None or piece != before[0][start:end] or not _same(before[1], start, end, attribute):
                    spans.setdefault(attribute, []).append((start + 1, y + 1, piece))
        gpu = self._gpu
        for first, count, attribute in blanks:
            self._use(attribute)
            gpu.fill(1, first + 1, self._terminal.width, count, " ")
        for attribute, places in spans.items():
            self._use(attribute)
            for x, y, text in places:
                gpu.set(x, y, text.replace(WIDE_TAIL, ""))
        self._drawn = frame  # type: ignore[assignment]  # a list of rows is a list of rows or None

    def _scroll(self, frame: list[Row], drawn: list[Row | None]) -> list[Row | None]:
        """Move what is on the screen up, if that makes enough rows right; returns what it shows then."""
        count = self._terminal.scrolled - self._scrolled
        self._scrolled = self._terminal.scrolled
        if not 0 < count <= len(frame) - _WORTH_A_COPY or self._terminal.view_offset():
            return drawn
        moved = drawn[count:] + [None] * count
        saved = sum(1 for new, old, here in zip(frame, moved, drawn, strict=True) if new == old != here)
        if saved < _WORTH_A_COPY and (self._adopted is None or drawn[-1] is not self._adopted):
            return drawn
        height = len(frame) - count
        self._gpu.copy(1, 1 + count, self._terminal.width, height, 0, -count)
        return moved

    def _use(self, attribute: int) -> None:
        """Have the GPU draw in these colours."""
        if attribute == self._colours:
            return
        foreground, background = unpack(attribute)
        old = self._colours
        if old < 0 or unpack(old)[0] != foreground:
            self._gpu.setForeground(foreground)
        if old < 0 or unpack(old)[1] != background:
            self._gpu.setBackground(background)
        self._colours = attribute


def _same(attributes: int | list[int], start: int, end: int, attribute: int) -> bool:
    """Did these cells have this one colour pair?"""
    if isinstance(attributes, int):
        return attributes == attribute
    return attributes[start:end] == [attribute] * (end - start)
