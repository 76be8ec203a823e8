"""AxisOS for Python: an operating system that boots, in a blink, inside one Python process.

    from axisos import Machine

`Machine` is loaded when it is first asked for, so that a parent process which only watches over a run (see
`axisos.supervisor`) pays for nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axisos.machine.machine import Machine

__all__ = ["Machine", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load `Machine` on first use."""
    if name == "Machine":
        from axisos.machine.machine import Machine

        globals()["Machine"] = Machine
        return Machine
    raise AttributeError(f"module 'axisos' has no attribute {name!r}")
