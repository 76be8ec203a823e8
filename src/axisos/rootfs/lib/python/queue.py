"""Queues that hand things from thread to thread, on the locks and conditions of `threading`.

Waiting for a queue blocks the calling thread only. All times are seconds.
"""

from __future__ import annotations

import threading
from collections import deque
from heapq import heappop, heappush

from _waiting import Line, deadline_after, left_until

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Empty", "Full", "LifoQueue", "PriorityQueue", "Queue", "SimpleQueue"]


class Empty(Exception):
    """There was nothing in the queue, or nothing in time."""


class Full(Exception):
    """There was no room in the queue, or none in time."""


class Queue:
    """First in, first out; for at most *maxsize* things, 0 = any number.

    A subclass gives another order by `_init`, `_qsize`, `_put` and `_get`, which are called with `mutex` held.
    """

    def __init__(self, maxsize: int = 0) -> None:
        self.maxsize = maxsize
        self._init(maxsize)
        self.mutex = threading.Lock()
        self.not_empty = threading.Condition(self.mutex)
        self.not_full = threading.Condition(self.mutex)
        self.all_tasks_done = threading.Condition(self.mutex)
        self.unfinished_tasks = 0

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put *item* in. Blocks while the queue is full; Full if there was no room in time."""
        with self.not_full:
            if self.maxsize > 0:
                _await(self.not_full, lambda: self._qsize() < self.maxsize, block, timeout, Full)
            self._put(item)
            self.unfinished_tasks += 1
            self.not_empty.notify()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the next thing out. Blocks while the queue is empty; Empty if nothing came in time."""
        with self.not_empty:
            _await(self.not_empty, self._qsize, block, timeout, Empty)
            item = self._get()
            self.not_full.notify()
            return item

    def put_nowait(self, item: Any) -> None:
        """`put` that never blocks."""
        self.put(item, False)

    def get_nowait(self) -> Any:
        """`get` that never blocks."""
        return self.get(False)

    def task_done(self) -> None:
        """Say that one thing which was taken out has been dealt with; ValueError if all have been."""
        with self.all_tasks_done:
            if self.unfinished_tasks <= 0:
                raise ValueError("task_done() called too many times")
            self.unfinished_tasks -= 1
            if not self.unfinished_tasks:
                self.all_tasks_done.notify_all()

    def join(self) -> None:
        """Wait until `task_done` has been called for everything that was put in."""
        with self.all_tasks_done:
            self.all_tasks_done.wait_for(lambda: not self.unfinished_tasks)

    def qsize(self) -> int:
        """How many things are in it now."""
        with self.mutex:
            return self._qsize()

    def empty(self) -> bool:
        """Whether it is empty now."""
        return not self.qsize()

    def full(self) -> bool:
        """Whether it is full now."""
        return 0 < self.maxsize <= self.qsize()

    def _init(self, maxsize: int) -> None:
        self.queue: Any = deque()

    def _qsize(self) -> int:
        return len(self.queue)

    def _put(self, item: Any) -> None:
        self.queue.append(item)

    def _get(self) -> Any:
        return self.queue.popleft()


class PriorityQueue(Queue):
    """The smallest first; often of pairs (priority, thing)."""

    def _init(self, maxsize: int) -> None:
        self.queue = []

    def _put(self, item: Any) -> None:
        heappush(self.queue, item)

    def _get(self) -> Any:
        return heappop(self.queue)


class LifoQueue(Queue):
    """Last in, first out."""

    def _init(self, maxsize: int) -> None:
        self.queue = []

    def _get(self) -> Any:
        return self.queue.pop()


class SimpleQueue:
    """First in, first out, of any length, without tasks. `put` takes no lock: a signal's handler may call it."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._line = Line()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put *item* in. Never blocks; *block* and *timeout* are there for likeness with `Queue`."""
        self._items.append(item)
        if self._line.waiters:
            self._line.call()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the next thing out. Blocks while the queue is empty; Empty if nothing came in time."""
        if block and timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not self._items:
            if not block:
                raise Empty
            deadline = deadline_after(timeout)
            while not self._items:
                if not self._line.wait(left_until(deadline), self.empty) and not self._items:
                    raise Empty
        return self._items.popleft()

    def put_nowait(self, item: Any) -> None:
        """`put`."""
        self.put(item)

    def get_nowait(self) -> Any:
        """`get` that never blocks."""
        return self.get(False)

    def qsize(self) -> int:
        """How many things are in it now."""
        return len(self._items)

    def empty(self) -> bool:
        """Whether it is empty now."""
        return not self._items


def _await(
    condition: threading.Condition, ready: Callable[[], Any], block: bool, timeout: float | None, otherwise: type,
) -> None:
    """Wait until *ready*, or raise *otherwise* when that takes too long."""
    if not block:
        timeout = 0.0
    elif timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
    if not condition.wait_for(ready, timeout):
        raise otherwise
