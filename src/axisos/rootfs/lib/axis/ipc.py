"""Shared sections and message queues (manual, chapters 13.7 and 13.9), IRQL and statistics.

The functions take and give handles, which `ipc.close` gives back; `Section` and `MessageQueue` hold one each, until the
end of `with`, and the functions take them as well. What has a name is found by others as long as anybody holds it.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from axis.handles import Held, handle_of
from axis.syscall import syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self

    Target = str | int | Held  # a handle, or what holds one


class MqMessage:
    """One message taken from a queue: `data` and `priority`."""

    def __init__(self, data: Any, priority: int) -> None:
        self.data = data
        self.priority = priority

    def __iter__(self) -> Any:
        return iter((self.data, self.priority))

    def __repr__(self) -> str:
        return f"MqMessage({self.data!r}, {self.priority})"


def create_section(name: str | None = None, size: int = 4096, permissions: str = "600") -> str:
    """New shared memory of *size* accounted bytes, found by others under *name*.

    Args:    permissions: who may open it, three octal digits for owner, group and others; r reads, w writes.
    Raises:  704, 705, 601, 609, 701.
    """
    return syscall("ke_create_section", name, size, permissions, about=name)  # type: ignore[no-any-return]


def open_section(name: str) -> str:
    """A handle to the section *name*, with what its permissions allow. Raises 703 if there is none, 500, 705, 701."""
    return syscall("ke_open_section", name, about=name)  # type: ignore[no-any-return]


def map_section(section: Target) -> Any:
    """A live view: a mapping of names to plain values, which are copied in and out; everybody sees every change.

    Nothing locks it; use a mutex. Raises 600, 500, 706. Storing what is not plain data is 601, beyond the size 609.
    """
    return syscall("ke_map_section", handle_of(section))


def create_mqueue(
    name: str | None = None, max_messages: int = 64, max_size: int = 1024, permissions: str = "600",
) -> str:
    """A new queue for *max_messages* messages of *max_size* bytes each.

    Args:    permissions: who may open it, three octal digits for owner, group and others; r receives, w sends.
    Raises:  704, 705, 601, 609, 701.
    """
    return syscall(  # type: ignore[no-any-return]
        "ke_create_mqueue", name, max_messages, max_size, permissions, about=name
    )


def open_mqueue(name: str) -> str:
    """A handle to the queue *name*, with what its permissions allow. Raises 703 if there is none, 500, 705, 701."""
    return syscall("ke_open_mqueue", name, about=name)  # type: ignore[no-any-return]


def mq_send(queue: Target, message: bytes | str, priority: int = 0, timeout_ms: float | None = None) -> bool:
    """Put a message in; higher priorities come out first. Blocks while the queue is full.

    Raises:  824 if it is too large, 258 (`TimeoutError`) at the time limit, 611 if the queue goes meanwhile, 600, 500,
             706, 601.
    """
    return syscall("ke_mq_send", handle_of(queue), message, priority, timeout_ms)  # type: ignore[no-any-return]


def mq_receive(queue: Target, timeout_ms: float | None = None) -> MqMessage:
    """Take the first message out. Blocks while the queue is empty.

    Raises:  258 (`TimeoutError`) at the time limit, 611 if the queue goes meanwhile, 600, 500, 706.
    """
    return MqMessage(*syscall("ke_mq_receive", handle_of(queue), timeout_ms))


def messages(queue: Target, timeout_ms: float | None = None) -> Iterator[MqMessage]:
    """The messages as they come, until none comes for *timeout_ms*: 0 for those that are there, None for ever."""
    while True:
        try:
            message = mq_receive(queue, timeout_ms)
        except StatusError as error:
            if error.status == Status.TIMEOUT:
                return
            raise
        yield message


def close(target: Target) -> bool:
    """Give a section or queue handle back; the object goes with its last one. Raises 600, 708 (protected)."""
    return syscall("vfs_close", handle_of(target))  # type: ignore[no-any-return]


class Section(Held):
    """A section of its own; arguments as for `create_section`."""

    def __init__(self, name: str | None = None, size: int = 4096, permissions: str = "600") -> None:
        super().__init__(create_section(name, size, permissions))

    @classmethod
    def open(cls, name: str) -> Self:
        """As `open_section`."""
        return cls.holding(open_section(name))

    def map(self) -> Any:
        """As `map_section`; the view lasts beyond the handle."""
        return map_section(self)


class MessageQueue(Held):
    """A queue of its own; arguments as for `create_mqueue`. `sync.wait` waits until there is a message in it."""

    def __init__(
        self, name: str | None = None, max_messages: int = 64, max_size: int = 1024, permissions: str = "600",
    ) -> None:
        super().__init__(create_mqueue(name, max_messages, max_size, permissions))

    @classmethod
    def open(cls, name: str) -> Self:
        """As `open_mqueue`."""
        return cls.holding(open_mqueue(name))

    def send(self, message: bytes | str, priority: int = 0, timeout_ms: float | None = None) -> bool:
        """As `mq_send`."""
        return mq_send(self, message, priority, timeout_ms)

    def receive(self, timeout_ms: float | None = None) -> MqMessage:
        """As `mq_receive`."""
        return mq_receive(self, timeout_ms)

    def messages(self, timeout_ms: float | None = None) -> Iterator[MqMessage]:
        """As `ipc.messages`."""
        return messages(self, timeout_ms)


def raise_irql(level: int) -> int:
    """Rings 0 to 2 only: a caller of any other ring is ended. Returns the level before. Raises 601 for a lower one."""
    return syscall("ke_raise_irql", level)  # type: ignore[no-any-return]


def lower_irql(level: int) -> None:
    """Rings 0 to 2 only: a caller of any other ring is ended. Raises 601 for a higher level."""
    syscall("ke_lower_irql", level)


def get_irql() -> int:
    """The calling thread's interrupt request level, 0 to 3."""
    return syscall("ke_get_irql")  # type: ignore[no-any-return]


def ipc_stats() -> dict[str, int]:
    """Counters and gauges of the IPC subsystem."""
    return syscall("ke_ipc_stats")  # type: ignore[no-any-return]
