"""The virtual computer: a component bus, a few boards, a clock, and one processor.

It has never heard of rings or processes. Start reading at `machine.py` (life cycle and the host's side), then
`computer.py` and `bus.py` (what the program in the EEPROM sees), then any board in `components/`.

The names below are loaded when they are first asked for: who only wants the disk or the code cache pays for no machine.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axisos.machine.bus import Bus
    from axisos.machine.component import Component, callback
    from axisos.machine.computer import MachineStopped
    from axisos.machine.errors import ComponentError
    from axisos.machine.machine import Machine, Wait

__all__ = ["Bus", "Component", "ComponentError", "Machine", "MachineStopped", "Wait", "callback"]
_HOMES = {
    "Bus": "bus", "Component": "component", "ComponentError": "errors", "Machine": "machine",
    "MachineStopped": "computer", "Wait": "machine", "callback": "component",
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Load one of the names on first use."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'axisos.machine' has no attribute {name!r}")
    value: object = getattr(__import__(f"axisos.machine.{home}", fromlist=[name]), name)
    globals()[name] = value
    return value
