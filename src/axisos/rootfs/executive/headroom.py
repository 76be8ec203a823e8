"""Stack for what must not fail half way.

A program may call the system from the bottom of a recursion. Where that leaves a table half changed for want of a
frame or two, the kernel lends itself some frames for the time. Nothing that switches threads may run in that time.
"""

from __future__ import annotations

from sys import getrecursionlimit, setrecursionlimit
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

FRAMES = 200


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
