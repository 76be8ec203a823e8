"""The screen: what the GPU has drawn, to be read by consoles and tests.

For programs it is a small board. For hosts it is the one thing to look at:

    screen.size                 (width, height)
    screen.version              grows with every change; compare it first
    screen.row_version(y)       the version at which row y last changed
    screen.row_text(y)          its characters, blanks included (a wide character stands for two columns)
    screen.row_cells(y)         [(character, foreground, background), ...] a column, 24-bit colours; the right half of
                                a wide character has the character ""
    screen.text() .lines() .line(y) .cell(x, y)      the same for people and tests, without trailing blanks

Rows and columns count from 1. Every character is printable and one or two columns wide, whatever a program wrote, so a
console can pass it on. To follow: remember `version`, later redraw the rows whose `row_version` is above it; when
`size` changed, all. `bell_listeners` are called as `(frequency_hz, duration_s)`.
"""

from __future__ import annotations

from axisos.machine import arguments
from axisos.machine.component import Component, callback
from axisos.machine.errors import NOT_IMPLEMENTED, soft
from axisos.machine.textgrid import TextGrid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_DEPTH = {1: 1, 2: 4, 3: 8}
MAX_RESOLUTION = {1: (50, 16), 2: (80, 25), 3: (160, 50)}


class Screen(Component):
    """One screen of a tier (1 to 3) with a largest resolution."""

    type = "screen"
    device_class = "display"
    device_description = "Text buffer"

    def __init__(self, address: str, tier: int = 3, max_resolution: tuple[int, int] | None = None) -> None:
        super().__init__(address)
        self.tier = tier
        self.max_resolution = max_resolution or MAX_RESOLUTION[tier]
        self.max_depth = MAX_DEPTH[tier]
        self.grid = TextGrid(*self.max_resolution, self.max_depth)
        self.viewport = self.max_resolution
        self.bell_listeners: list[Callable[[float, float], object]] = []
        self.bells = 0  # how often it rang since power-on
        self._on = True
        self._precise = False
        self._touch_inverted = False
        self._text = (-1, "")

    # -- for consoles and tests ---------------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self.grid.width, self.grid.height

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self.grid.version

    def row_version(self, y: int) -> int:
        """The version at which row `y` last changed."""
        return self.grid.row_versions[y - 1]

    def row_text(self, y: int) -> str:
        """The characters of row `y`."""
        return "".join(self.grid.chars[y - 1])

    def row_cells(self, y: int) -> list[tuple[str, int, int]]:
        """Character, foreground and background of each column of row `y`."""
        grid = self.grid
        table = grid.table
        colours = grid.colours[y - 1]
        return [(c, table[p >> 8], table[p & 255]) for c, p in zip(grid.chars[y - 1], colours, strict=True)]

    def line(self, y: int) -> str:
        """Row `y` without trailing blanks."""
        return self.row_text(y).rstrip()

    def lines(self) -> list[str]:
        """All rows, without trailing blanks."""
        return ["".join(row).rstrip() for row in self.grid.chars]

    def text(self) -> str:
        """All rows as one text, without trailing blanks and blank rows."""
        version, text = self._text
        if version != self.grid.version:
            text = "\n".join(self.lines()).rstrip("\n")
            self._text = self.grid.version, text
        return text

    def cell(self, x: int, y: int) -> tuple[str, int, int]:
        """Character, foreground and background at (x, y). Raises IndexError outside."""
        grid = self.grid
        if not (1 <= x <= grid.width and 1 <= y <= grid.height):
            raise IndexError(f"({x}, {y}) is outside {grid.width}x{grid.height}")
        packed = grid.colours[y - 1][x - 1]
        return grid.chars[y - 1][x - 1], grid.table[packed >> 8], grid.table[packed & 255]

    def ring(self, frequency: float, duration: float) -> None:
        """Beep."""
        self.bells += 1
        for listener in list(self.bell_listeners):
            listener(frequency, duration)

    # -- for the machine and the GPU ----------------------------------------------------------------------------

    def started(self) -> None:
        """Dark again, at its largest; the last picture stays until here, so that a stopped machine can be read."""
        self.bells = 0
        self._on = True
        self.grid.reset_colours(self.max_depth)
        self.set_resolution(*self.max_resolution)
        self.grid.clear()

    def set_resolution(self, width: int, height: int) -> bool:
        """Change the resolution, and the viewport with it; tell the machine. Whether it changed."""
        changed = (width, height) != self.size
        if changed:
            self.grid.resize(width, height)
        if changed or self.viewport != (width, height):
            self.viewport = (width, height)
            self.signal("screen_resized", width, height)
        return changed

    def set_viewport(self, width: int, height: int) -> bool:
        """Show only a part. Whether it changed."""
        if self.viewport == (width, height):
            return False
        self.viewport = (width, height)
        self.signal("screen_resized", width, height)
        return True

    # -- for programs -------------------------------------------------------------------------------------------

    @callback(doc="function():boolean -- Whether it is on.")
    def is_on(self) -> bool:
        """Whether it is on."""
        return self._on

    @callback(direct=False, doc="function():boolean, boolean -- Turns it on: whether that changed it, and its state.")
    def turn_on(self) -> tuple[bool, bool]:
        """Turn it on: whether that changed it, and its state."""
        changed, self._on = not self._on, True
        return changed, True

    @callback(direct=False, doc="function():boolean, boolean -- Turns it off: whether that changed it, and its state.")
    def turn_off(self) -> tuple[bool, bool]:
        """Turn it off: whether that changed it, and its state."""
        changed, self._on = self._on, False
        return changed, False

    @callback(doc="function():number, number -- Width and height in blocks.")
    def get_aspect_ratio(self) -> tuple[float, float]:
        """Width and height in blocks."""
        return 1.0, 1.0

    @callback(direct=False, doc="function():table -- Addresses of its keyboards.")
    def get_keyboards(self) -> list[str]:
        """Addresses of its keyboards."""
        self.pause(0.25)
        return list(self.bus.list("keyboard", True))

    @callback(doc="function():boolean -- Whether touches have fractions.")
    def is_precise(self) -> bool:
        """Whether touches have fractions of a cell."""
        return self._precise

    @callback(direct=False, doc="function(on:boolean):boolean -- Touches with fractions; returns the former setting.")
    def set_precise(self, on: Any = None) -> bool:
        """Touches with fractions of a cell. Raises: "unsupported operation" (soft) below tier 3."""
        if self.tier < 3:
            raise soft("unsupported operation", NOT_IMPLEMENTED)
        old, self._precise = self._precise, arguments.boolean(on, 1)
        return old

    @callback(doc="function():boolean -- Whether touching needs sneaking.")
    def is_touch_mode_inverted(self) -> bool:
        """Whether touching needs sneaking (in the game)."""
        return self._touch_inverted

    @callback(direct=False, doc="function(on:boolean):boolean -- Inverts touching; returns the former setting.")
    def set_touch_mode_inverted(self, on: Any = None) -> bool:
        """Invert touching; the former setting."""
        old, self._touch_inverted = self._touch_inverted, arguments.boolean(on, 1)
        return old
