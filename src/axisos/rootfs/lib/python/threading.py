"""Threads and locks as Python programmers know them, on the kernel's threads, mutexes, semaphores and events.

Threads are preempted like processes. The process ends when its main thread returns, after those that are not daemons.
"""

from __future__ import annotations

from abi.status import StatusError
from axis import thread as _thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from axis.guest import _axis_process, syscall

TIMEOUT_MAX = 9223372036.0
_FOR_EVER = -1


def get_ident() -> int:
    """The id of the calling thread."""
    return syscall("process_get_pid")  # type: ignore[no-any-return]


get_native_id = get_ident


def _milliseconds(timeout: float | None) -> float | None:
    return None if timeout is None else max(0.0, float(timeout)) * 1000


def _now() -> float:
    return syscall("time_get")[0]  # type: ignore[no-any-return]


class Lock:
    """A lock that any thread may release."""

    def __init__(self) -> None:
        self._held = False
        self._waiting = 0
        self._free: str | None = None  # a semaphore, made when somebody has to wait

    def acquire(self, blocking: bool = True, timeout: float = _FOR_EVER) -> bool:
        """Take it; False if that did not succeed in time. *timeout* in seconds, -1 = for ever."""
        if timeout != _FOR_EVER and not blocking:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != _FOR_EVER:
            raise ValueError("timeout value must be a non-negative number")
        if not self._take():
            if not blocking:
                return False
            return self._wait(None if timeout == _FOR_EVER else timeout)
        return True

    def _take(self) -> bool:
        mutex = _gate.enter()
        try:
            if self._held:
                return False
            self._held = True
            return True
        finally:
            _gate.leave(mutex)

    def _wait(self, timeout: float | None) -> bool:
        mutex = _gate.enter()
        try:
            if not self._held:
                self._held = True
                return True
            if self._free is None:
                self._free = syscall("ke_create_semaphore", 0, 0x7FFFFFFF)
            self._waiting += 1
        finally:
            _gate.leave(mutex)
        result = syscall("ke_wait_single", self._free, _milliseconds(timeout))
        if result == 0:
            return True  # the releaser handed it over: `_held` stayed True
        mutex = _gate.enter()
        try:
            if syscall("ke_wait_single", self._free, 0) == 0:
                return True  # handed over at the last moment
            self._waiting -= 1
            return False
        finally:
            _gate.leave(mutex)

    def release(self) -> None:
        """Give it back; RuntimeError if nobody holds it."""
        mutex = _gate.enter()
        try:
            if not self._held:
                raise RuntimeError("release unlocked lock")
            if self._waiting:
                self._waiting -= 1
                syscall("ke_release_semaphore", self._free, 1)
            else:
                self._held = False
        finally:
            _gate.leave(mutex)

    def locked(self) -> bool:
        return self._held

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<{'locked' if self._held else 'unlocked'} threading.Lock>"
