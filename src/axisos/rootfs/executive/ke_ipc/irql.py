"""Interrupt request levels: what a thread may do just now (manual, chapter 13.9).

PASSIVE 0 and APC 1 may sleep, DISPATCH 2 and DEVICE 3 may not. The level is the thread's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.status import Status, StatusError
from executive.syscalls import ANY_RING, DRIVERS, syscall

if TYPE_CHECKING:
    from executive.process import Thread

HIGHEST = 3


class Irql:
    """The IRQL calls."""

    @syscall(rings=DRIVERS)
    def ke_raise_irql(self, thread: Thread, level: int) -> int:
        """Raise the calling thread's level. Returns: the previous one. Raises: INVALID_PARAMETER for a lower level."""
        if not thread.irql <= level <= HIGHEST:
            raise StatusError(Status.INVALID_PARAMETER, f"ke_raise_irql: from {thread.irql} to {level} is no raise")
        previous, thread.irql = thread.irql, level
        return previous

    @syscall(rings=DRIVERS)
    def ke_lower_irql(self, thread: Thread, level: int) -> None:
        """Lower the calling thread's level. Raises: INVALID_PARAMETER for a higher one."""
        if not 0 <= level <= thread.irql:
            raise StatusError(Status.INVALID_PARAMETER, f"ke_lower_irql: from {thread.irql} to {level} is not lower")
        thread.irql = level

    @syscall(rings=ANY_RING)
    def ke_get_irql(self, thread: Thread) -> int:
        """The calling thread's level, 0 to 3."""
        return thread.irql
