"""The boards of a small graphite reactor: many of a few types around one core, for authors of drivers.

    rbmk_console        the desk: all columns on a grid of 15 by 15, levels, colours, AZ-5
    rbmk_crane          moves over the grid and carries one fuel rod
    rbmk_fuel_rod       splits atoms: sends flux in four directions, grows hot, wears out, is poisoned by xenon
    rbmk_control_rod    lets through as much flux as it is drawn out; moves slowly, quickly after AZ-5
    rbmk_boiler         makes steam above its boiling point, which depends on the type of steam
    rbmk_heater         warms a coolant       rbmk_cooler   takes heat away     rbmk_outgasser   gains gas from flux

What happens inside, and when, is `reactor_core.py`'s.
"""

from __future__ import annotations

from axisos.machine import arguments
from axisos.machine.component import Component, callback
from axisos.machine.errors import thrown
from axisos.machine.reactor_core import BOILING, DIRECTIONS, GRID, SCRAM_SPEED, ControlRod, Core, FuelRod, Sink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Facts = dict[str, Any]

LAYOUT = "BCB/FRF/RHR/FRF/O.B"
KINDS = {
    "F": "fuel_rod", "R": "control_rod", "B": "boiler", "H": "heater", "C": "cooler", "O": "outgasser",
}  # fmt: skip
COLOURS = 5  # red 0, yellow 1, green 2, blue 3, purple 4


class ReactorBoard(Component):
    """What the boards have in common: they are wired to one core."""

    device_class = "multimedia"
    device_description = "Reactor part"

    def __init__(self, address: str, core: Core) -> None:
        super().__init__(address)
        self._core = core

    def started(self) -> None:
        if not self.bus.running:  # the machine is switched on, and not: this board was plugged in
            self._core.restart()


class ColumnBoard(ReactorBoard):
    """A board of one column."""

    def __init__(self, address: str, core: Core, x: int, y: int) -> None:
        super().__init__(address, core)
        self._place = x, y

    def _column(self) -> Any:
        return self._core.settled().columns[self._place]

    @callback(doc="function():table -- What there is to know of this column.")
    def get_info(self) -> Facts:
        """What there is to know of this column."""
        facts: Facts = self._column().facts()
        return facts


class FuelRodBoard(ColumnBoard):
    """A fuel rod."""

    type = "rbmk_fuel_rod"


class ControlRodBoard(ColumnBoard):
    """A control rod."""

    type = "rbmk_control_rod"

    @callback(direct=False, doc="function(level:number) -- Begins to move the rod: 0 is all in, 1 all out.")
    def set_level(self, level: Any = None) -> None:
        """Begin to move. Raises: "level must be in [0, 1]"; soft: "the reactor has melted down"."""
        wanted, rod = _level(level, 1), self._core.demand_whole().columns[self._place]
        assert isinstance(rod, ControlRod)
        rod.set(wanted)


class BoilerBoard(ColumnBoard):
    """A boiler."""

    type = "rbmk_boiler"

    @callback(direct=False, doc="function(type:number) -- Sets the type of steam, 1 to 4: its boiling point.")
    def set_steam_type(self, steam_type: Any = None) -> None:
        """Set the type of steam. Raises: "steam type must be in [1, 4]"; soft: "the reactor has melted down"."""
        kind = arguments.integer(steam_type, 1)
        if kind not in BOILING:
            raise thrown(f"steam type must be in [1, {len(BOILING)}]")
        column = self._core.demand_whole().columns[self._place]
        assert isinstance(column, Sink)
        column.steam_type, column.threshold = kind, BOILING[kind]


class HeaterBoard(ColumnBoard):
    """A heater of coolant."""

    type = "rbmk_heater"


class CoolerBoard(ColumnBoard):
    """A cooler."""

    type = "rbmk_cooler"


class OutgasserBoard(ColumnBoard):
    """An outgasser."""

    type = "rbmk_outgasser"


