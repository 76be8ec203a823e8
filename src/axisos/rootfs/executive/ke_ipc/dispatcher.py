"""Dispatcher objects: things that a thread can wait for, and the one way of waiting (manual, chapter 13.1).

Each kind says when it is *signaled* for a thread and what a satisfied wait *consumes*. Waiting for any or for all of
several, with a time limit, is the same for all kinds and stands here.

    thread ---- Wait ----> event    (queue, first come first served)
           \\--- Wait ----> mutex

Always so   whoever changes an object calls `wake_waiters`: it tests each waiter's own condition in order, consumes on
            its behalf, takes it out of all queues and only then makes it ready. So nothing is lost, nothing is taken
            twice, and a wait for all takes all or nothing. A wait stands in no queue once it is over, whichever way.
            A thread that runs a signal handler in the middle of a wait is passed over, keeps its place, and looks again
            when the handler is done: nothing is given to who may never come back for it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from abi import access as mask
from abi.status import Status, StatusError
from executive.messages import require_passive
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ob_manager import ObjectManager
    from executive.process import Thread, Wait
    from executive.scheduler import Scheduler

    Objects = tuple["Dispatcher", ...]

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
        self.waiters: deque[Wait] | tuple[()] = ()  # a queue, once somebody has waited: most objects never need one

    def signaled(self, thread: Thread) -> bool:
        """Whether a wait of *thread* would be satisfied now."""
        raise NotImplementedError

    def consume(self, thread: Thread) -> bool:
        """Take what a satisfied wait takes. Returns whether the object had been abandoned by its owner."""
        return False

    def deserted(self) -> None:
        """The last who waited has left, and not because the object was signaled."""

    def enqueue(self, wait: Wait) -> None:
        """Stand in the queue, at its end."""
        if type(self.waiters) is tuple:
            self.waiters = deque()
        self.waiters.append(wait)  # type: ignore[union-attr]


def satisfiable(thread: Thread, objects: Objects, wait_all: bool) -> bool:
    """Whether `satisfy` would consume."""
    return (all if wait_all else any)(each.signaled(thread) for each in objects)


def satisfy(thread: Thread, objects: Objects, wait_all: bool) -> int | None:
    """Consume and give the wait's result if it is satisfied now, else None."""
    if wait_all:
        if not satisfiable(thread, objects, True):
            return None
        abandoned = [each.consume(thread) for each in objects]  # every one, not until the first that was
        return ABANDONED if any(abandoned) else 0
    for index, each in enumerate(objects):
        if each.signaled(thread):
            return ABANDONED + index if each.consume(thread) else index
    return None


def leave(wait: Wait) -> None:
    """Take a wait out of every queue that it still stands in."""
    for each in wait.objects:
        waiters = each.waiters
        if not waiters:
            continue
        if waiters[0] is wait:
            waiters.popleft()
        else:
            try:
                waiters.remove(wait)
            except ValueError:
                continue  # whoever ended the wait has taken it out
        if not waiters:
            each.deserted()


