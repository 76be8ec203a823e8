"""The interrupt timer: a host thread that calls the kernel back while guest code runs.

The callback may only set flags. It says in how many seconds it wants to be called again; None parks the thread until
`kick`. Nothing spins, and a parked timer costs nothing.

Always so: when `kick` returns after a change to what the callback looks at, a parked thread will have looked at it.
For that the callback is asked a second time once the thread counts as parked; it must bear that.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Protocol

    from axisos.machine.machine import Machine

    class Heart(Protocol):
        """What tells the host's process that watches over this one how it goes."""

        def beat(self) -> None: ...

LOOK_EVERY_S = 0.5  # of processor time: between two looks at what the main thread is in the middle of


def break_into_long_calls(machine: Machine, heart: Heart) -> None:
    """Let a signal of the host break into one operation of a program that takes far too long: a regular expression
    that backtracks, a division of huge integers. No other thread runs during such a call, but Python looks for
    signals in it. Only for a host process that is the machine's own, from its main thread, and on a real clock.

    Args: heart: beaten while the machine is busy, for calls in which Python does not look either.
    """
    import signal

    def on_signal(number: int, frame: FrameType | None) -> None:
        timer = machine.computer.interrupt_timer
        if timer is not None and timer.break_in is not None and frame is not None:
            timer.break_in(frame)

    if machine.computer.interrupt_timer is not None:
        machine.computer.interrupt_timer.heart = heart
        signal.signal(signal.SIGVTALRM, on_signal)
        signal.setitimer(signal.ITIMER_VIRTUAL, LOOK_EVERY_S, LOOK_EVERY_S)


class InterruptTimer:
    """One thread at the most; real clock only."""

    __slots__ = ("_callback", "_ended", "_running", "_wake", "break_in", "heart", "parked")

    def __init__(self) -> None:
        self.parked = False  # True while it sleeps until kick(); the kernel may test it itself
        self.break_in: Callable[[FrameType], None] | None = None  # the kernel's: raises into an overlong operation
        self.heart: Heart | None = None  # beats while the machine is busy, for who watches over this process
        self._callback: Callable[[], float | None] | None = None
        self._running = False
        self._wake = allocate_lock()  # held, except for an instant when the thread is to wake
        self._ended = allocate_lock()  # held while the thread lives

    def start(self, callback: Callable[[], float | None]) -> None:
        """Begin to call `callback`, at once for the first time. Raises RuntimeError if it runs already."""
        if self._running:
            raise RuntimeError("the interrupt timer is running already")
        self._callback = callback
        self._running = True
        self._wake = allocate_lock()
        self._wake.acquire()
        self._ended.acquire()
        start_new_thread(self._run, ())

    def kick(self) -> None:
        """Wake a parked timer; otherwise nothing."""
        if self.parked:
            self._release()

    def stop(self) -> None:
        """End the thread and wait until it has ended; idempotent. Not to be called from the callback."""
        if not self._running:
            return
        self._running = False
        self._release()
        with self._ended:
            self._callback = None

    def _release(self) -> None:
        try:
            self._wake.release()
        except RuntimeError:
            pass  # it was being woken already

    def _run(self) -> None:
        try:
            callback = self._callback
            while self._running and callback is not None:
                delay = callback()
                if delay is None:
                    self.parked = True
                    delay = callback()
                if delay is not None and self.heart is not None:
                    self.heart.beat()
                if not self._running:
                    break
                self._wake.acquire(True, -1 if delay is None else min(max(delay, 0.0), 1e6))
                self.parked = False
        finally:
            self.parked = False
            self._ended.release()
