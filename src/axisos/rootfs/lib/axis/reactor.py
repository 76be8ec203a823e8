"""The reactor for programs: its parts as objects, its troubles as exceptions (docs/drivers/reactor.md).

    from axis import reactor

    with reactor.first("console") as console, reactor.first("control_rod") as rod:
        console.set_level(0.7)
        rod.wait()
        print(console.info()["hottest"])

Every part is a device `/dev/rbmk_<kind>_<address>_<number>`; only root may open one. Levels are 0 (rods all in) to 1
(all out), coordinates 0 to 14 from the top left, heat is in degrees. An object holds one handle until `close` or
the end of `with`.

Called by   programs and the command `rbmk`.
Raises      `NoReactor` when no such part is there, `Meltdown` when the core is no more, `ReactorError` for what else
            the reactor cannot do; `PermissionError` from opening, `ValueError` (601) for wrong arguments. All of them
            are `StatusError`s.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from axis import errors, filesystem
from axis.handles import Held
from axis.syscall import kernel, syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Facts = dict[str, Any]

PREFIX = "rbmk_"
RED, YELLOW, GREEN, BLUE, PURPLE = range(5)
_MELTED = "melted down"


class ReactorError(errors.OSError):
    """The reactor, or its driver, could not do it."""


class Meltdown(ReactorError):
    """The core has melted: it can be looked at, but nothing can be done any more."""


class NoReactor(errors.FileNotFoundError):
    """There is no such part (405)."""


class Name:
    """One device, without opening it."""

    def __init__(self, node: str) -> None:
        self.path = f"/dev/{node}"
        self.kind, self.short, number = node[len(PREFIX):].rsplit("_", 2)  # short: six characters of its address
        self.number = int(number)  # 0, 1, 2, ... for each kind, in the order of loading

    def open(self) -> Part:
        """The part as an object of its kind's class."""
        return KINDS.get(self.kind, Part)(self.path)

    def __repr__(self) -> str:
        return f"<{self.path}>"


def parts(kind: str | None = None) -> list[Name]:
    """The parts that are there, by kind and number; with *kind* ("fuel_rod", "rbmk_fuel_rod") those of one kind."""
    wanted = None if kind is None else kind.removeprefix(PREFIX)
    nodes = [node for node in filesystem.list("/dev") if _is_part(node)]
    names = [name for name in map(Name, nodes) if wanted in (None, name.kind)]
    return sorted(names, key=lambda name: (name.kind, name.number))


def scan() -> int:
    """How many parts there are."""
    return len(parts())


def first(kind: str) -> Any:
    """The first part of a kind, open: a `Console` for "console". Raises `NoReactor`."""
    names = parts(kind)
    if not names:
        raise NoReactor(Status.NO_SUCH_DEVICE, f"there is no {kind.removeprefix(PREFIX)} in this machine")
    return names[0].open()


def open(path: str) -> Any:
    """The part at a path, or with a node's name in /dev, open. Raises `NoReactor`."""
    node = path.removeprefix("/dev/")
    if not _is_part(node):
        raise NoReactor(Status.NO_SUCH_DEVICE, f"{path} is no part of a reactor")
    return Name(node).open()


