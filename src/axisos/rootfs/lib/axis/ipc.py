"""Shared sections and message queues (manual, chapters 13.7 and 13.9), IRQL and statistics."""

from __future__ import annotations

from axis.syscall import syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MqMessage:
    """One message taken from a queue: `data` and `priority`."""

    def __init__(self, data: Any, priority: int) -> None:
        self.data = data
        self.priority = priority

    def __iter__(self) -> Any:
        return iter((self.data, self.priority))

    def __repr__(self) -> str:
        return f"MqMessage({self.data!r}, {self.priority})"


def create_section(name: str | None = None, size: int = 4096) -> str:
    """New shared memory of *size* accounted bytes, found by others under *name*. Raises 704, 601, 609."""
    return syscall("ke_create_section", name, size, about=name)  # type: ignore[no-any-return]


def open_section(name: str) -> str:
    """A handle to the section *name*. Raises 703 if there is none."""
    return syscall("ke_open_section", name, about=name)  # type: ignore[no-any-return]


def map_section(section: str) -> Any:
    """A live view: a mapping of names to plain values, which are copied in and out; everybody sees every change.

    Nothing locks it; use a mutex. Raises 600, 706; storing what is not plain data raises 601, beyond the size 609.
    """
    return syscall("ke_map_section", section)


def create_mqueue(name: str | None = None, max_messages: int = 64, max_size: int = 1024) -> str:
    """A new queue for *max_messages* messages of *max_size* bytes each. Raises 704, 601."""
    return syscall("ke_create_mqueue", name, max_messages, max_size, about=name)  # type: ignore[no-any-return]


def open_mqueue(name: str) -> str:
    """A handle to the queue *name*. Raises 703 if there is none."""
    return syscall("ke_open_mqueue", name, about=name)  # type: ignore[no-any-return]


def mq_send(queue: str, message: bytes | str, priority: int = 0, timeout_ms: float | None = None) -> bool:
    """Put a message in; higher priorities come out first. Blocks while the queue is full.

    Raises:  824 if it is too large, 258 (`TimeoutError`) at the time limit, 600, 706.
    """
    return syscall("ke_mq_send", queue, message, priority, timeout_ms)  # type: ignore[no-any-return]


def mq_receive(queue: str, timeout_ms: float | None = None) -> MqMessage:
    """Take the first message out. Blocks while the queue is empty; raises 258 (`TimeoutError`) at the time limit."""
    return MqMessage(*syscall("ke_mq_receive", queue, timeout_ms))


def close(handle: str) -> bool:
    """Give a section or queue handle back; the object goes with its last one."""
    return syscall("vfs_close", handle)  # type: ignore[no-any-return]


def raise_irql(level: int) -> int:
    """Rings 0 to 2 only: a caller of any other ring is ended. Returns the level before."""
    return syscall("ke_raise_irql", level)  # type: ignore[no-any-return]


def lower_irql(level: int) -> None:
    """Rings 0 to 2 only: a caller of any other ring is ended."""
    syscall("ke_lower_irql", level)


def get_irql() -> int:
    """The calling thread's interrupt request level, 0 to 3."""
    return syscall("ke_get_irql")  # type: ignore[no-any-return]


def ipc_stats() -> dict[str, int]:
    """Counters and gauges of the IPC subsystem."""
    return syscall("ke_ipc_stats")  # type: ignore[no-any-return]
