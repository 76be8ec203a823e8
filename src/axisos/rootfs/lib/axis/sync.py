"""Events, mutexes, semaphores, timers and waiting for them (manual, chapters 13.1 to 13.5).

All times are milliseconds; None = for ever, 0 = look and never sleep. The functions take and give handles, which
`sync.close` gives back; the classes hold one each, until the end of `with`, and the functions take them as well.

    with sync.Mutex() as mutex:          # made here, gone at the end
        ...
        with sync.locked(mutex):         # taken here, given back at the end
            counter += 1
"""

from __future__ import annotations

from abi.status import StatusError
from axis.handles import Held, handle_of, listed
from axis.syscall import fail, syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    Target = str | int | Held  # a handle, or what holds one

WAIT_0 = 0
WAIT_ABANDONED = 128
WAIT_IO_COMPLETION = 192
WAIT_TIMEOUT = 258
WAIT_FAILED = -1
SEMAPHORE_MAXIMUM = 0x7FFFFFFF


def create_event(
    manual_reset: bool = False, initial: bool = False, name: str | None = None, permissions: str = "600"
) -> str:
    """A new event. Auto-reset: one waiter per set; manual reset: open to all until `reset_event`.

    Args:    name: by which others open it. permissions: who may, three octal digits for owner, group and others; r
             waits, w sets.
    Raises:  701; 704, 705 for the name, 601 for the permissions.
    """
    return syscall("ke_create_event", manual_reset, initial, name, permissions, about=name)  # type: ignore[no-any-return]


def open_event(name: str) -> str:
    """A handle to the event *name*, with what its permissions allow. Raises 703 if there is none, 500, 705, 701."""
    return syscall("ke_open_event", name, about=name)  # type: ignore[no-any-return]


def set_event(event: Target) -> int:
    """Signal the event; returns how many threads that woke. Raises 600, 500, 706."""
    return syscall("ke_set_event", handle_of(event))  # type: ignore[no-any-return]


def reset_event(event: Target) -> bool:
    """Take the signal back. Raises 600, 500, 706."""
    return syscall("ke_reset_event", handle_of(event))  # type: ignore[no-any-return]


def pulse_event(event: Target) -> int:
    """Wake those who wait now (all, or one for auto-reset) and leave it unsignaled; returns how many.

    Raises:  600, 500, 706.
    """
    return syscall("ke_pulse_event", handle_of(event))  # type: ignore[no-any-return]


def create_mutex(owned: bool = False, name: str | None = None, permissions: str = "600") -> str:
    """A new recursive mutex, taken by the caller at once if *owned*.

    Args:    name, permissions: as of `create_event`; r takes, w gives back: one needs both.
    Raises:  701; 704, 705 for the name, 601 for the permissions.
    """
    return syscall("ke_create_mutex", owned, name, permissions, about=name)  # type: ignore[no-any-return]


def open_mutex(name: str) -> str:
    """A handle to the mutex *name*, with what its permissions allow. Raises 703 if there is none, 500, 705, 701."""
    return syscall("ke_open_mutex", name, about=name)  # type: ignore[no-any-return]


def release_mutex(mutex: Target) -> bool:
    """Undo one acquisition. Raises 822 (`RuntimeError`) for anybody but the owner, 600, 500, 706."""
    return syscall("ke_release_mutex", handle_of(mutex))  # type: ignore[no-any-return]


def create_semaphore(
    initial: int = 1, maximum: int = SEMAPHORE_MAXIMUM, name: str | None = None, permissions: str = "600"
) -> str:
    """A new counting semaphore.

    Args:    name, permissions: as of `create_event`; r takes permits, w gives them back.
    Raises:  601 unless 0 <= initial <= maximum and maximum >= 1, or for the permissions; 701; 704, 705 for the name.
    """
    return syscall("ke_create_semaphore", initial, maximum, name, permissions, about=name)  # type: ignore[no-any-return]


def open_semaphore(name: str) -> str:
    """A handle to the semaphore *name*, with what its permissions allow. Raises 703 if there is none, 500, 705, 701."""
    return syscall("ke_open_semaphore", name, about=name)  # type: ignore[no-any-return]


def release_semaphore(semaphore: Target, count: int = 1) -> int:
    """Add *count* permits; returns how many there were before. Raises 823 beyond the maximum, 601, 600, 500, 706."""
    return syscall("ke_release_semaphore", handle_of(semaphore), count)  # type: ignore[no-any-return]


def create_timer() -> str:
    """A new timer, not yet running. Raises 701."""
    return syscall("ke_create_timer")[0]  # type: ignore[no-any-return]


def set_timer(timer: Target, delay_ms: float, period_ms: float = 0) -> bool:
    """(Re)start it: signaled after *delay_ms*, then, if a period is given, every *period_ms*.

    Raises:  601, 600, 500, 706.
    """
    return syscall("ke_set_timer", handle_of(timer), delay_ms, period_ms)  # type: ignore[no-any-return]


def cancel_timer(timer: Target) -> bool:
    """Stop it; it stays as signaled as it is. Returns whether it ran. Raises 600, 500, 706."""
    return syscall("ke_cancel_timer", handle_of(timer))  # type: ignore[no-any-return]


