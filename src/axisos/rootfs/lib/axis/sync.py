"""Events, mutexes, semaphores, timers and waiting for them (manual, chapters 13.1 to 13.4).

All times are milliseconds; None = for ever, 0 = look and never sleep. A handle that is no longer needed is closed with
`sync.close`.

    with sync.locked(mutex):
        counter += 1
"""

from __future__ import annotations

from abi.status import StatusError
from axis.syscall import fail, syscall

WAIT_0 = 0
WAIT_ABANDONED = 128
WAIT_IO_COMPLETION = 192
WAIT_TIMEOUT = 258
WAIT_FAILED = -1
SEMAPHORE_MAXIMUM = 0x7FFFFFFF


def create_event(manual_reset: bool = False, initial: bool = False) -> str:
    """A new event. Auto-reset: one waiter per set; manual reset: open to all until `reset_event`. Raises 609."""
    return syscall("ke_create_event", manual_reset, initial)  # type: ignore[no-any-return]


def set_event(event: str) -> int:
    """Signal the event; returns how many threads that woke. Raises 600, 706."""
    return syscall("ke_set_event", event)  # type: ignore[no-any-return]


def reset_event(event: str) -> bool:
    """Take the signal back. Raises 600, 706."""
    return syscall("ke_reset_event", event)  # type: ignore[no-any-return]


def pulse_event(event: str) -> int:
    """Wake those who wait now (all, or one for auto-reset) and leave it unsignalled; returns how many."""
    return syscall("ke_pulse_event", event)  # type: ignore[no-any-return]


def create_mutex(owned: bool = False) -> str:
    """A new recursive mutex, taken by the caller at once if *owned*. Raises 609."""
    return syscall("ke_create_mutex", owned)  # type: ignore[no-any-return]


def release_mutex(mutex: str) -> bool:
    """Undo one acquisition. Raises 822 (`RuntimeError`) for anybody but the owner."""
    return syscall("ke_release_mutex", mutex)  # type: ignore[no-any-return]


def create_semaphore(initial: int = 1, maximum: int = SEMAPHORE_MAXIMUM) -> str:
    """A new counting semaphore. Raises 601 unless 0 <= initial <= maximum and maximum >= 1."""
    return syscall("ke_create_semaphore", initial, maximum)  # type: ignore[no-any-return]


def release_semaphore(semaphore: str, count: int = 1) -> int:
    """Add *count* permits; returns how many there were before. Raises 823 beyond the maximum."""
    return syscall("ke_release_semaphore", semaphore, count)  # type: ignore[no-any-return]


def create_timer() -> str:
    """A new timer, not yet running. Raises 609."""
    return syscall("ke_create_timer")[0]  # type: ignore[no-any-return]


def set_timer(timer: str, delay_ms: float, period_ms: float = 0) -> bool:
    """(Re)start it: signalled after *delay_ms*, then, if a period is given, every *period_ms*."""
    return syscall("ke_set_timer", timer, delay_ms, period_ms)  # type: ignore[no-any-return]


def cancel_timer(timer: str) -> bool:
    """Stop it; its signalled state stays as it is."""
    return syscall("ke_cancel_timer", timer)  # type: ignore[no-any-return]


def wait(handle: str, timeout_ms: float | None = None, raising: bool = True) -> int:
    """Wait until the object is signalled, and take it (an auto-reset event, a mutex, a permit).

    Returns: WAIT_0; 128 when the mutex's last owner died holding it; WAIT_TIMEOUT (258) at the time limit.
    Raises:  600, 825 (not waitable), 821; with raising=False returns WAIT_FAILED instead.
    """
    try:
        return syscall("ke_wait_single", handle, timeout_ms)  # type: ignore[no-any-return]
    except StatusError:
        if not raising:
            return WAIT_FAILED
        raise


def wait_multiple(
    handles: list[str], wait_all: bool = False, timeout_ms: float | None = None, raising: bool = True,
) -> int:
    """Wait for any one of up to 64 objects, or for all of them at once.

    Returns: the index of the object that was taken (wait_all: 0), 128 + index if it was abandoned, 258 at the limit.
    Raises:  601 (none, or more than 64), 600, 825, 821; with raising=False returns WAIT_FAILED instead.
    """
    try:
        return syscall("ke_wait_multiple", [*handles], wait_all, timeout_ms)  # type: ignore[no-any-return]
    except StatusError:
        if not raising:
            return WAIT_FAILED
        raise


def close(handle: str) -> bool:
    """Give the handle back; the object goes with its last one."""
    return syscall("vfs_close", handle)  # type: ignore[no-any-return]


class locked:
    """`with locked(mutex):` - owns the mutex for the block.

    Raises:  258 (`TimeoutError`) if it was not to be had within *timeout_ms*.
    """

    def __init__(self, handle: str, timeout_ms: float | None = None) -> None:
        self._handle = handle
        self._timeout_ms = timeout_ms

    def __enter__(self) -> int:
        result = wait(self._handle, self._timeout_ms)
        if result == WAIT_TIMEOUT:
            fail(StatusError(WAIT_TIMEOUT, f"the mutex was not free within {self._timeout_ms} ms"))
        return result

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        release_mutex(self._handle)