class Waits:
    """Waiting, for one machine."""

    def __init__(self, scheduler: Scheduler, ob: ObjectManager) -> None:
        self._scheduler = scheduler
        self._ob = ob
        self.waits_issued = 0
        self.waits_satisfied = 0
        self.waits_timed_out = 0

    def dispatcher(self, thread: Thread, handle: object) -> Dispatcher:
        """The waitable object behind a handle. Raises: as handles do; NOT_WAITABLE."""
        entry = self._ob.entry_of(thread.process, handle)
        body = entry.header.body
        if not isinstance(body, Dispatcher):
            raise StatusError(Status.NOT_WAITABLE, f"{entry.header.type} objects cannot be waited for")
        if not entry.granted_access & mask.SYNCHRONIZE:
            raise StatusError(Status.ACCESS_DENIED, f"the handle to {entry.header.type} does not grant SYNCHRONIZE")
        return body

    def wake_waiters(self, changed: Dispatcher) -> int:
        """*changed* may satisfy waits now: end those, first come first served. Returns how many ended."""
        waiters = changed.waiters
        woken = at = 0
        while at < len(waiters):
            wait = waiters[at]
            thread = wait.thread
            if not wait.active or thread.killed or thread.wait is not wait:
                at += 1  # it leaves with another result, or runs a handler: it takes nothing
                continue
            if not changed.signaled(thread):
                break  # nor is it for anybody behind
            objects = wait.objects
            if len(objects) == 1:
                result: int | None = ABANDONED if changed.consume(thread) else 0
                del waiters[at]  # type: ignore[union-attr]
            else:
                result = satisfy(thread, objects, wait.wait_all)
                if result is None:
                    at += 1
                    continue
                leave(wait)
            self.waits_satisfied += 1
            self._scheduler.wake(wait, result)
            woken += 1
        return woken

    def look_again(self, wait: Wait) -> None:
        """The handler that a waiting thread has run is done: what it waits for may have come meanwhile."""
        result = satisfy(wait.thread, wait.objects, wait.wait_all)
        if result is not None:
            leave(wait)
            self.waits_satisfied += 1
            self._scheduler.wake(wait, result)

    def wait(
        self, thread: Thread, objects: Objects, wait_all: bool, timeout_ms: float | None, alertable: bool = False
    ) -> int:
        """Wait for any or all of *objects*. Returns the manual's wait result. Blocks the thread."""
        if thread.irql:
            require_passive(thread, "wait")
        self.waits_issued += 1
        result = satisfy(thread, objects, wait_all)
        if result is not None:
            self.waits_satisfied += 1
            return result
        return self._sleep(thread, objects, wait_all, timeout_ms, alertable)

    def _sleep(
        self, thread: Thread, objects: Objects, wait_all: bool, timeout_ms: float | None, alertable: bool
    ) -> int:
        """Stand in the queues until somebody satisfies the wait, or something else ends it."""
        wait, deadline = thread.wait, None
        if timeout_ms is not None:
            if timeout_ms <= 0:
                self.waits_timed_out += 1
                return TIMEOUT
            deadline = self._scheduler.call_in_ms(timeout_ms, self._time_out, wait)
        wait.objects = objects
        wait.wait_all = wait_all
        for each in objects:
            each.enqueue(wait)
        try:
            result = self._scheduler.block(thread, WAIT_ALERTABLE if alertable else WAIT_OBJECT)
        except BaseException:
            leave(wait)
            if deadline is not None:
                deadline.cancel()
            raise
        if deadline is not None:
            deadline.cancel()
        if result == INTERRUPTED:
            leave(wait)
        return result  # type: ignore[return-value]

    def _time_out(self, wait: Wait) -> None:
        leave(wait)
        self.waits_timed_out += 1
        self._scheduler.wake(wait, TIMEOUT)

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
        awaited = self.dispatcher(thread, handle)
        if thread.irql:
            require_passive(thread, "wait")
        self.waits_issued += 1
        if awaited.signaled(thread):  # as `satisfy` would do it
            self.waits_satisfied += 1
            return ABANDONED if awaited.consume(thread) else 0
        return self._sleep(thread, (awaited,), False, timeout_ms, alertable)

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
        Blocks:  the calling thread.
        Raises:  as ke_wait_single; INVALID_PARAMETER for the number of handles, or the same object twice for all.
        """
        if not 1 <= len(handles) <= MAX_WAIT_OBJECTS:
            raise StatusError(
                Status.INVALID_PARAMETER, f"1 to {MAX_WAIT_OBJECTS} objects can be waited for, not {len(handles)}"
            )
        objects = tuple([self.dispatcher(thread, handle) for handle in handles])
        if wait_all and len({id(each) for each in objects}) != len(objects):
            raise StatusError(Status.INVALID_PARAMETER, "a wait for all names the same object twice")
        return self.wait(thread, objects, wait_all, timeout_ms, alertable)


if TYPE_CHECKING:
    Handle = str | int
