"""The facts about the hardware that any ring may know: the builtin `computer`, as a module."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import computer


def uptime() -> float:
    """Seconds of machine time since power-on."""
    return computer.uptime()


def free_memory() -> int:
    """Bytes of the machine's memory that nothing is charged for."""
    return computer.free_memory()


def total_memory() -> int:
    """Bytes of memory in the machine."""
    return computer.total_memory()


def address() -> str:
    """The component address of the computer."""
    return computer.address()


def tmp_address() -> str | None:
    """The component address of the temporary file system, if there is one."""
    return computer.tmp_address()
