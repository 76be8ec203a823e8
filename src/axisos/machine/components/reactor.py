"""A small graphite reactor: many boards of a few types around one piece of simulated physics, for authors of drivers.

    rbmk_console        the desk: all columns on a grid of 15 by 15, levels, colours, AZ-5
    rbmk_crane          moves over the grid and carries one fuel rod
    rbmk_fuel_rod       splits atoms: sends flux in four directions, grows hot, wears out, is poisoned by xenon
    rbmk_control_rod    lets through as much flux as it is drawn out; moves slowly, quickly after AZ-5
    rbmk_boiler         makes steam above its boiling point, which depends on the type of steam
    rbmk_heater         warms a coolant       rbmk_cooler   takes heat away     rbmk_outgasser   gains gas from flux

The physics is a few lines each, and honest as far as it goes. Hot fuel reacts less, so the level of the control rods
sets the temperature and the cooling sets the power. Iodine becomes xenon: a reactor that was shut off is poisoned more
for some minutes, then less. A column hotter than MELTING melts the core, which ends all flux for this power cycle.

Time is the machine's. Nothing happens by itself: whoever calls a board first has the core catch up, in steps of STEP_S.
So looking, or not looking, changes nothing; only of a longer sleep than MOST_STEPS the beginning is left out. The
arithmetic is + - * / alone, which all hosts round alike.
"""

from __future__ import annotations

from axisos.machine import arguments
from axisos.machine.component import Component, callback
from axisos.machine.errors import UNSUCCESSFUL, soft, thrown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Facts = dict[str, Any]

GRID = 15  # columns in a row, and rows
LAYOUT = "BCB/FRF/RHR/FRF/O.B"
KINDS = {
    "F": "fuel_rod", "R": "control_rod", "B": "boiler", "H": "heater", "C": "cooler", "O": "outgasser",
}  # fmt: skip
COLOURS = 5  # red 0, yellow 1, green 2, blue 3, purple 4
DIRECTIONS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}

STEP_S = 0.5
MOST_STEPS = 7200  # an hour
AMBIENT = 20.0  # degrees, as all heat here
MELTING = 1400.0

# All rates are for one step.
FLUX_REACH = 5  # columns
FLUX_SHARE = 0.9  # of a rod's flux that leaves it in each direction
FLUX_SOURCE = 0.1  # what splits by itself
FLUX_LIMIT = 1000.0
FLUX_LAG = 0.2  # how much of the way to its new value flux goes
DOPPLER = 1500.0  # degrees above ambient at which fuel reacts half as much
HEATING = 0.05  # degrees for each unit of flux
WEAR = 1e-7  # of a fuel rod's life for each unit of flux
IODINE_YIELD, IODINE_DECAY = 4e-6, 0.004
XENON_DECAY, XENON_BURN, XENON_LIMIT = 0.002, 6e-5, 0.95
CONDUCTION = 0.03  # of the difference between two neighbours
LEAK = 0.0005  # of what is above ambient
SINKS = {"boiler": 0.05, "heater": 0.03, "cooler": 0.015}  # of what is above the threshold
HEATER_THRESHOLD = 150.0
BOILING = {1: 100.0, 2: 300.0, 3: 450.0, 4: 600.0}  # by type of steam
MILLIBUCKETS = 20.0  # of steam or coolant for a degree
WATER_LIMIT, WATER_FEED = 10_000.0, 500.0
GAS_LIMIT, GAS_PORTION, GAS_FLUX = 16_000, 1_000, 2e-5  # a portion for 50,000 units of flux
ROD_SPEED, SCRAM_SPEED = 0.025, 0.1


