"""Timers: objects that become signaled when their time has come, once or again and again (manual, chapter 13.5).

A periodic timer does not drift: the next tick is due one period after the last one was due, whenever it was served.
Ticks that are past already when one is served are skipped, not made up for.

                 set                    due (no period)
    (made) ------------> ARMED -----------------------------> idle, signaled until it is set again
    idle --------------->  |  ^
                           |  | due (period): signaled until one wait has taken the tick
                           +--+
                           | cancel, last handle closed: idle, signaled or not as it was
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_TIMER
from abi.status import Status, StatusError
from executive.ke_ipc.dispatcher import Dispatcher
from executive.syscalls import ANY_RING, DRIVERS, syscall

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.ke_ipc.dispatcher import Waits
    from executive.ke_ipc.dpc import Dpcs
    from executive.ob_manager import ObjectManager
    from executive.ob_objects import ObjectHeader
    from executive.process import Thread
    from executive.scheduler import Deadline, Scheduler

    Handle = str | int

MAX_DELAY_MS = 1e12  # thirty years
MIN_PERIOD_MS = 1


class Timer(Dispatcher):
    """Armed with a deadline, or idle."""

    __slots__ = ("argument", "closed", "deadline", "dpc", "due_ns", "is_set", "period_ns", "timer_id", "timers")

    def __init__(self, timers: Timers, timer_id: int) -> None:
        super().__init__()
        self.timers = timers
        self.timer_id = timer_id
        self.is_set = False
        self.deadline: Deadline | None = None  # None: idle
        self.due_ns = 0
        self.period_ns = 0  # 0: one-shot
        self.dpc: Callable[[object, object], object] | None = None  # called with (argument, timer_id) at each tick
        self.argument: object = None
        self.closed = False  # the last handle is gone

    def signaled(self, thread: Thread) -> bool:
        """Its time has come."""
        return self.is_set

    def consume(self, thread: Thread) -> bool:
        """A tick of a periodic timer is taken by the one wait that it satisfies."""
        if self.period_ns:
            self.is_set = False
        return False

    def deserted(self) -> None:
        """The last wait has ended by its time limit, or by a kill."""
        self.timers.stop_if_unreachable(self)


class Timers:
    """The timers of one machine."""

    def __init__(
        self, scheduler: Scheduler, ob: ObjectManager, waits: Waits, dpcs: Dpcs, post: Callable[..., object]
    ) -> None:
        self._scheduler = scheduler
        self._post = post  # (pid, name, *values): a message of the kernel's
        self._ob = ob
        self._waits = waits
        self._dpcs = dpcs
        self._last_id = 0
        self.timers_fired = 0
        self.active_timers = 0
        ob.create_object_type(TYPE_TIMER, close=self._timer_closed)

    # --- the kernel's own --------------------------------------------------------------------------------------

    def make(self) -> Timer:
        """A new timer, idle."""
        self._last_id += 1
        return Timer(self, self._last_id)

    def set(
        self,
        timer: Timer,
        delay_ms: float,
        period_ms: float = 0,
        dpc: Callable[[object, object], object] | None = None,
        argument: object = None,
    ) -> None:
        """Arm a timer anew: unsignaled now, signaled after *delay_ms*, then every *period_ms* unless that is 0.

        At each tick `dpc(argument, timer_id)` is queued, if one is given.
        """
        self._disarm(timer)
        timer.is_set = False
        timer.period_ns = self._scheduler.after_ms(period_ms) - self._scheduler.now_ns() if period_ms else 0
        timer.dpc = dpc
        timer.argument = argument
        self._arm(timer, self._scheduler.after_ms(delay_ms))

    def cancel(self, timer: Timer) -> bool:
        """Stop a timer; it stays as signaled as it is. Returns whether it was armed."""
        was_armed = timer.deadline is not None
        self._disarm(timer)
        return was_armed

    def _arm(self, timer: Timer, due_ns: int) -> None:
        timer.due_ns = due_ns
        timer.deadline = self._scheduler.call_at(due_ns, self._fire, timer)
        self.active_timers += 1

    def _disarm(self, timer: Timer) -> None:
        if timer.deadline is not None:
            timer.deadline.cancel()
            timer.deadline = None
            self.active_timers -= 1

    def _fire(self, timer: Timer) -> None:
        """A timer is due. Runs in the hub."""
        self._disarm(timer)
        self.timers_fired += 1
        timer.is_set = True
        self._waits.wake_waiters(timer)
        if timer.dpc is not None:
            self._dpcs.queue_dpc(timer.dpc, timer.argument, timer.timer_id)
        period_ns = timer.period_ns
        if period_ns and not (timer.closed and not timer.waiters):
            missed = max(0, self._scheduler.now_ns() - timer.due_ns) // period_ns
            self._arm(timer, timer.due_ns + (missed + 1) * period_ns)

    def _timer_closed(self, header: ObjectHeader) -> None:
        """Nobody can name the timer any more; it ticks on only for those who wait already."""
        timer = header.body
        assert isinstance(timer, Timer)
        timer.closed = True
        self.stop_if_unreachable(timer)

    def stop_if_unreachable(self, timer: Timer) -> None:
        """Stop a timer for which nobody waits, and for which nobody can wait any more."""
        if timer.closed and not timer.waiters:
            self._disarm(timer)

    # --- system calls ------------------------------------------------------------------------------------------

    def _timer(self, thread: Thread, handle: Handle) -> Timer:
        return self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_TIMER)  # type: ignore[return-value]

    @syscall(rings=ANY_RING)
    def ke_create_timer(self, thread: Thread) -> tuple[str, int]:
        """A new timer, idle. Returns: (a handle with all rights, the timer's number). Raises: HANDLE_TABLE_FULL."""
        timer = self.make()
        return self._ob.create_owned(thread.process, TYPE_TIMER, timer), timer.timer_id

    @syscall(rings=ANY_RING)
    def ke_set_timer(self, thread: Thread, handle: Handle, delay_ms: int | float, period_ms: int | float = 0) -> bool:
        """Start a timer; one that runs already starts anew.

        Args:    delay_ms: milliseconds to the first tick, 0 or more. period_ms: between the ticks after it, 1 or
                 more; 0 means that there are none.
        Returns: True. The timer is unsignaled until its first tick. Without a period it then stays signaled; with one,
                 each tick satisfies one wait, and ticks that nobody waited for count as one.
        Raises:  INVALID_HANDLE, ACCESS_DENIED, OBJECT_TYPE_MISMATCH, INVALID_PARAMETER.
        """
        _check_times("ke_set_timer", delay_ms, period_ms)
        self.set(self._timer(thread, handle), delay_ms, period_ms)
        return True

    @syscall(rings=DRIVERS)
    def ke_set_timer_dpc(
        self, thread: Thread, handle: Handle, delay_ms: int | float, period_ms: int | float, routine: object,
        argument: object = None,
    ) -> bool:
        """Start a timer whose ticks call a routine of the driver's, in its own loop.

        Args:    delay_ms, period_ms: as ke_set_timer. routine: any object; at each tick the calling thread gets the
                 message (0, "dpc", routine, argument), which the driver kit answers with `routine(argument)`.
        Returns: True.
        Raises:  as ke_set_timer.
        """
        _check_times("ke_set_timer_dpc", delay_ms, period_ms)
        tid = thread.pid
        self.set(
            self._timer(thread, handle), delay_ms, period_ms,
            lambda argument, _timer_id: self._post(tid, "dpc", routine, argument), argument,
        )
        return True

    @syscall(rings=ANY_RING)
    def ke_cancel_timer(self, thread: Thread, handle: Handle) -> bool:
        """Stop a timer; it stays as signaled as it is. Returns: whether it was running. Raises: as ke_set_timer."""
        return self.cancel(self._timer(thread, handle))


def _check_times(call: str, delay_ms: float, period_ms: float) -> None:
    if not 0 <= delay_ms <= MAX_DELAY_MS or (period_ms != 0 and not MIN_PERIOD_MS <= period_ms <= MAX_DELAY_MS):
        raise StatusError(
            Status.INVALID_PARAMETER,
            f"{call}: the delay is 0 or more and the period 0 or {MIN_PERIOD_MS} and more milliseconds",
        )
