"""The computer as a component: what other machines, and programs by address, can do to it."""

from __future__ import annotations

from axisos.machine.component import Component, callback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axisos.machine.computer import Computer


class ComputerBoard(Component):
    """The case: start, stop, beep."""

    type = "computer"
    device_class = "system"
    device_description = "Computer"

    def __init__(self, address: str, computer: Computer) -> None:
        super().__init__(address)
        self._computer = computer

    @callback(direct=False, doc="function():boolean -- Starts it; whether that changed anything.")
    def start(self) -> bool:
        """Start it: it runs already, since a program asks."""
        return False

    @callback(direct=False, doc="function():boolean -- Stops it; whether that changed anything.")
    def stop(self) -> bool:
        """Stop it; never returns to the program that asks."""
        self._computer.shutdown(False)
        return True

    @callback(doc="function():boolean -- Whether it runs.")
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._computer.running

    @callback(direct=False, doc="function([frequency:number[, duration:number]]) -- Beeps.")
    def beep(self, frequency: Any = None, duration: Any = None) -> None:
        """Beep, as `computer.beep`."""
        self._computer.beep(frequency, duration)

    @callback(direct=False, doc="function():table -- What is plugged in, by address.")
    def get_device_info(self) -> dict[str, dict[str, str]]:
        """What is plugged in, by address."""
        return self._computer.get_device_info()

    @callback(direct=False, doc="function():table -- Programs and the disks that they come on.")
    def get_program_locations(self) -> list[tuple[str, str]]:
        """Programs and the disks that they come on: none."""
        return []