def wait(target: Target, timeout_ms: float | None = None, alertable: bool = False, *, raising: bool = True) -> int:
    """Wait until the object is signaled, and take it (an auto-reset event, a mutex, a permit).

    Message queues and ends of pipes can be waited for as well; nothing is taken from them.

    Args:    alertable: a signal handler that ran meanwhile ends the wait; without, it goes on.
    Returns: WAIT_0; 128 when the mutex's last owner died holding it; 192 after a handler, if *alertable*; WAIT_TIMEOUT
             (258) at the time limit.
    Raises:  600, 500, 825 (not waitable), 821, 601; with raising=False returns WAIT_FAILED (-1) instead.
    """
    try:
        return syscall("ke_wait_single", handle_of(target), timeout_ms, alertable)  # type: ignore[no-any-return]
    except StatusError:
        if not raising:
            return WAIT_FAILED
        raise


def wait_multiple(
    targets: Iterable[Target], wait_all: bool = False, timeout_ms: float | None = None, alertable: bool = False, *,
    raising: bool = True,
) -> int:
    """Wait for any one of up to 64 objects, or for all of them at once.

    Args:    alertable: as for `wait`.
    Returns: the index of the object that was taken (wait_all: 0), 128 + index if it was abandoned, 192 after a handler,
             258 at the limit.
    Raises:  601 (none, more than 64, for all the same twice), 600, 500, 825, 821; with raising=False returns
             WAIT_FAILED instead.
    """
    try:
        handles = [handle_of(each) for each in listed(targets, "several objects are waited for")]
        return syscall("ke_wait_multiple", handles, wait_all, timeout_ms, alertable)  # type: ignore[no-any-return]
    except StatusError:
        if not raising:
            return WAIT_FAILED
        raise


def close(target: Target) -> bool:
    """Give the handle back; the object goes with its last one. Raises 600, 708 (protected)."""
    return syscall("vfs_close", handle_of(target))  # type: ignore[no-any-return]


class locked:
    """`with locked(mutex):` - owns the mutex for the block; gives WAIT_0, or 128 when its last owner died holding it.

    Raises:  258 (`TimeoutError`) if it was not to be had within *timeout_ms*.
    """

    def __init__(self, mutex: Target, timeout_ms: float | None = None) -> None:
        self._mutex = mutex
        self._timeout_ms = timeout_ms

    def __enter__(self) -> int:
        result = wait(self._mutex, self._timeout_ms)
        if result == WAIT_TIMEOUT:
            fail(StatusError(WAIT_TIMEOUT, f"the mutex was not free within {self._timeout_ms} ms"))
        return result

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        release_mutex(self._mutex)


class _Waitable(Held):
    """An object that can be waited for."""

    def wait(self, timeout_ms: float | None = None, alertable: bool = False) -> int:
        """As `sync.wait`."""
        return wait(self, timeout_ms, alertable)


class Event(_Waitable):
    """An event of its own; arguments as for `create_event`."""

    def __init__(
        self, manual_reset: bool = False, initial: bool = False, name: str | None = None, permissions: str = "600"
    ) -> None:
        super().__init__(create_event(manual_reset, initial, name, permissions))

    @classmethod
    def open(cls, name: str) -> Self:
        """As `open_event`."""
        return cls.holding(open_event(name))

    def set(self) -> int:
        """As `set_event`."""
        return set_event(self)

    def reset(self) -> bool:
        """As `reset_event`."""
        return reset_event(self)

    def pulse(self) -> int:
        """As `pulse_event`."""
        return pulse_event(self)


class Mutex(_Waitable):
    """A mutex of its own; `wait` takes it. `with` closes it at the end: to hold it for a block use `locked`."""

    def __init__(self, owned: bool = False, name: str | None = None, permissions: str = "600") -> None:
        super().__init__(create_mutex(owned, name, permissions))

    @classmethod
    def open(cls, name: str) -> Self:
        """As `open_mutex`."""
        return cls.holding(open_mutex(name))

    def release(self) -> bool:
        """As `release_mutex`."""
        return release_mutex(self)


class Semaphore(_Waitable):
    """A semaphore of its own; arguments as for `create_semaphore`. `wait` takes a permit."""

    def __init__(
        self, initial: int = 1, maximum: int = SEMAPHORE_MAXIMUM, name: str | None = None, permissions: str = "600"
    ) -> None:
        super().__init__(create_semaphore(initial, maximum, name, permissions))

    @classmethod
    def open(cls, name: str) -> Self:
        """As `open_semaphore`."""
        return cls.holding(open_semaphore(name))

    def release(self, count: int = 1) -> int:
        """As `release_semaphore`."""
        return release_semaphore(self, count)


class Timer(_Waitable):
    """A timer of its own, not yet running."""

    def __init__(self) -> None:
        super().__init__(create_timer())

    def set(self, delay_ms: float, period_ms: float = 0) -> bool:
        """As `set_timer`."""
        return set_timer(self, delay_ms, period_ms)

    def cancel(self) -> bool:
        """As `cancel_timer`."""
        return cancel_timer(self)
