"""Dispatcher objects: things that a thread can wait for, and the one way of waiting (manual, chapter 13).

Each kind says when it is *signaled* for a thread and what a satisfied wait *consumes*. Waiting for any or for all of
several, with a time limit, is the same for all kinds and stands here.

    thread ---- WaitBlock ----> event    (queue, first come first served)
           \\--- WaitBlock ----> mutex

Always so   whoever changes an object calls `wake_waiters`: it tests each waiter's own condition in order, consumes on
            its behalf, removes all its blocks and only then makes it ready. So nothing is lost, nothing is taken
            twice, and a wait for all takes all or nothing. Blocks are removed on every way out of a wait.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from abi import access as mask
from abi.status import Status, StatusError
from executive.messages import DISPATCH_LEVEL
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ob_manager import ObjectManager
    from executive.process import Thread, Wait
    from executive.scheduler import Scheduler

WAIT_OBJECT = "ke_wait"
WAIT_ALERTABLE = "ke_wait alertable"  # a signal handler that ran ends it
MAX_WAIT_OBJECTS = 64
ABANDONED = 128
INTERRUPTED = 192
TIMEOUT = 258


class Dispatcher:
    """Base of everything that can be waited for."""

    __slots__ = ("waiters",)

    def __init__(self) -> None:
        self.waiters: deque[WaitBlock] = deque()

    def signaled(self, thread: Thread) -> bool:
        """Whether a wait of *thread* would be satisfied now."""
        raise NotImplementedError

    def consume(self, thread: Thread) -> bool:
        """Take what a satisfied wait takes. Returns whether the object had been abandoned by its owner."""
        return False


class WaitBlock:
    """One thread's wait for one or several objects."""

    __slots__ = ("objects", "wait", "wait_all")

    def __init__(self, wait: Wait, objects: list[Dispatcher], wait_all: bool) -> None:
        self.wait = wait
        self.objects = objects
        self.wait_all = wait_all

    def try_satisfy(self) -> int | None:
        """Consume and give the wait's result if it is satisfied now, else None."""
        thread = self.wait.thread
        if self.wait_all:
            if not all(each.signaled(thread) for each in self.objects):
                return None
            abandoned = [each.consume(thread) for each in self.objects]  # every one, not until the first that was
            return ABANDONED if any(abandoned) else 0
        for index, each in enumerate(self.objects):
            if each.signaled(thread):
                return ABANDONED + index if each.consume(thread) else index
        return None

    def is_satisfiable(self) -> bool:
        """Whether `try_satisfy` would consume."""
        thread = self.wait.thread
        return (all if self.wait_all else any)(each.signaled(thread) for each in self.objects)

    def enqueue(self) -> None:
        """Stand in the queue of every object."""
        for each in self.objects:
            each.waiters.append(self)

    def dequeue(self) -> None:
        """Leave every queue."""
        for each in self.objects:
            if self in each.waiters:
                each.waiters.remove(self)


def require_passive(thread: Thread, call: str) -> None:
    """Raises WOULD_BLOCK when the thread runs at an IRQL at which it may not sleep."""
    if thread.irql >= DISPATCH_LEVEL:
        raise StatusError(Status.WOULD_BLOCK, f"{call}: a thread at IRQL {thread.irql} may not sleep")


