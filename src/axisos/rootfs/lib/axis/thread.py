"""Threads of this process (manual, chapter 17.3). Python's `threading` stands on the same system calls.

A thread has an id of its own and shares everything else: memory, handles, synapse token.
"""

from __future__ import annotations

from abi.status import StatusError
from axis.handles import listed
from axis.syscall import fail, syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

RUNNING = "running"
READY = "ready"
SLEEPING = "sleeping"
STOPPED = "stopped"
DEAD = "dead"


class Thread:
    """One started thread. `pid` is its id."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._joined = False
        self._detached = False

    def join(self, timeout_ms: float | None = None) -> bool:
        """Wait until it has ended; joining again is allowed. False if *timeout_ms* passed first.

        Raises:  601 after `detach`.
        """
        if self._detached:
            fail(StatusError(601, f"thread {self.pid} is detached and cannot be joined"))
        if not self._joined:
            try:
                syscall("process_wait", self.pid, timeout_ms)
            except StatusError as error:
                if error.status == 258:
                    return False
                if error.status != 606:  # no such thread any more: it has ended
                    raise
            self._joined = True
        return True

    def kill(self, force: bool = True) -> bool:
        """End it where it stands; the others go on. Raises 606 when it has ended already, 601 for the main thread.

        A thread cannot refuse, so *force* makes no difference; processes can, and `signals.send` asks them. Kernel
        mutexes that it owned are abandoned (`sync.wait` gives 128); a lock of `threading` stays locked for ever.
        """
        return syscall("process_end_thread", self.pid)  # type: ignore[no-any-return]

    def status(self) -> str:
        """RUNNING, READY, SLEEPING, STOPPED or DEAD."""
        try:
            return syscall("process_status", self.pid) or DEAD
        except StatusError:
            return DEAD

    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return self.status() != DEAD

    def detach(self) -> None:
        """Nobody will join it."""
        self._detached = True

    def __repr__(self) -> str:
        return f"<Thread {self.pid}>"


def create(function: Callable[[], object]) -> Thread:
    """Start a thread that runs *function*. Raises 601 if it cannot be called, 609 when there may be no more."""
    return Thread(syscall("process_thread", _callable(function)))


def yield_() -> None:
    """Let the others run once."""
    syscall("process_yield")


def sleep(seconds: float) -> None:
    """Let *seconds* of machine time go by. Blocks the calling thread only; never early. Raises 601."""
    if not isinstance(seconds, int | float) or not seconds >= 0:
        fail(StatusError(601, f"a thread sleeps for 0 seconds or more, not {seconds!r}"))
    syscall("process_sleep", float(seconds) * 1000)


def list() -> list[int]:  # type: ignore[valid-type]
    """The ids of this process's living threads."""
    return syscall("process_list_threads")  # type: ignore[no-any-return]


def current() -> int:
    """The id of the calling thread."""
    return syscall("process_get_pid")  # type: ignore[no-any-return]


def parallel(functions: Iterable[Callable[[], object]]) -> int:
    """Run all functions at the same time and wait for all of them; returns how many there were.

    Raises:  601 if one cannot be called, and none is; 609 when there may be no more threads, after those that could be
             started have ended.
    """
    called = [_callable(function) for function in listed(functions, "several functions run in parallel")]
    threads = []
    try:
        for function in called:
            threads.append(create(function))
    finally:
        for thread in threads:
            thread.join()
    return len(threads)


def _callable(function: Any) -> Callable[[], object]:
    if not callable(function):
        fail(StatusError(601, f"a thread runs a function, not {type(function).__name__}"))
    return function  # type: ignore[no-any-return]