class ConsoleBoard(ReactorBoard):
    """The desk."""

    type = "rbmk_console"

    @callback(doc="function():table -- Whether the core is whole, how hot it is, how much flux there is.")
    def get_info(self) -> Facts:
        """The whole core in a few figures."""
        core = self._core.settled()
        fuel = [column for column in core.columns.values() if isinstance(column, FuelRod)]
        return {
            "kind": "console", "melted": core.melted, "columns": len(core.columns),
            "hottest": round(max(column.heat for column in core.columns.values()), 3),
            "flux": round(sum(column.flux for column in fuel), 3),
        }

    @callback(doc="function():number, number -- Where on the grid the console's own view is centred.")
    def get_pos(self) -> tuple[int, int]:
        """The middle of the grid."""
        return GRID // 2, GRID // 2

    @callback(doc="function(gx:number, gy:number):table or nil -- What there is to know of a column; nil if none.")
    def get_column(self, gx: Any = None, gy: Any = None) -> Facts | None:
        """One column's facts, None for an empty place. Raises: "coordinates must be in [0, 14]"."""
        column = self._core.settled().columns.get(_place(gx, gy))
        return None if column is None else column.facts()

    @callback(doc="function():table -- All 15 rows of 15 columns, as getColumn.")
    def get_grid(self) -> list[list[Facts | None]]:
        """Row by row, each column's facts or None."""
        columns = self._core.settled().columns
        rows = [[columns.get((x, y)) for x in range(GRID)] for y in range(GRID)]
        return [[None if column is None else column.facts() for column in row] for row in rows]

    @callback(direct=False, doc="function(level:number) -- Begins to move all control rods.")
    def set_level(self, level: Any = None) -> None:
        """Begin to move all control rods. Raises: "level must be in [0, 1]"; soft: "the reactor has melted down"."""
        wanted = _level(level, 1)
        for rod in self._core.demand_whole().rods():
            rod.set(wanted)

    @callback(direct=False, doc="function(gx:number, gy:number, level:number) -- Begins to move one control rod.")
    def set_column_level(self, gx: Any = None, gy: Any = None, level: Any = None) -> None:
        """Begin to move one rod. Raises: as `setLevel`, "there is no control rod"."""
        rod, wanted = self._rod(gx, gy), _level(level, 3)
        rod.set(wanted)

    @callback(direct=False, doc="function(color:number, level:number) -- Begins to move the rods of a colour.")
    def set_color_level(self, color: Any = None, level: Any = None) -> None:
        """Begin to move the rods of a colour, 0 to 4. Raises: as `setLevel`, "color must be in [0, 4]"."""
        colour, wanted = _colour(color, 1), _level(level, 2)
        for rod in self._core.demand_whole().rods():
            if rod.colour == colour:
                rod.set(wanted)

    @callback(direct=False, doc="function(gx:number, gy:number, color:number) -- Gives a control rod a colour.")
    def set_color(self, gx: Any = None, gy: Any = None, color: Any = None) -> None:
        """Give a rod a colour, 0 to 4. Raises: as `setColumnLevel`, "color must be in [0, 4]"."""
        rod, colour = self._rod(gx, gy), _colour(color, 3)
        rod.colour = colour

    @callback(direct=False, doc="function() -- AZ-5: drops all control rods at once.")
    def press_az5(self) -> None:
        """Drop all control rods, four times as fast as they move otherwise. Raises: as `setLevel` (soft)."""
        for rod in self._core.demand_whole().rods():
            rod.set(0.0, SCRAM_SPEED)

    def _rod(self, gx: Any, gy: Any) -> ControlRod:
        place = _place(gx, gy)
        rod = self._core.demand_whole().columns.get(place)
        if not isinstance(rod, ControlRod):
            raise thrown(f"there is no control rod at {place[0]}, {place[1]}")
        return rod


