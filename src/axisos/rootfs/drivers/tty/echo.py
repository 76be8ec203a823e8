"""Shows the line that is being edited on the screen model.

The line begins where the cursor stood when its first character was typed, and is redrawn from there whenever it
changes; it may be longer than a row. What is shown is ordinary screen content: to `leave` it means only to stop
redrawing it.

Always so   the place of the line follows the screen when it scrolls; rows that have left the top are not drawn.
"""

from __future__ import annotations

from .grid import WIDE_TAIL, char_width, pack
from .terminal import TAB_STOP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .line import LineEditor
    from .terminal import Terminal

SELECTION_ATTRIBUTE = pack(0x000000, 0x3399FF)


def layout(text: str, column: int, width: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Where *text* goes that begins in *column* of a screen *width* cells wide.

    Returns: the cells of each row (the first from *column* on), and row and column of each character and of the end.
    """
    lines = []
    places = []
    cells: list[str] = []
    row = 0
    for char in text:
        if char == "\t":
            piece = " " * max(1, min((column // TAB_STOP + 1) * TAB_STOP, width) - column)
        else:
            piece = (char, char, char + WIDE_TAIL)[char_width(char)]  # a lone mark is shown by itself
        if column + len(piece) > width and column:
            lines.append("".join(cells))
            cells, column, row = [], 0, row + 1
        places.append((row, column))
        cells.append(piece)
        column += len(piece)
        if column >= width:
            lines.append("".join(cells))
            cells, column, row = [], 0, row + 1
    lines.append("".join(cells))
    places.append((row, column))
    return lines, places


class Echo:
    """The edited line as it stands on *terminal*."""

    __slots__ = ("_column", "_end", "_lines", "_row", "_terminal", "shown")

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.shown = False  # is there a line on the screen that we redraw?
        self._row = 0  # where it begins: a row that scrolls along (y + scrolled), and a column
        self._column = 0
        self._lines: list[str] = []  # its cells, row by row
        self._end = (0, 0)  # where its last character ends: row from the first, column

    def show(self, line: LineEditor) -> None:
        """Draw the line anew and put the cursor where it is edited."""
        terminal = self._terminal
        if not self.shown:
            if not line.text:
                return
            self.shown = True
            self._row, self._column, self._lines = terminal.y + terminal.scrolled, terminal.x, []
        lines, places = layout(line.text, self._column, terminal.width)
        at_row = places[line.cursor][0]
        self._make_room(len(lines) - 1 if len(lines) <= terminal.height else at_row)
        above = terminal.scrolled - self._row - at_row
        if above > 0:  # the place of the cursor has left the screen: the line comes down to where it can be seen
            self._draw([])
            self._row += above
        self._draw(lines)
        start, end = line.selection
        for at in range(start, end):
            row, column = places[at]
            width = (places[at + 1][1] if places[at + 1][0] == row else terminal.width) - column
            self._put(row, column, lines[row][column - (0 if row else self._column):][:width], SELECTION_ATTRIBUTE)
        self._end = places[-1]
        self._cursor_to(places[line.cursor])

    def to_end(self) -> None:
        """Put the cursor behind the line."""
        if self.shown:
            if self._make_room(self._end[0]):
                self._draw(self._lines)
            self._cursor_to(self._end)

    def leave(self) -> None:
        """Stop redrawing the line; the cursor goes behind it."""
        if self.shown:
            self.to_end()
            self.shown = False
            self._lines = []

    def resized(self) -> None:
        """The screen has another width now: what was drawn beyond it is gone."""
        width = self._terminal.width
        self._column = min(self._column, width - 1)
        self._lines = [each[:width - (0 if number else self._column)] for number, each in enumerate(self._lines)]

    @property
    def top(self) -> int:
        """The screen row on which the line begins: that of its prompt."""
        terminal = self._terminal
        return max(0, self._row - terminal.scrolled) if self.shown else terminal.y

    def _make_room(self, row: int) -> bool:
        """Scroll until row *row* of the line is on the screen; False if it was not below it."""
        below = self._row + row - self._terminal.scrolled - (self._terminal.height - 1)
        if below > 0:
            self._terminal.scroll(below)
        return below > 0

    def _draw(self, lines: list[str]) -> None:
        """Replace what is shown of the line."""
        attribute = self._terminal.attribute
        for number in range(max(len(lines), len(self._lines))):
            new = lines[number] if number < len(lines) else ""
            old = self._lines[number] if number < len(self._lines) else ""
            self._put(number, 0 if number else self._column, new.ljust(len(old)), attribute)
        self._lines = lines

    def _put(self, row: int, column: int, cells: str, attribute: int) -> None:
        terminal = self._terminal
        y = self._row + row - terminal.scrolled
        if cells and 0 <= y < terminal.height:
            terminal.put_cells(column, y, cells, attribute)

    def _cursor_to(self, place: tuple[int, int]) -> None:
        terminal = self._terminal
        terminal.y = min(max(0, self._row + place[0] - terminal.scrolled), terminal.height - 1)
        terminal.x = min(place[1], terminal.width - 1)
