"""Interrupts: which drivers hear of which signals of the machine, and in which form.

Called by   DKMS, for `dkms_register_interrupt` and for every `os_event`.
Owns        the table event -> drivers, in the order in which they asked.
Always so   a driver that is gone hears nothing more; one that does not read its messages loses events, no other does.
"""

from __future__ import annotations

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from system.driver_books import Driver

    Values = tuple[Any, ...]

# What a driver gets of the machine's values; an event that is not here is passed on unchanged.
PAYLOADS: dict[str, Callable[[Values], Values]] = {
    "key_down": lambda values: values[:3],  # keyboard address, char code, key code
    "scroll": lambda values: (values[3], values[1], values[2]),  # direction, x, y
    "touch": lambda values: values[1:4],  # x, y, button
    "drag": lambda values: values[1:4],
    "clipboard": lambda values: values[1:2],  # text
}


class Interrupts:
    """The subscription table of one machine."""

    def __init__(self, send: Callable[..., object], log: Callable[[str, str], object]) -> None:
        self._send = send
        self._log = log
        self.table: dict[str, dict[int, Driver]] = {}

    def subscribe(self, driver: Driver, event: object) -> None:
        """Pass *event* on to the driver from now on. Asking twice is fine.

        Raises: 601 for something that is no event name.
        """
        if type(event) is not str or not event:
            raise StatusError(Status.INVALID_PARAMETER, f"an interrupt has the name of a machine signal, not {event!r}")
        self.table.setdefault(event, {})[driver.pid] = driver
        driver.events[event] = None

    def forget(self, driver: Driver) -> None:
        """The driver is gone."""
        for event in driver.events:
            subscribers = self.table[event]
            subscribers.pop(driver.pid, None)
            if not subscribers:
                del self.table[event]
        driver.events.clear()

    def raise_event(self, name: str, values: Values) -> None:
        """Tell the subscribers of one signal of the machine."""
        subscribers = self.table.get(name)
        if subscribers is None:
            return
        shape = PAYLOADS.get(name)
        payload = values if shape is None else shape(values)
        for driver in list(subscribers.values()):
            try:
                self._send(driver.pid, "hardware_interrupt", name, *payload)
            except StatusError as error:
                self._log(f"{driver} missed the interrupt {name}: {error.detail}", "dev")
