"""A small graphite reactor: the columns of its core, the crane, and what becomes of them in time.

The physics is a few lines each, and honest as far as it goes. Hot fuel reacts less, so the level of the control rods
sets the temperature and the cooling sets the power. Iodine becomes xenon: a reactor that was shut off is poisoned more
for some minutes, then less. A column hotter than MELTING melts the core, which ends all flux for this power cycle.

Time is the machine's. Nothing happens by itself: whoever calls a board first has the core catch up, in steps of STEP_S.
So looking, or not looking, changes nothing; only of a longer sleep than MOST_STEPS the beginning is left out. The
arithmetic is + - * / alone, which all hosts round alike.

Called by   the boards (`components/reactor.py`).
Owns        the columns, the fuel on the crane's hook, and how far time has gone here.
"""

from __future__ import annotations

from axisos.machine.errors import UNSUCCESSFUL, soft

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Facts = dict[str, Any]

GRID = 15  # columns in a row, and rows
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