class Column:
    """One place of the grid with something in it."""

    def __init__(self, kind: str, x: int, y: int) -> None:
        self.kind = kind
        self.x = x
        self.y = y
        self.heat = AMBIENT
        self.incoming = 0.0  # flux in this step

    def facts(self) -> Facts:
        """What its board tells of it."""
        return {"kind": self.kind, "position": [self.x, self.y], "heat": round(self.heat, 3), **self.details()}

    def details(self) -> Facts:
        """What only this kind has."""
        return {}

    def step(self) -> None:
        """One step of what goes on inside it; what flows between columns is the core's business."""


class Fuel:
    """What is in a fuel rod, and on the crane's hook."""

    def __init__(self) -> None:
        self.depletion = 0.0  # 1 = used up
        self.xenon = 0.0  # share of the flux that it swallows
        self.iodine = 0.0  # in the same unit: what is going to be xenon

    def decay(self, flux: float) -> None:
        """One step under a flux, 0 on the hook."""
        born = self.iodine * IODINE_DECAY
        self.iodine += flux * IODINE_YIELD - born
        self.xenon = min(XENON_LIMIT, self.xenon + born - self.xenon * (XENON_DECAY + min(0.5, flux * XENON_BURN)))
        self.depletion = min(1.0, self.depletion + flux * WEAR)


class FuelRod(Column):
    """A channel for fuel."""

    def __init__(self, kind: str, x: int, y: int) -> None:
        super().__init__(kind, x, y)
        self.fuel: Fuel | None = Fuel()
        self.flux = 0.0

    def details(self) -> Facts:
        fuel = self.fuel
        return {
            "loaded": fuel is not None, "flux": round(self.flux, 3),
            "depletion": None if fuel is None else round(fuel.depletion, 6),
            "xenon": None if fuel is None else round(fuel.xenon, 6),
        }

    def step(self) -> None:
        fuel = self.fuel
        if fuel is None:
            self.flux = 0.0
            return
        slowed = 1 + max(0.0, self.heat - AMBIENT) / DOPPLER
        worth = (1 - fuel.depletion) * (1 - fuel.xenon) / slowed
        wanted = min(FLUX_LIMIT, (self.incoming + FLUX_SOURCE) * worth)
        self.flux += (wanted - self.flux) * FLUX_LAG
        self.heat += self.flux * HEATING
        fuel.decay(self.flux)


class ControlRod(Column):
    """An absorber: level 0 is all in, 1 all out."""

    def __init__(self, kind: str, x: int, y: int) -> None:
        super().__init__(kind, x, y)
        self.level = self.target = 0.0
        self.speed = ROD_SPEED
        self.colour: int | None = None

    def details(self) -> Facts:
        return {"level": round(self.level, 3), "target": round(self.target, 3), "color": self.colour}

    def step(self) -> None:
        way = self.target - self.level
        self.level = self.target if abs(way) <= self.speed else self.level + (self.speed if way > 0 else -self.speed)

    def set(self, level: float, speed: float = ROD_SPEED) -> None:
        """Begin to move."""
        self.target, self.speed = level, speed


class Sink(Column):
    """A boiler, heater or cooler: takes what is above its threshold."""

    def __init__(self, kind: str, x: int, y: int) -> None:
        super().__init__(kind, x, y)
        self.threshold = {"boiler": BOILING[1], "heater": HEATER_THRESHOLD, "cooler": AMBIENT}[kind]
        self.steam_type = 1
        self.water = WATER_LIMIT
        self.taken = 0.0  # degrees in the last step

    def details(self) -> Facts:
        flow = round(self.taken * MILLIBUCKETS / STEP_S, 3)  # millibuckets a second
        if self.kind == "boiler":
            return {"steam_type": self.steam_type, "water": round(self.water, 3), "steam_flow": flow}
        if self.kind == "heater":
            return {"coolant_flow": flow}
        return {"cooling": round(self.taken / STEP_S, 3)}  # degrees a second

    def step(self) -> None:
        taken = max(0.0, self.heat - self.threshold) * SINKS[self.kind]
        if self.kind == "boiler":
            taken = min(taken, self.water / MILLIBUCKETS)
            self.water = min(WATER_LIMIT, self.water - taken * MILLIBUCKETS + WATER_FEED)
        self.heat -= taken
        self.taken = taken


