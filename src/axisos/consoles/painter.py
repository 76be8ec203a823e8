"""Brings a terminal up to what a machine's screen shows, with few bytes.

    screen rows that changed --> compared with what the terminal shows --> the spans that differ, as escape sequences

Only sequences that every terminal of the last decades knows: cursor position, colours, and a line feed in the last
row to scroll. Colours are 24-bit, or the nearest of 256 for terminals that would misread those.

Called by   the terminal console, once a frame.
Owns        what the terminal shows: its cells, the colours it draws in, where its cursor is.
Always so   after the bytes of `paint` have been sent, the terminal shows the top left part of the screen that fits,
            and nothing beside it. Needs a terminal that does not wrap at the right margin, and leaves the cursor where
            it happens to be: machines draw their own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axisos.machine.components.screen import Screen

    Cell = tuple[str, int, int]  # character, foreground, background; "" is the right half of a wide character
    Row = list[Cell]

TRUE_COLOUR = 1 << 24
COLOURS_256 = 256
DEFAULT = -1  # the terminal's own colour
BLANK: tuple[str, int, int] = (" ", DEFAULT, DEFAULT)
STATUS_COLOURS = (0x000000, 0xFFCC33)
_GAP = 5  # unchanged cells that are cheaper to draw again than to jump over
_WORTH_SCROLLING = 3  # rows that scrolling must save
_ANCHORS = 4  # rows tried to find out how far the screen has scrolled
_CUBE = (0, 95, 135, 175, 215, 255)
_STEADY_RANGES = ((0x2500, 0x25FF), (0x3000, 0x303E), (0x3041, 0x9FFF), (0xAC00, 0xD7A3), (0xFF01, 0xFF5E))


class Painter:
    """One terminal, of `width` by `height` cells."""

    __slots__ = (
        "_backgrounds", "_colours", "_cursor", "_foregrounds", "_layout", "_out", "_pen", "_seen", "_shown", "_status",
        "height", "width",
    )  # fmt: skip

    def __init__(self, width: int, height: int, colours: int = TRUE_COLOUR) -> None:
        self._colours = colours
        self._foregrounds = {DEFAULT: "39"}
        self._backgrounds = {DEFAULT: "49"}
        self._out: list[str] = []
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """The terminal has this size now, and shows anything: the next paint draws everything."""
        self.width = width
        self.height = height
        self._shown: list[Row] = []
        self._seen = -1  # version of the screen that was painted
        self._layout: tuple[object, ...] = ()
        self._status = ""
        self._cursor: tuple[int, int] | None = None  # column and row from 0; None = somewhere
        self._pen = (DEFAULT, DEFAULT)

    def is_current(self, screen: Screen, status: str = "") -> bool:
        """Whether a paint would draw nothing."""
        return screen.version == self._seen and self._layout == self._layout_of(screen) and status == self._status

    def paint(self, screen: Screen, status: str = "") -> bytes:
        """The bytes that bring the terminal up to the screen. `status`: a line over the last row, if not empty."""
        out = self._out
        if not self._shown:
            out.append("\x1b[0m\x1b[2J")
            self._shown = [[BLANK] * self.width for _ in range(self.height)]
        target = self._target(screen, status)
        self._scroll(target)
        shown = self._shown
        for y, row in enumerate(target):
            if row is not shown[y] and row != shown[y]:
                self._draw_row(y, shown[y], row)
        self._shown = target
        text = "".join(out)
        out.clear()
        return text.encode("utf-8", "replace")

    # -- what is to be shown ------------------------------------------------------------------------------------

    @staticmethod
    def _layout_of(screen: Screen) -> tuple[object, ...]:
        return screen.size, screen.viewport, screen.is_on()

    def _target(self, screen: Screen, status: str) -> list[Row]:
        """The rows that the terminal is to show; those that have not changed are the very lists shown now."""
        layout = self._layout_of(screen)
        everything = layout != self._layout or bool(self._status)  # what was below the status line must come back
        wide, high = (min(own, part) for own, part in zip(screen.size, screen.viewport, strict=True))
        if not screen.is_on():
            high = 0
        rows = []
        for y, old in enumerate(self._shown):
            if y >= high:
                rows.append([BLANK] * self.width if everything else old)
            elif everything or screen.row_version(y + 1) > self._seen:
                rows.append(self._fitted(screen.row_cells(y + 1)[:wide]))
            else:
                rows.append(old)
        if status and rows:
            rows[-1] = [(char, *STATUS_COLOURS) for char in f" {status} ".center(self.width)[: self.width]]
        self._seen, self._layout, self._status = screen.version, layout, status
        return rows

    def _fitted(self, row: Row) -> Row:
        """A row of the screen, exactly as wide as the terminal."""
        missing = self.width - len(row)
        if missing >= 0:
            return row + [BLANK] * missing
        cut = row[self.width][0] == ""  # half of a wide character is outside
        row = row[: self.width]
        if cut:
            row[-1] = (" ", *row[-1][1:])
        return row

    # -- drawing ------------------------------------------------------------------------------------------------

    def _scroll(self, target: list[Row]) -> None:
        """Scroll the terminal up if that makes enough rows right."""
        shown = self._shown
        count = self._scrolled_by(target)
        if not count:
            return
        self._use(DEFAULT, DEFAULT)  # in these the new rows come
        self._out.append(f"\x1b[{self.height};1H" + "\n" * count)
        self._cursor = None
        self._shown = shown[count:] + [[BLANK] * self.width for _ in range(count)]

    def _scrolled_by(self, target: list[Row]) -> int:
        """How far the rows have moved up; 0 if they have not, or it is not worth it."""
        shown = self._shown
        tried = 0
        for y, row in enumerate(target):
            if row is shown[y] or row == shown[y]:
                continue
            if all(cell[0] == " " for cell in row):
                continue
            if tried == _ANCHORS:
                break
            tried += 1
            for place in range(y + 1, len(shown)):
                if shown[place] == row:
                    count = place - y
                    moved = sum(new == old for new, old in zip(target, shown[count:], strict=False))
                    unmoved = sum(new is old or new == old for new, old in zip(target, shown, strict=True))
                    if moved - unmoved >= _WORTH_SCROLLING:
                        return count
                    break
        return 0

    def _draw_row(self, y: int, old: Row, new: Row) -> None:
        """Draw the spans that differ; small gaps between them are drawn too."""
        width = self.width
        x = 0
        while x < width:
            if new[x] == old[x]:
                x += 1
                continue
            start = last = x
            while x < width and x - last <= _GAP:
                if new[x] != old[x]:
                    last = x
                x += 1
            if start and new[start][0] == "":
                start -= 1
            if last + 1 < width and new[last + 1][0] == "":
                last += 1
            self._draw_span(start, y, new[start : last + 1])
            x = last + 1

    def _draw_span(self, x: int, y: int, cells: Row) -> None:
        out = self._out
        self._move(x, y)
        foreground, background = self._pen
        for char, fore, back in cells:
            if back != background or (fore != foreground and char != " "):
                self._use(fore, back)
                foreground, background = fore, back
            if char:
                if self._cursor is None:
                    self._move(x, y)
                out.append(char)
                if not _is_steady(char):
                    self._cursor = None  # terminals disagree about its width
            x += 1
        if self._cursor is not None:
            self._cursor = (x, y) if x < self.width else None

    def _move(self, x: int, y: int) -> None:
        if self._cursor != (x, y):
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
            self._cursor = (x, y)

    def _use(self, fore: int, back: int) -> None:
        """Draw in these colours from now on."""
        codes = []
        if fore != self._pen[0]:
            codes.append(self._foregrounds.get(fore) or self._code(38, fore, self._foregrounds))
        if back != self._pen[1]:
            codes.append(self._backgrounds.get(back) or self._code(48, back, self._backgrounds))
        if codes:
            self._out.append(f"\x1b[{';'.join(codes)}m")
            self._pen = (fore, back)

    def _code(self, kind: int, value: int, known: dict[int, str]) -> str:
        if self._colours == COLOURS_256:
            code = f"{kind};5;{nearest_of_256(value)}"
        else:
            code = f"{kind};2;{value >> 16};{value >> 8 & 255};{value & 255}"
        if len(known) > 4096:
            known.clear()
            known[DEFAULT] = str(kind + 1)
        known[value] = code
        return code


def _is_steady(char: str) -> bool:
    """Whether all terminals agree how wide it is."""
    return char < "\u0300" or any(low <= ord(char) <= high for low, high in _STEADY_RANGES)


def nearest_of_256(value: int) -> int:
    """The entry of xterm's fixed palette (cube 16-231, greys 232-255) that is nearest to a 24-bit colour."""
    parts = (value >> 16, value >> 8 & 255, value & 255)
    steps = [min(range(6), key=lambda step: abs(_CUBE[step] - part)) for part in parts]
    grey = min(23, max(0, (sum(parts) // 3 - 3) // 10))
    cube_off = sum((_CUBE[step] - part) ** 2 for step, part in zip(steps, parts, strict=True))
    grey_off = sum((8 + 10 * grey - part) ** 2 for part in parts)
    return 232 + grey if grey_off < cube_off else 16 + 36 * steps[0] + 6 * steps[1] + steps[2]


def colours_of(environment: dict[str, str]) -> int:
    """How many colours to draw in, by the environment of a terminal's programs."""
    if environment.get("COLORTERM") in ("truecolor", "24bit"):
        return TRUE_COLOUR
    in_screen = environment.get("TERM", "").startswith("screen") and "TMUX" not in environment
    if in_screen or environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return COLOURS_256  # they would take 24-bit colours for something else
    return TRUE_COLOUR
