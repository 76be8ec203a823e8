"""The component bus: everything that the machine's program can reach, by address.

A proxy is an object whose attributes are the component's own bound methods, so that a call through it costs what the
plain call costs. With timing "oc" they are wrapped, and pay (see `timing.py`).

Called by   the machine (attach, detach, power), its program (the rest).
Always so   the order of `list` is the order of attaching; a proxy is one object per address, and useless once its
            component is gone: every method then raises "no such component".
"""

from __future__ import annotations

from axisos.machine.errors import NOT_IMPLEMENTED, ComponentError, no_such_component, no_such_method

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axisos.machine.component import Component
    from axisos.machine.timing import OcTiming

    Listing = dict[str, str]


class NoSuchMethod(ComponentError, AttributeError):
    """A proxy has no method of that name; an AttributeError too, so that `hasattr` tells what a board can do."""


class Proxy:
    """One component as its user sees it: `.address`, `.type`, `.slot`, `.fields`, and a callable for each method."""

    address: str
    type: str
    slot: int
    fields: dict[str, bool]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoSuchMethod(NOT_IMPLEMENTED, f"no such method: {vars(self).get('type')} has no {name!r}")

    def __repr__(self) -> str:
        return f"<{vars(self).get('type')} {vars(self).get('address')}>"


class Bus:
    """All components of one machine."""

    def __init__(self, signal: Callable[..., object]) -> None:
        self.signal = signal  # signal(name, *args) queues a signal of the machine
        self.timing: OcTiming | None = None  # None: calls are free
        self.running = False  # attach and detach send signals only then
        self._components: dict[str, Component] = {}
        self._proxies: dict[str, Proxy] = {}

    # -- hardware side ------------------------------------------------------------------------------------------

    def attach(self, component: Component) -> None:
        """Plug a component in; a running machine gets `component_added`. Raises ValueError for a taken address."""
        if component.address in self._components:
            raise ValueError(f"address {component.address} is taken by a {self._components[component.address].type}")
        self._components[component.address] = component
        component.attach(self)
        if self.running:
            component.started()
            self.signal("component_added", component.address, component.type)

    def detach(self, component: Component) -> None:
        """Pull a component out: its handles close, its proxy dies, a running machine gets `component_removed`."""
        if self._components.get(component.address) is not component:
            raise ValueError(f"{component.type} {component.address} is not on this bus")
        del self._components[component.address]
        component.detach()
        self._kill_proxy(component.address)
        for other in self._components.values():
            other.lost(component)
        if self.running:
            self.signal("component_removed", component.address, component.type)

    def started(self) -> None:
        """The machine is being switched on."""
        for component in list(self._components.values()):
            component.started()
        self.running = True

    def stopped(self) -> None:
        """The machine is off; proxies of the last run stop working."""
        self.running = False
        for component in list(self._components.values()):
            component.stopped()
        for address in list(self._proxies):
            self._kill_proxy(address)

    def components(self) -> tuple[Component, ...]:
        """The boards themselves, in attach order (host side; programs use `list`)."""
        return tuple(self._components.values())

    def component(self, address: str) -> Component:
        """The board at an address. Raises: "no such component" (soft)."""
        found = self._components.get(address)
        if found is None:
            raise no_such_component(True)
        return found

    def first(self, type_name: str) -> Component | None:
        """The first board of exactly this type."""
        for component in self._components.values():
            if component.type == type_name:
                return component
        return None

    # -- what programs call -------------------------------------------------------------------------------------

    def list(self, filter: str | None = None, exact: bool = False) -> Listing:
        """Addresses and types in attach order; `filter` is a part of the type, the whole of it if exact."""
        items = self._components.items()
        if filter is None:
            return {address: component.type for address, component in items}
        if exact:
            return {address: component.type for address, component in items if component.type == filter}
        return {address: component.type for address, component in items if filter in component.type}

    def type(self, address: str) -> str:
        """The component's type. Raises: "no such component" (soft)."""
        return self.component(address).type

    def slot(self, address: str) -> int:
        """The slot, -1 if it is outside the case. Raises: "no such component" (soft)."""
        return self.component(address).slot

    def methods(self, address: str) -> dict[str, bool]:
        """Wire names of its methods; True for direct ones. Raises: "no such component" (soft)."""
        return {name: entry.direct for name, entry in self.component(address).offered().items()}

    def fields(self, address: str) -> dict[str, bool]:
        """Getter and setter names: no board of ours has any. Raises: "no such component" (soft)."""
        self.component(address)
        return {}

    def doc(self, address: str, method: str) -> str | None:
        """The doc line of a method. Raises: "no such component", "no such method" (soft)."""
        entry = self.component(address).offered().get(method)
        if entry is None:
            raise ComponentError(NOT_IMPLEMENTED, "no such method", True)
        return entry.doc

    def invoke(self, address: str, method: str, *args: Any) -> Any:
        """Call a method by its wire name (or its snake_case alias).

        Raises: "no such component", "no such method" (thrown), then what the method raises.
        """
        if address not in self._components:
            raise no_such_component(False)
        found = vars(self.proxy(address)).get(method)
        if found is None or method in ("address", "type", "slot", "fields"):
            raise no_such_method()
        return found(*args)

    def proxy(self, address: str) -> Proxy:
        """The one proxy object of a component. Raises: "no such component" (soft)."""
        proxy = self._proxies.get(address)
        if proxy is None:
            proxy = self._proxies[address] = self._make_proxy(self.component(address))
        return proxy

    # -- inside -------------------------------------------------------------------------------------------------

    def _make_proxy(self, component: Component) -> Proxy:
        proxy = Proxy()
        names = vars(proxy)
        for entry in component.offered().values():
            method = getattr(component, entry.attribute)
            if self.timing is not None:
                method = self.timing.wrap(component, entry, method)
            names[entry.name] = names[entry.attribute] = method
        names.update(address=component.address, type=component.type, slot=component.slot, fields={})
        return proxy

    def _kill_proxy(self, address: str) -> None:
        proxy = self._proxies.pop(address, None)
        if proxy is None:
            return

        def gone(*args: Any) -> Any:
            raise no_such_component(False)

        names = vars(proxy)
        for name in names:
            if name not in ("address", "type", "slot", "fields"):
                names[name] = gone
