"""How threads of one process wait for each other: lines of waiters, on few events of the kernel.

Called by   `threading` and `queue`, when a thread cannot go on.
Owns        the process's events for such waits: as many as threads have waited at one time, used again and again, for
            a process has few handles and may wait often.
Always so   a thread that was called out of a line goes on, or hands the call to the next one if it leaves by an
            exception. A thread is only ever preempted at a function's entry, in a loop's body or in a system call, so
            a test and the store that follows it are one step. A function with a variable `_axis_undisturbed` is done
            before a handler of a signal runs, which may raise: what gives something back does so whole.
"""

from __future__ import annotations

from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axis.guest import syscall

_TIMEOUT = 258
_idle_events: list[str] = []  # one may still be set from a call that came too late: waits look again


def now() -> float:
    """Machine seconds since power-on."""
    return syscall("time_get")[0]  # type: ignore[no-any-return]


def deadline_after(timeout: float | None) -> float | None:
    """When a wait of *timeout* seconds that begins now is over; None = never."""
    return None if timeout is None else now() + timeout


def left_until(deadline: float | None) -> float | None:
    """The seconds until then; None = for ever, less than 0 if it is past."""
    return None if deadline is None else deadline - now()


def milliseconds(timeout: float | None) -> float | None:
    """A time limit in seconds as the kernel takes it."""
    return None if timeout is None else max(0.0, float(timeout)) * 1000


class Waiter:
    """One wait of one thread."""

    def __init__(self) -> None:
        self.called = False
        self._event: str | None = None

    def wait(self, timeout: float | None) -> bool:
        """Sleep until *called* is set, at most *timeout* seconds; whether it was called."""
        if self.called:
            return True
        deadline = deadline_after(timeout)
        left = timeout
        event = _idle_events.pop() if _idle_events else syscall("ke_create_event")
        self._event = event
        try:
            while not self.called and syscall("ke_wait_single", event, milliseconds(left)) != _TIMEOUT:
                left = left_until(deadline)
        finally:
            self._event = None
            _idle_events.append(event)
        return self.called

    def wake(self) -> None:
        """Let the waiting thread look at `called`, if it sleeps."""
        _axis_undisturbed = True
        if self._event is not None:
            syscall("ke_set_event", self._event)


class Line:
    """Threads that wait for the same thing, first come, first served."""

    def __init__(self) -> None:
        self.waiters: deque[Waiter] = deque()  # looked at by those who would call, before they do

    def wait(self, timeout: float | None, needed: Callable[[], object]) -> bool:
        """Stand in line and sleep until called, at most *timeout* seconds; False if the time was over first.

        Args: needed: asked once the thread has its place, as things may have changed before it had; if not, it returns.
        """
        waiter = Waiter()
        self.waiters.append(waiter)
        try:
            return not needed() or waiter.wait(timeout)
        except BaseException:  # a signal's handler may raise at any step
            if waiter.called:
                self.call()
            raise
        finally:
            if not waiter.called:
                self.waiters.remove(waiter)

    def call(self, count: int = 1) -> None:
        """Let the first *count* go on, if there are as many."""
        _axis_undisturbed = True
        for _ in range(min(count, len(self.waiters))):
            if self.waiters:  # calling one may let others run
                waiter = self.waiters.popleft()
                waiter.called = True  # in one step with that: who is out of the line and not called finds no way on
                waiter.wake()