class Waits:
    """Waiting, for one machine."""

    def __init__(self, scheduler: Scheduler, ob: ObjectManager) -> None:
        self._scheduler = scheduler
        self._ob = ob
        self.waits_issued = 0
        self.waits_satisfied = 0
        self.waits_timed_out = 0

    def dispatcher(self, thread: Thread, handle: object, access: int = mask.SYNCHRONIZE) -> Dispatcher:
        """The waitable object behind a handle. Raises: as handles do; NOT_WAITABLE."""
        header = self._ob.reference_by_handle(thread.process, handle, access)
        if not isinstance(header.body, Dispatcher):
            raise StatusError(Status.NOT_WAITABLE, f"{header.type} objects cannot be waited for")
        return header.body

    def wake_waiters(self, changed: Dispatcher) -> int:
        """*changed* may satisfy waits now: end those, first come first served. Returns how many ended."""
        woken = 0
        waiters = changed.waiters
        if not waiters:
            return 0
        for block in list(waiters):
            wait = block.wait
            if not wait.active or wait.thread.killed:  # it leaves with another result, or was killed: it takes nothing
                continue
            result = block.try_satisfy()
            if result is not None:
                block.dequeue()
                self.waits_satisfied += 1
                self._scheduler.wake(block.wait, result)
                woken += 1
        return woken

    def wait(
        self,
        thread: Thread,
        objects: list[Dispatcher],
        wait_all: bool,
        timeout_ms: float | None,
        alertable: bool = False,
    ) -> int:
        """Wait for any or all of *objects*. Returns the manual's wait result. Blocks the thread."""
        require_passive(thread, "wait")
        self.waits_issued += 1
        block = WaitBlock(thread.wait, objects, wait_all)
        result = block.try_satisfy()
        if result is not None:
            self.waits_satisfied += 1
            return result
        if timeout_ms is not None and timeout_ms <= 0:
            self.waits_timed_out += 1
            return TIMEOUT
        block.enqueue()
        thread.wait.on = block
        deadline = None
        if timeout_ms is not None:
            deadline = self._scheduler.call_in_ms(timeout_ms, self._time_out, block)
        try:
            return self._scheduler.block(thread, WAIT_ALERTABLE if alertable else WAIT_OBJECT)  # type: ignore[return-value]
        finally:
            if deadline is not None:
                deadline.cancel()
            block.dequeue()

    def _time_out(self, block: WaitBlock) -> None:
        block.dequeue()
        self.waits_timed_out += 1
        self._scheduler.wake(block.wait, TIMEOUT)

    # --- system calls ------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def ke_wait_single(
        self, thread: Thread, handle: Handle, timeout_ms: int | float | None = None, alertable: bool = False
    ) -> int:
        """Wait for one object.

        Args:    timeout_ms: milliseconds; None for ever, 0 only tests. alertable: a signal handler that the thread
                 ran meanwhile ends the wait; otherwise it goes on, with its first time limit.
        Returns: 0; 128 for a mutex whose owner had died; 192 after a signal handler; 258 when the time is over.
        Blocks:  the calling thread.
        Raises:  INVALID_HANDLE, ACCESS_DENIED, NOT_WAITABLE, WOULD_BLOCK (IRQL).
        """
        return self.wait(thread, [self.dispatcher(thread, handle)], False, timeout_ms, alertable)

    @syscall(rings=ANY_RING)
    def ke_wait_multiple(
        self,
        thread: Thread,
        handles: list[object] | tuple[object, ...],
        wait_all: bool = False,
        timeout_ms: int | float | None = None,
        alertable: bool = False,
    ) -> int:
        """Wait for any or for all of 1 to 64 objects.

        Returns: any: the lowest index that is satisfied, 128 + index for an abandoned mutex; all: 0, or 128 if one
                 was abandoned; 192 after a signal handler, if alertable; 258 when the time is over.
        Raises:  as ke_wait_single; INVALID_PARAMETER for the number of handles, or the same object twice for all.
        """
        if not 1 <= len(handles) <= MAX_WAIT_OBJECTS:
            raise StatusError(
                Status.INVALID_PARAMETER, f"1 to {MAX_WAIT_OBJECTS} objects can be waited for, not {len(handles)}"
            )
        objects = [self.dispatcher(thread, handle) for handle in handles]
        if wait_all and len({id(each) for each in objects}) != len(objects):
            raise StatusError(Status.INVALID_PARAMETER, "a wait for all names the same object twice")
        return self.wait(thread, objects, wait_all, timeout_ms, alertable)


if TYPE_CHECKING:
    Handle = str | int
