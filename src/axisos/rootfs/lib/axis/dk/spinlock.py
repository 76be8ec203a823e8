"""Spin locks: keep a driver's few lines together by raising the IRQL (manual, chapter 12).

    lock = spinlock.initialize()
    old_irql = spinlock.acquire(lock)
    ...                                 # no system call that blocks in here
    spinlock.release(lock, old_irql)

There is one processor, so nothing ever spins: at DISPATCH level nobody else runs who could hold the lock.
"""

from __future__ import annotations

from abi.names import DISPATCH_LEVEL
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall


class SpinLock:
    """One lock; free until acquired."""

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held = False


def initialize() -> SpinLock:
    """A free lock."""
    return SpinLock()


def acquire(lock: SpinLock) -> int:
    """Take the lock and raise the IRQL to DISPATCH. Never blocks.

    Returns: the IRQL before, for `release`.
    Raises:  610 the lock is held: its holder could never run to release it.
    """
    if lock.held:
        raise StatusError(Status.WOULD_DEADLOCK, "the spin lock is held already")
    old_irql: int = syscall("ke_raise_irql", DISPATCH_LEVEL)
    lock.held = True
    return old_irql


def release(lock: SpinLock, old_irql: int) -> None:
    """Give the lock back and lower the IRQL to what `acquire` returned.

    Raises: 822 the lock is not held.
    """
    if not lock.held:
        raise StatusError(Status.MUTANT_NOT_OWNED, "the spin lock is not held")
    lock.held = False
    syscall("ke_lower_irql", old_irql)