class CraneBoard(ReactorBoard):
    """The crane."""

    type = "rbmk_crane"

    @callback(direct=False, doc="function(direction:string):boolean -- Moves by one column: up, down, left, right.")
    def move(self, direction: Any = None) -> bool:
        """Move by one column; False at the edge. Raises: "direction must be one of ..."."""
        step = DIRECTIONS.get(arguments.text(direction, 1))
        if step is None:
            raise thrown(f"direction must be one of {', '.join(DIRECTIONS)}")
        x, y = self._core.crane[0] + step[0], self._core.crane[1] + step[1]
        if not (0 <= x < GRID and 0 <= y < GRID):
            return False
        self._core.crane = x, y
        return True

    @callback(direct=False, doc="function():boolean -- Takes the fuel below, or lets down what it carries.")
    def load(self) -> bool:
        """Take the fuel below onto the empty hook, or let it down into an empty channel; False if neither can be.

        Raises: "the reactor has melted down" (soft).
        """
        core = self._core.demand_whole()
        channel = core.columns.get(core.crane)
        if not isinstance(channel, FuelRod) or (channel.fuel is None) == (core.hook is None):
            return False
        channel.fuel, core.hook = core.hook, channel.fuel
        return True

    @callback(doc="function():number, number -- Where on the grid it is.")
    def get_pos(self) -> tuple[int, int]:
        """Where on the grid it is."""
        return self._core.crane

    @callback(doc="function():number or nil -- How much of the fuel on the hook is used up; nil if there is none.")
    def get_depletion(self) -> float | None:
        """How much of the fuel on the hook is used up, 0 to 1; None if there is none."""
        hook = self._core.settled().hook
        return None if hook is None else round(hook.depletion, 6)

    @callback(doc="function():number or nil -- How far xenon poisons the fuel on the hook; nil if there is none.")
    def get_xenon(self) -> float | None:
        """How far xenon poisons the fuel on the hook, 0 to 1; None if there is none."""
        hook = self._core.settled().hook
        return None if hook is None else round(hook.xenon, 6)

    @callback(doc="function():table -- Where it is, and what it carries.")
    def get_info(self) -> Facts:
        """All of this at once."""
        x, y = self._core.crane
        return {
            "kind": "crane", "position": [x, y], "loaded": self._core.hook is not None,
            "depletion": self.get_depletion(), "xenon": self.get_xenon(),
        }


_BOARDS: dict[str, Any] = {
    "fuel_rod": FuelRodBoard, "control_rod": ControlRodBoard, "boiler": BoilerBoard, "heater": HeaterBoard,
    "cooler": CoolerBoard, "outgasser": OutgasserBoard,
}  # fmt: skip


def parse_layout(text: str) -> list[tuple[str, int, int]]:
    """The columns of a layout: rows of letters with "/" between them, centred on the grid; "." is an empty place.

    Raises: ValueError.
    """
    rows = text.upper().split("/")
    width = max(map(len, rows))
    if len(rows) > GRID or width > GRID:
        raise ValueError(f"layout: {width} by {len(rows)} columns are more than {GRID} by {GRID}")
    wrong = sorted({letter for row in rows for letter in row if letter not in KINDS and letter != "."})
    if wrong:
        known = ", ".join(f"{letter} {kind}" for letter, kind in KINDS.items())
        raise ValueError(f"layout: {''.join(wrong)!r} is none of {known}, or . for nothing")
    top = (GRID - len(rows)) // 2
    columns = [
        (KINDS[letter], (GRID - len(row)) // 2 + x, top + y)
        for y, row in enumerate(rows)
        for x, letter in enumerate(row)
        if letter != "."
    ]
    if not columns:
        raise ValueError("layout: there is no column in it")
    return columns


def build(layout: str, address: Callable[[str], str], now: Callable[[], float]) -> list[ReactorBoard]:
    """A reactor: console, crane, and a board for each column.

    Args: layout: as of `parse_layout`; address: makes one for a board of a type; now: machine time, seconds.
    """
    columns = parse_layout(layout)
    core = Core(columns, now)
    boards: list[ReactorBoard] = [ConsoleBoard(address("rbmk_console"), core), CraneBoard(address("rbmk_crane"), core)]
    boards += [_BOARDS[kind](address(f"rbmk_{kind}"), core, x, y) for kind, x, y in columns]
    return boards


def _level(value: Any, position: int) -> float:
    level = arguments.number(value, position)
    if not 0 <= level <= 1:
        raise thrown("level must be in [0, 1]")
    return level


def _colour(value: Any, position: int) -> int:
    colour = arguments.integer(value, position)
    if not 0 <= colour < COLOURS:
        raise thrown(f"color must be in [0, {COLOURS - 1}]")
    return colour


def _place(gx: Any, gy: Any) -> tuple[int, int]:
    x, y = arguments.integer(gx, 1), arguments.integer(gy, 2)
    if not (0 <= x < GRID and 0 <= y < GRID):
        raise thrown(f"coordinates must be in [0, {GRID - 1}]")
    return x, y
