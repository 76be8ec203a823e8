"""The graphics card: draws on the screen that it is bound to, or in its own memory.

All drawing goes to the active buffer: 0 is the screen, 1 and above are rectangles of video memory. Each has its own
colours and palette (they live in its `TextGrid`). Positions count from 1; drawing outside is clipped, never refused.

Always so: `_grid` is the grid of the active buffer, None exactly when that is the screen and there is none.
"""

from __future__ import annotations

from axisos.machine import arguments, colour
from axisos.machine.component import Component, callback
from axisos.machine.components.screen import MAX_DEPTH, MAX_RESOLUTION, Screen
from axisos.machine.errors import DEVICE_NOT_READY, INVALID_PARAMETER, ComponentError, soft, thrown
from axisos.machine.textgrid import BLACK, WHITE, TextGrid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axisos.machine.component import Callback

    Shown = tuple[str, int, int, int | None, int | None]

_PRICES = {  # by method: calls of a tick's budget for tiers 1, 2, 3
    "setForeground": (32, 64, 128),
    "setBackground": (32, 64, 128),
    "setPaletteColor": (2, 8, 16),
    "set": (64, 128, 256),
    "fill": (32, 64, 128),
    "copy": (16, 32, 64),
}


class Gpu(Component):
    """One graphics card of a tier (1 to 3)."""

    type = "gpu"
    device_class = "display"
    device_description = "Graphics controller"

    def __init__(self, address: str, tier: int = 3, max_resolution: tuple[int, int] | None = None) -> None:
        super().__init__(address, 0)
        self.tier = tier
        wide, high = max_resolution or (1, 1)
        self.max_size = (max(MAX_RESOLUTION[tier][0], wide), max(MAX_RESOLUTION[tier][1], high))
        self.max_bits = MAX_DEPTH[tier]
        self.memory = self.max_size[0] * self.max_size[1] * tier  # cells
        self.started()

    def started(self) -> None:
        """No screen, no buffers."""
        self._screen: Screen | None = None
        self._grid: TextGrid | None = None
        self._active = 0
        self._buffers: dict[int, TextGrid] = {}
        self._blitted: dict[int, int] = {}  # version of a buffer when it was last laid on the screen

    def stopped(self) -> None:
        self.started()

    def lost(self, other: Component) -> None:
        if other is self._screen:
            self._screen = None
            self._select(self._active)

    def price(self, method: Callback, args: tuple[Any, ...]) -> float:
        prices = _PRICES.get(method.name)
        if prices is None:
            return method.cost
        return 1.0 / prices[self.tier - 1] if self._active == 0 or method.name == "setPaletteColor" else 0.0

    def _select(self, index: int) -> None:
        self._active = index
        screen = self._screen
        self._grid = self._buffers[index] if index else None if screen is None else screen.grid

    def _target(self) -> TextGrid:
        if self._grid is None:
            raise _no_screen()
        return self._grid

    def _bound(self) -> Screen:
        if self._screen is None:
            raise _no_screen()
        return self._screen

    def _limits(self, screen: Screen) -> tuple[tuple[int, int], int]:
        """The largest resolution and depth that card and screen both can."""
        (width, height), (wide, high) = self.max_size, screen.max_resolution
        return (min(width, wide), min(height, high)), min(self.max_bits, screen.max_depth)

    # -- the screen ---------------------------------------------------------------------------------------------

    @callback(direct=False, doc="function(address:string[, reset:boolean=true]):boolean -- Binds to a screen.")
    def bind(self, address: Any = None, reset: Any = None) -> bool:
        """Draw on this screen from now on; reset: largest resolution and depth, white on black (contents are kept).

        Raises: "invalid address", "not a screen" (soft).
        """
        place = arguments.text(address, 1)
        try:
            screen = self.bus.component(place)
        except ComponentError:
            raise soft("invalid address", INVALID_PARAMETER) from None
        if not isinstance(screen, Screen):
            raise soft("not a screen", INVALID_PARAMETER)
        self._screen = screen
        if arguments.boolean(reset, 2, True):
            size, depth = self._limits(screen)
            screen.grid.set_depth(depth)
            screen.grid.set_foreground(WHITE, False)
            screen.grid.set_background(BLACK, False)
            screen.set_resolution(*size)
            self._blitted.clear()
        self._select(self._active)
        return True

    @callback(doc="function():string -- Address of the bound screen.")
    def get_screen(self) -> str | None:
        """Address of the bound screen."""
        return None if self._screen is None else self._screen.address

    @callback(doc="function():number, number -- The resolution.")
    def get_resolution(self) -> tuple[int, int]:
        """Columns and rows of the screen. Raises: "no screen" (soft)."""
        return self._bound().size

    @callback(doc="function():number, number -- The largest resolution.")
    def max_resolution(self) -> tuple[int, int]:
        """The largest resolution of card and screen. Raises: "no screen" (soft)."""
        return self._limits(self._bound())[0]

    @callback(direct=False, doc="function(width:number, height:number):boolean -- Sets the resolution.")
    def set_resolution(self, width: Any = None, height: Any = None) -> bool:
        """Change the resolution; whether it changed. Raises: "unsupported resolution", "no screen" (soft)."""
        w, h = arguments.integer(width, 1), arguments.integer(height, 2)
        screen = self._bound()
        for wide, high in (self.max_size, screen.max_resolution):
            if w < 1 or h < 1 or w > wide or h > wide or w * h > wide * high:
                raise thrown("unsupported resolution")
        return screen.set_resolution(w, h)

    @callback(doc="function():number, number -- The part of the screen that is shown.")
    def get_viewport(self) -> tuple[int, int]:
        """Columns and rows shown. Raises: "no screen" (soft)."""
        return self._bound().viewport

    @callback(direct=False, doc="function(width:number, height:number):boolean -- Shows only a part of the screen.")
    def set_viewport(self, width: Any = None, height: Any = None) -> bool:
        """Show only a part, at most the resolution. Raises: "unsupported viewport size", "no screen" (soft)."""
        w, h = arguments.integer(width, 1), arguments.integer(height, 2)
        screen = self._bound()
        if w < 1 or h < 1 or w > screen.size[0] or h > screen.size[1]:
            raise thrown("unsupported viewport size")
        return screen.set_viewport(w, h)

    # -- colours ------------------------------------------------------------------------------------------------

    @callback(doc="function():number, boolean -- The background colour, and whether it is of the palette.")
    def get_background(self) -> tuple[int, bool]:
        """The background as last set, and whether it is an index of the palette."""
        return self._target().background

    @callback(doc="function():number, boolean -- The foreground colour, and whether it is of the palette.")
    def get_foreground(self) -> tuple[int, bool]:
        """The foreground as last set, and whether it is an index of the palette."""
        return self._target().foreground

    @callback(doc="function(colour:number[, palette:boolean]):number, number or nil -- Sets the background.")
    def set_background(self, colour: Any = None, palette: Any = None) -> tuple[int, int | None]:
        """Draw on this colour; the old one and its palette index. Raises: "invalid palette index" and the like."""
        grid = self._target()
        if type(colour) is not int or palette:
            colour = self._colour(grid, colour, palette)
        old = grid.background
        grid.set_background(colour, bool(palette))
        return (grid.palette[old[0]], old[0]) if old[1] else (old[0], None)

    @callback(doc="function(colour:number[, palette:boolean]):number, number or nil -- Sets the foreground.")
    def set_foreground(self, colour: Any = None, palette: Any = None) -> tuple[int, int | None]:
        """Draw in this colour; the old one and its palette index. Raises: "invalid palette index" and the like."""
        grid = self._target()
        if type(colour) is not int or palette:
            colour = self._colour(grid, colour, palette)
        old = grid.foreground
        grid.set_foreground(colour, bool(palette))
        return (grid.palette[old[0]], old[0]) if old[1] else (old[0], None)

    def _colour(self, grid: TextGrid, value: Any, palette: Any) -> int:
        number = arguments.integer(value, 1)
        if arguments.boolean(palette, 2, False):
            if grid.depth == 1:
                raise thrown("color palette not supported")
            if not 0 <= number < 16:
                raise thrown("invalid palette index")
        return number

    @callback(doc="function(index:number):number -- A colour of the palette.")
    def get_palette_color(self, index: Any = None) -> int:
        """A palette entry, 0 to 15. Raises: "palette not available" (soft), "invalid palette index"."""
        return self._palette_entry(index)[1]

    @callback(doc="function(index:number, colour:number):number -- Sets a colour of the palette; returns the old one.")
    def set_palette_color(self, index: Any = None, colour: Any = None) -> int:
        """Change a palette entry; the old colour. Raises: "palette not available" (soft), "invalid palette index"."""
        entry, old = self._palette_entry(index)
        self._target().set_palette(entry, arguments.integer(colour, 2) & WHITE)
        self.pause(0.1)
        return old

    def _palette_entry(self, index: Any) -> tuple[int, int]:
        entry = arguments.integer(index, 1)
        grid = self._target()
        if grid.depth == 1:
            raise soft("palette not available")
        if not 0 <= entry < 16:
            raise thrown("invalid palette index")
        return entry, grid.palette[entry]

    @callback(doc="function():number -- Bits a colour: 1, 4 or 8.")
    def get_depth(self) -> int:
        """Bits a colour of the screen: 1, 4 or 8. Raises: "no screen" (soft)."""
        return self._bound().grid.depth

    @callback(doc="function():number -- The most bits a colour may have.")
    def max_depth(self) -> int:
        """The most bits that card and screen can. Raises: "no screen" (soft)."""
        return self._limits(self._bound())[1]

    @callback(direct=False, doc="function(bits:number):string -- Sets the depth; returns the name of the old one.")
    def set_depth(self, bits: Any = None) -> str:
        """Change the depth; the old one as the game names it. Raises: "unsupported depth", "no screen" (soft)."""
        depth = arguments.integer(bits, 1)
        screen = self._bound()
        if depth not in colour.DEPTH_NAMES or depth > self._limits(screen)[1]:
            raise thrown("unsupported depth")
        old = colour.DEPTH_NAMES[screen.grid.depth]
        screen.grid.set_depth(depth)
        return old

    # -- drawing ------------------------------------------------------------------------------------------------

    @callback(doc="function(x:number, y:number):string, number, number, number or nil, number or nil -- One cell.")
    def get(self, x: Any = None, y: Any = None) -> Shown:
        """Character, colours and palette indices at (x, y). Raises: "index out of bounds", "no screen" (soft)."""
        column, row = arguments.integer(x, 1) - 1, arguments.integer(y, 2) - 1
        grid = self._target()
        if not (0 <= column < grid.width and 0 <= row < grid.height):
            raise thrown("index out of bounds")
        packed = grid.colours[row][column]
        fore, back = packed >> 8, packed & 255
        entries = 0 if grid.depth == 1 else 16
        return (
            grid.chars[row][column] or " ",
            grid.table[fore],
            grid.table[back],
            fore if fore < entries else None,
            back if back < entries else None,
        )

    @callback(doc="function(x:number, y:number, text:string[, vertical:boolean]):boolean -- Writes a text.")
    def set(self, x: Any = None, y: Any = None, text: Any = None, vertical: Any = None) -> bool:
        """Write a text, clipped, in the current colours. Raises: "no screen" (soft)."""
        grid = self._grid
        if grid is None:
            raise _no_screen()
        if type(x) is not int or type(y) is not int or type(text) is not str:
            x, y, text = arguments.integer(x, 1), arguments.integer(y, 2), arguments.text(text, 3)
        if vertical:
            grid.put_down(x, y, text)
        else:
            grid.put(x, y, text)
        return True

    @callback(doc="function(x:number, y:number, w:number, h:number, char:string):boolean -- Fills a rectangle.")
    def fill(self, x: Any = None, y: Any = None, w: Any = None, h: Any = None, char: Any = None) -> bool:
        """One character all over a rectangle. Raises: "invalid fill value", "no screen" (soft)."""
        grid = self._target()
        left, top = arguments.integer(x, 1), arguments.integer(y, 2)
        width, height = arguments.integer(w, 3), arguments.integer(h, 4)
        value = arguments.text(char, 5)
        if len(value) != 1:
            raise soft("invalid fill value", INVALID_PARAMETER)
        grid.fill(left, top, width, height, value)
        return True

    @callback(doc="function(x:number, y:number, w:number, h:number, tx:number, ty:number):boolean -- Moves a copy.")
    def copy(self, x: Any = None, y: Any = None, w: Any = None, h: Any = None, tx: Any = None, ty: Any = None) -> bool:
        """Copy a rectangle to itself moved by (tx, ty). Raises: "no screen" (soft)."""
        grid = self._target()
        left, top = arguments.integer(x, 1), arguments.integer(y, 2)
        width, height = arguments.integer(w, 3), arguments.integer(h, 4)
        grid.copy(left, top, width, height, arguments.integer(tx, 5), arguments.integer(ty, 6))
        return True

    # -- video memory -------------------------------------------------------------------------------------------

    @callback(doc="function([w:number, h:number]):number -- Makes a buffer; returns its index.")
    def allocate_buffer(self, w: Any = None, h: Any = None) -> int:
        """A new buffer, of the largest resolution if no size is given; its index.

        Raises: "invalid page dimensions: must be greater than zero", "not enough video memory" (soft).
        """
        width = arguments.optional_integer(w, 1, self.max_size[0])
        height = arguments.optional_integer(h, 2, self.max_size[1])
        if width <= 0 or height <= 0:
            raise soft("invalid page dimensions: must be greater than zero", INVALID_PARAMETER)
        if width * height > self.free_memory():
            raise soft("not enough video memory")
        index = 1
        while index in self._buffers:
            index += 1
        self._buffers[index] = TextGrid(width, height, self.max_bits)
        return index

    @callback(doc="function([index:number]):boolean -- Frees a buffer.")
    def free_buffer(self, index: Any = None) -> bool:
        """Free a buffer, the active one if none is named. Raises: "no buffer at index" (soft)."""
        which = arguments.optional_integer(index, 1, self._active)
        if which not in self._buffers:
            raise soft("no buffer at index", INVALID_PARAMETER)
        del self._buffers[which]
        self._blitted.pop(which, None)
        if which == self._active:
            self._select(0)
        return True

    @callback(doc="function():number -- Frees all buffers; returns how many.")
    def free_all_buffers(self) -> int:
        """Free all buffers; how many there were."""
        count = len(self._buffers)
        self._buffers.clear()
        self._blitted.clear()
        self._select(0)
        return count

    @callback(doc="function():table -- Indices of the buffers.")
    def buffers(self) -> list[int]:
        """Indices of the buffers, ascending."""
        return sorted(self._buffers)

    @callback(doc="function():number -- Index of the active buffer, 0 = the screen.")
    def get_active_buffer(self) -> int:
        """Index of the active buffer, 0 = the screen."""
        return self._active

    @callback(doc="function(index:number):number -- Draws in this buffer; returns the former one.")
    def set_active_buffer(self, index: Any = None) -> int:
        """Draw in this buffer from now on; the former one. Raises: "invalid buffer index" (soft)."""
        which = arguments.integer(index, 1)
        if which != 0 and which not in self._buffers:
            raise soft("invalid buffer index", INVALID_PARAMETER)
        old = self._active
        self._select(which)
        return old

    @callback(doc="function():number -- Video memory in cells.")
    def total_memory(self) -> int:
        """Video memory in cells."""
        return self.memory

    @callback(doc="function():number -- Free video memory in cells.")
    def free_memory(self) -> int:
        """Free video memory in cells."""
        return self.memory - sum(grid.width * grid.height for grid in self._buffers.values())

    @callback(doc="function([index:number]):number, number -- Size of a buffer.")
    def get_buffer_size(self, index: Any = None) -> tuple[int, int]:
        """Size of a buffer, the active one if none is named. Raises: "no buffer at index", "no screen" (soft)."""
        grid = self._buffer(arguments.optional_integer(index, 1, self._active))
        return grid.width, grid.height

    @callback(doc="function([dst, col, row, width, height, src, fromCol, fromRow:number]):boolean -- Copies buffers.")
    def bitblt(
        self,
        dst: Any = None,
        col: Any = None,
        row: Any = None,
        width: Any = None,
        height: Any = None,
        src: Any = None,
        from_col: Any = None,
        from_row: Any = None,
    ) -> bool:
        """Copy a rectangle from one buffer to another. Raises: "no buffer at index", "no screen" (soft)."""
        to, origin = arguments.optional_integer(dst, 1, 0), arguments.optional_integer(src, 6, self._active)
        target, source = self._buffer(to), self._buffer(origin)
        if to == 0 and origin != 0:
            self._charge_blit(origin, source)
        target.blit(
            source,
            arguments.optional_integer(col, 2, 1),
            arguments.optional_integer(row, 3, 1),
            arguments.optional_integer(width, 4, target.width),
            arguments.optional_integer(height, 5, target.height),
            arguments.optional_integer(from_col, 7, 1),
            arguments.optional_integer(from_row, 8, 1),
        )
        return True

    def _charge_blit(self, index: int, source: TextGrid) -> None:
        timing = self.bus.timing
        if timing is not None:
            area = source.width * source.height / (self.max_size[0] * self.max_size[1])
            unchanged = self._blitted.get(index) == source.version
            timing.charge(0.001 if unchanged else 0.5 * 2 ** (self.tier - 1) * area)
        self._blitted[index] = source.version

    def _buffer(self, index: int) -> TextGrid:
        if index == 0:
            return self._bound().grid
        if index not in self._buffers:
            raise soft("no buffer at index", INVALID_PARAMETER)
        return self._buffers[index]


def _no_screen() -> ComponentError:
    return soft("no screen", DEVICE_NOT_READY)