class Outgasser(Column):
    """Holds something in the flux until it gives off its gas."""

    def __init__(self, kind: str, x: int, y: int) -> None:
        super().__init__(kind, x, y)
        self.progress = 0.0  # of the portion that is being made
        self.gas = 0

    def details(self) -> Facts:
        return {"progress": round(self.progress, 6), "gas": self.gas}

    def step(self) -> None:
        if self.gas < GAS_LIMIT:
            self.progress += self.incoming * GAS_FLUX
            while self.progress >= 1:
                self.progress -= 1
                self.gas += GAS_PORTION


_CLASSES = {
    "fuel_rod": FuelRod, "control_rod": ControlRod, "boiler": Sink, "heater": Sink, "cooler": Sink,
    "outgasser": Outgasser,
}  # fmt: skip


class Core:
    """The columns, the crane, and their time."""

    def __init__(self, layout: Iterable[tuple[str, int, int]], now: Callable[[], float]) -> None:
        self._layout = tuple(layout)
        self._now = now  # machine time, seconds
        self.restart()

    def restart(self) -> None:
        """Everything is new and cold."""
        self.columns = {(x, y): _CLASSES[kind](kind, x, y) for kind, x, y in self._layout}
        self.hook: Fuel | None = None
        self.crane = (GRID // 2, GRID // 2)
        self.melted = False
        self.steps = 0
        self._neighbours = [
            (column, self.columns[place])
            for (x, y), column in self.columns.items()
            for place in ((x + 1, y), (x, y + 1))
            if place in self.columns
        ]
        self._rays = [  # what flux meets on its way out of each fuel rod
            (column, self._ray(column, direction))
            for column in self.columns.values()
            if isinstance(column, FuelRod)
            for direction in DIRECTIONS.values()
        ]

    def settled(self) -> Core:
        """This core, brought up to the present."""
        due = int(self._now() / STEP_S)
        self.steps = max(self.steps, due - MOST_STEPS)
        while self.steps < due:
            self.steps += 1
            self._step()
        return self

    def demand_whole(self) -> Core:
        """This core, settled. Raises: "the reactor has melted down" (soft)."""
        if self.settled().melted:
            raise soft("the reactor has melted down", UNSUCCESSFUL)
        return self

    def rods(self) -> list[ControlRod]:
        """All control rods."""
        return [column for column in self.columns.values() if isinstance(column, ControlRod)]

    def _ray(self, origin: Column, direction: tuple[int, int]) -> list[Column]:
        dx, dy = direction
        places = [(origin.x + dx * n, origin.y + dy * n) for n in range(1, FLUX_REACH + 1)]
        return [self.columns[place] for place in places if place in self.columns]

    def _step(self) -> None:
        columns = self.columns.values()
        for column in columns:
            column.incoming = 0.0
        for origin, ray in self._rays:
            assert isinstance(origin, FuelRod)
            flux = origin.flux * FLUX_SHARE
            for column in ray:
                if isinstance(column, ControlRod):
                    flux *= column.level
                elif isinstance(column, Outgasser) or (isinstance(column, FuelRod) and column.fuel is not None):
                    column.incoming += flux
                    break
        for column in columns:
            column.step()
        for left, right in self._neighbours:
            moved = (left.heat - right.heat) * CONDUCTION
            left.heat -= moved
            right.heat += moved
        if self.hook is not None:
            self.hook.decay(0.0)
        for column in columns:
            column.heat -= (column.heat - AMBIENT) * LEAK
            if column.heat > MELTING:
                self._melt()

    def _melt(self) -> None:
        self.melted = True
        for column in self.columns.values():
            if isinstance(column, FuelRod):
                column.fuel, column.flux = None, 0.0


# --- boards ------------------------------------------------------------------------------------------------------


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
