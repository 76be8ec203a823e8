"""Stack for what must not fail half way.

A program may call the system, or be preempted, at the bottom of a recursion. Where that would leave a table half
changed for want of a frame or two, it must fail before anything has changed: `isinstance(None, ROOM)` raises
RecursionError unless there are ROOM_LEVELS levels left, and costs less than a call. Ending a process may not fail
at all: it is lent frames for the time. Nothing that switches threads may run in that time.
"""

from __future__ import annotations

from sys import getrecursionlimit, setrecursionlimit
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

ROOM_LEVELS = 24  # the deepest system call takes 14 up to its switch
FRAMES = 200


def _nested(levels: int) -> Any:
    """A tuple in a tuple in a tuple ...: `isinstance` goes down all of them, and Python counts each as a call."""
    nested: Any = type(None)
    for _ in range(levels):
        nested = (nested,)
    return nested


ROOM = _nested(ROOM_LEVELS)


def with_headroom(action: Callable[..., T], *args: object) -> T:
    """`action(*args)` with 200 frames more than the caller has left."""
    limit = _recursion_limit()
    setrecursionlimit(limit + FRAMES)
    try:
        return action(*args)
    finally:
        setrecursionlimit(limit)


def _recursion_limit() -> int:
    """Asked for one frame further down, so that whoever gets the answer can set the limit again."""
    return getrecursionlimit()
