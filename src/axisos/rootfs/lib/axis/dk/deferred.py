"""Timers and deferred procedure calls of a driver: what it wants done later, in its own loop.

    timer = dk.Timer()
    timer.set(0.5, on_tick, period_s=1.0)      # on_tick(None) after half a second, then every second
    dk.queue_dpc(on_more, irp)                 # on_more(irp), when the messages that wait have been served

Both are called by `dk.run`'s loop at DISPATCH level: they run to their end without anybody else in between, and a call
that would sleep fails with 821. What takes longer is left to a thread. An error in one is logged and ends nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axis.guest import syscall


class Timer:
    """One timer of the kernel's. It is idle until it is set; when the driver ends it is gone."""

    __slots__ = ("handle",)

    def __init__(self) -> None:
        self.handle: str = syscall("ke_create_timer")[0]

    def set(
        self, delay_s: float, routine: Callable[[object], object], argument: object = None, period_s: float = 0.0
    ) -> None:
        """Have `routine(argument)` called in *delay_s* seconds, then every *period_s* unless that is 0.

        A timer that runs already starts anew; ticks that come while the driver is busy are served later, not lost.

        Raises: 601 a delay below 0, or a period below a millisecond.
        """
        syscall("ke_set_timer_dpc", self.handle, delay_s * 1000, period_s * 1000, routine, argument)

    def cancel(self) -> bool:
        """Stop the timer. A call that is on its way already still comes. Returns: whether it was running."""
        was_running: bool = syscall("ke_cancel_timer", self.handle)
        return was_running

    def close(self) -> None:
        """Stop it and give it back."""
        syscall("vfs_close", self.handle)


def queue_dpc(routine: Callable[[object], object], argument: object = None) -> None:
    """Have `routine(argument)` called when the messages that wait now have been served. Never blocks."""
    syscall("signal_send", syscall("process_get_pid"), "dpc", routine, argument)
