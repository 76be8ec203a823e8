"""The virtual computer: a component bus, a few boards, a clock, and one processor.

It has never heard of rings or processes. Start reading at `machine.py` (life cycle and the host's side), then
`computer.py` and `bus.py` (what the program in the EEPROM sees), then any board in `components/`.
"""

from __future__ import annotations

from axisos.machine.bus import Bus
from axisos.machine.component import Component, callback
from axisos.machine.computer import MachineStopped
from axisos.machine.errors import ComponentError
from axisos.machine.machine import Machine, Wait

__all__ = ["Bus", "Component", "ComponentError", "Machine", "MachineStopped", "Wait", "callback"]
