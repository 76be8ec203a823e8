"""What every board is: something with an address, a type, and methods that the bus can call.

A method that the machine's program may call carries `@callback`. Its name on the wire is its Python name in camel
case (`get_resolution` is `getResolution`); a proxy offers both. Methods take positional arguments, `None` meaning "no
value", and fail with `ComponentError`.

    class Lamp(Component):
        type = "lamp"

        @callback(doc="function(on:boolean):boolean -- Switches the lamp; returns its former state.")
        def switch(self, on: Any = None) -> bool: ...

Always so: boards live as long as the machine; `started` and `stopped` mark its power cycles.
"""

from __future__ import annotations

from axisos.machine.errors import no_such_component

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar, TypeVar

    from axisos.machine.bus import Bus

    Method = TypeVar("Method", bound=Callable[..., Any])


class Callback:
    """What the bus knows of one method: wire name, Python name, whether it is direct, its cost and its doc line."""

    __slots__ = ("attribute", "cost", "direct", "doc", "name")

    def __init__(self, attribute: str, direct: bool, limit: int | None, doc: str | None) -> None:
        first, *rest = attribute.split("_")
        self.attribute = attribute
        self.name = first + "".join(word[:1].upper() + word[1:] for word in rest)
        self.direct = direct
        self.cost = 1.0 / limit if limit else 0.0  # in units of the call budget, timing="oc" only
        self.doc = doc


def callback(*, direct: bool = True, limit: int | None = None, doc: str | None = None) -> Callable[[Method], Method]:
    """Let the machine's program call this method.

    Args: direct: False = synchronized, takes a tick of machine time when timing is "oc"; limit: calls a tick;
    doc: `function(arg:type[, opt:type]):result -- text`.
    """

    def mark(method: Method) -> Method:
        method.callback = Callback(method.__name__, direct, limit, doc)  # type: ignore[attr-defined]  # our mark on it
        return method

    return mark


class Component:
    """Base of all boards."""

    type: ClassVar[str] = "component"
    callbacks: ClassVar[dict[str, Callback]] = {}  # by wire name, filled per class when it is defined
    device_class = "generic"  # of getDeviceInfo, as are the next two
    device_description = "Component"
    device_product = ""

    def __init_subclass__(cls) -> None:
        own = (value.callback for value in vars(cls).values() if hasattr(value, "callback"))
        cls.callbacks = {**cls.callbacks, **{entry.name: entry for entry in own}}

    def __init__(self, address: str, slot: int = -1) -> None:
        self.address = address
        self.slot = slot
        self._bus: Bus | None = None

    def offered(self) -> dict[str, Callback]:
        """What this board can do, by wire name: all that its class can, unless it has less than others of its type."""
        return self.callbacks

    @property
    def bus(self) -> Bus:
        """The bus it is plugged into. Raises: "no such component" when it is not."""
        if self._bus is None:
            raise no_such_component(False)
        return self._bus

    @property
    def attached(self) -> bool:
        """Whether it is plugged in."""
        return self._bus is not None

    def attach(self, bus: Bus) -> None:
        """It was plugged in (called by the bus)."""
        self._bus = bus

    def detach(self) -> None:
        """It was pulled out (called by the bus): let go of what the machine's program holds."""
        self.stopped()
        self._bus = None

    def started(self) -> None:
        """The machine is being switched on: forget the last run."""

    def stopped(self) -> None:
        """The machine is off: close what its program left open."""

    def dispose(self) -> None:
        """The machine will not be used again: let go of what the host has lent, as files and locks."""

    def lost(self, other: Component) -> None:
        """Another board has left the bus."""

    def price(self, method: Callback, args: tuple[Any, ...]) -> float:
        """What a direct call costs of a tick's budget when timing is "oc"."""
        return method.cost

    def signal(self, name: str, *args: Any) -> None:
        """Queue a signal whose first argument is this component's address."""
        if self._bus is not None:
            self._bus.signal(name, self.address, *args)

    def pause(self, seconds: float) -> None:
        """The machine stands still for so long after this call, when timing is "oc"."""
        if self._bus is not None and self._bus.timing is not None:
            self._bus.timing.pause(seconds)

    def device_info(self) -> dict[str, str]:
        """Its entry in `getDeviceInfo`."""
        return {
            "class": self.device_class,
            "description": self.device_description,
            "vendor": "AxisOS",
            "product": self.device_product or self.type,
        }
