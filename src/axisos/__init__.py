"""AxisOS for Python: an operating system that boots, in a blink, inside one Python process.

    from axisos import Machine

`Machine`, and `FakeNetwork` (a network inside this process, for a machine that shall have one), are loaded when they
are first asked for, so that a parent process which only watches over a run (see `axisos.supervisor`) pays for nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axisos.machine.fake_network import FakeNetwork
    from axisos.machine.machine import Machine

__all__ = ["FakeNetwork", "Machine", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load the names on first use."""
    if name == "FakeNetwork":
        from axisos.machine.fake_network import FakeNetwork

        globals()["FakeNetwork"] = FakeNetwork
        return FakeNetwork
    if name == "Machine":
        from axisos.machine.machine import Machine

        globals()["Machine"] = Machine
        return Machine
    raise AttributeError(f"module 'axisos' has no attribute {name!r}")
