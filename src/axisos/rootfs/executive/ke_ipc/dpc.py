"""Deferred procedure calls: what the kernel wants done soon, but not here and now (manual, chapter 13.10).

They run in the hub, first come first served, after the timers and the time limits that are due; at DISPATCH level, so
a call that would sleep fails with WOULD_BLOCK. Programs cannot queue any.

Always so   at most 64 run in one pass of the scheduler, then threads have their turn; one that fails is logged and
            takes nobody with it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from abi.names import DISPATCH_LEVEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.scheduler import Scheduler

    Procedure = Callable[[object, object], object]

MAX_PER_PASS = 64


class Dpcs:
    """The DPC queue of one machine."""

    def __init__(self, scheduler: Scheduler, kprint: Callable[..., object]) -> None:
        self._scheduler = scheduler
        self._kprint = kprint
        self._order: deque[int] = deque()
        self._queued: dict[int, tuple[Procedure, object, object]] = {}  # by id; a cancelled one is only in _order
        self._last_id = 0
        self._pass_is_due = False
        self.dpcs_processed = 0

    @property
    def active_dpcs(self) -> int:
        """How many wait to be run."""
        return len(self._queued)

    def queue_dpc(self, callback: Procedure, first: object = None, second: object = None) -> int:
        """Have `callback(first, second)` called in the next pass. Returns: its id, for `cancel_dpc`."""
        self._last_id += 1
        self._order.append(self._last_id)
        self._queued[self._last_id] = (callback, first, second)
        if not self._pass_is_due:
            self._pass_is_due = True
            self._scheduler.call_at(self._scheduler.now_ns(), self._run_pass, None)  # behind all that is due by now
        return self._last_id

    def cancel_dpc(self, dpc_id: int) -> bool:
        """Returns whether it was queued and now will not run."""
        return self._queued.pop(dpc_id, None) is not None

    def _run_pass(self, _argument: None) -> None:
        """Run what is queued, 64 at most. Runs in the hub."""
        kernel = self._scheduler.kernel_thread
        irql, kernel.irql = kernel.irql, DISPATCH_LEVEL
        try:
            for _ in range(min(MAX_PER_PASS, len(self._order))):
                dpc_id = self._order.popleft()
                queued = self._queued.pop(dpc_id, None)
                if queued is not None:
                    self._run(dpc_id, *queued)
        finally:
            kernel.irql = irql
            self._pass_is_due = bool(self._order)
            if self._pass_is_due:
                self._scheduler.call_at(self._scheduler.now_ns() + 1, self._run_pass, None)  # +1: not in this pass

    def _run(self, dpc_id: int, callback: Procedure, first: object, second: object) -> None:
        self.dpcs_processed += 1
        try:
            callback(first, second)
        except Exception as error:  # whatever it is, it is this procedure's own
            name = getattr(callback, "__qualname__", "?")
            self._kprint("fail", f"DPC {dpc_id} ({name}) failed: {type(error).__name__}: {error}")