class Part(Held):
    """One open part of the reactor."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            super().__init__(syscall("vfs_open", path, "rw", about=path))
        except errors.FileNotFoundError:
            raise NoReactor(Status.NO_SUCH_DEVICE, f"there is no {path}") from None

    def info(self) -> Facts:
        """What there is to know of it: `type`, `address`, `kind`, and what its kind has (`heat`, `flux`, `level`)."""
        return self.ask("info")  # type: ignore[no-any-return]  # the driver's word

    def invoke(self, method: str, *args: object) -> Any:
        """Call any method of the component, by its own name (`getInfo`)."""
        return self.ask("comp_invoke", method, *args)

    def ask(self, method: str, *args: object) -> Any:
        """Have the driver do something: the calls of all other methods here."""
        try:
            return kernel("vfs_device_control", self.handle, method, [*args])
        except StatusError as error:
            _fail(error, self.path)


class Console(Part):
    """The desk."""

    def column(self, gx: int, gy: int) -> Facts | None:
        """What there is to know of the column at a place; None if there is none."""
        return self.ask("console_column", gx, gy)  # type: ignore[no-any-return]

    def grid(self) -> Any:
        """15 rows of 15 columns, each as `column` gives it."""
        return self.ask("console_grid")

    def position(self) -> tuple[int, int]:
        """The middle of the grid."""
        x, y = self.ask("console_pos")
        return x, y

    def set_level(self, level: float) -> None:
        """Begin to move all control rods."""
        self.ask("console_set_level", level)

    def set_column_level(self, gx: int, gy: int, level: float) -> None:
        """Begin to move one control rod."""
        self.ask("console_set_column_level", gx, gy, level)

    def set_color_level(self, color: int, level: float) -> None:
        """Begin to move the control rods of a colour (`RED` to `PURPLE`)."""
        self.ask("console_set_color_level", color, level)

    def set_color(self, gx: int, gy: int, color: int) -> None:
        """Give a control rod a colour."""
        self.ask("console_set_color", gx, gy, color)

    def az5(self) -> None:
        """Drop all control rods at once."""
        self.ask("console_az5")


class Crane(Part):
    """Carries one fuel rod at a time."""

    def move(self, direction: str) -> bool:
        """Move by one column: up, down, left or right; False at the edge."""
        return self.ask("crane_move", direction)  # type: ignore[no-any-return]

    def load(self) -> bool:
        """Take the fuel below, or let down what it carries; False if neither can be."""
        return self.ask("crane_load")  # type: ignore[no-any-return]

    def position(self) -> tuple[int, int]:
        """Where on the grid it is."""
        x, y = self.ask("crane_pos")
        return x, y

    def depletion(self) -> float | None:
        """How much of the fuel on the hook is used up, 0 to 1; None without fuel."""
        return self.ask("crane_depletion")  # type: ignore[no-any-return]

    def xenon(self) -> float | None:
        """How far xenon poisons the fuel on the hook, 0 to 1; None without fuel."""
        return self.ask("crane_xenon")  # type: ignore[no-any-return]


class FuelRod(Part):
    """Tells `heat`, `flux`, `depletion`, `xenon`, `loaded`."""


class ControlRod(Part):
    """Tells `heat`, `level`, `target`, `color`."""

    def set_level(self, level: float) -> None:
        """Begin to move."""
        self.ask("control_set_level", level)

    def wait(self) -> Facts:
        """Wait until it stands still; its facts by then. Blocks."""
        return self.ask("control_wait")  # type: ignore[no-any-return]


class Boiler(Part):
    """Tells `heat`, `steam_type`, `water` (millibuckets), `steam_flow` (millibuckets a second)."""

    def set_steam_type(self, steam_type: int) -> None:
        """Set the type of steam, 1 to 4; it boils at 100, 300, 450, 600 degrees."""
        self.ask("boiler_set_steam_type", steam_type)


class Heater(Part):
    """Tells `heat`, `coolant_flow` (millibuckets a second)."""


class Cooler(Part):
    """Tells `heat`, `cooling` (degrees a second)."""


class Outgasser(Part):
    """Tells `heat`, `progress` (of the next portion), `gas` (millibuckets)."""


KINDS: dict[str, type[Part]] = {
    "console": Console, "crane": Crane, "fuel_rod": FuelRod, "control_rod": ControlRod, "boiler": Boiler,
    "heater": Heater, "cooler": Cooler, "outgasser": Outgasser,
}


def _is_part(node: str) -> bool:
    pieces = node.rsplit("_", 2)
    return node.startswith(PREFIX) and len(pieces) == 3 and pieces[2].isdecimal()


def _fail(error: StatusError, path: str) -> NoReturn:
    if error.status == Status.NO_SUCH_DEVICE:
        raise NoReactor(error.status, error.detail) from None
    if error.status not in (Status.UNSUCCESSFUL, Status.DEVICE_NOT_READY):
        errors.raise_for(error, path)
    raise (Meltdown if _MELTED in error.detail else ReactorError)(error.status, error.detail) from None
