"""Objects of the kernel as Python objects.

The plain functions of `axis.sync`, `axis.pipe` and `axis.ipc` deal in handles, as the manual has it. Their classes hold
one handle each: they make the object, offer its calls as methods, and close the handle at the end of `with`. Wherever a
plain function takes a handle it takes such an object too.

Called by   axis.sync, axis.pipe, axis.ipc.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from axis.syscall import fail, syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

CLOSED = ""  # no handle: whatever is done with it raises 600


class Held:
    """Holds `handle` until `close` or the end of `with`."""

    def __init__(self, handle: str) -> None:
        self.handle = handle

    @classmethod
    def holding(cls, handle: str) -> Self:
        """One that holds a handle that is there already."""
        held = cls.__new__(cls)
        Held.__init__(held, handle)
        return held

    def close(self) -> None:
        """Give the handle back; the object goes with its last one. Closing again does nothing."""
        handle, self.handle = self.handle, CLOSED
        close_all(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{'' if self.handle else ', closed'}>"


def handle_of(target: object) -> object:
    """The handle of an object that holds one; everything else is itself, for the kernel to judge."""
    return target.handle if isinstance(target, Held) else target


def listed(items: Iterable[object], what: str) -> list[object]:
    """*items* as a list, before any call is made. Raises 601 if there are none to go through; *what* they should be."""
    if isinstance(items, str | bytes) or not hasattr(items, "__iter__"):
        fail(StatusError(Status.INVALID_PARAMETER, f"{what}, not {type(items).__name__}"))
    return [*items]


def close_all(*handles: str) -> None:
    """Close those that are still open."""
    for handle in handles:
        if handle:
            try:
                syscall("vfs_close", handle)
            except StatusError as error:
                if error.status != Status.INVALID_HANDLE:
                    raise
