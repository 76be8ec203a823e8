"""How guests measure: a loop against an empty loop, the least of several batches, by the machine's clock."""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BATCHES = 25  # short ones: the least of them was left alone by whatever else the processor does


def least(loop: Callable[[int], object], turns: int, batches: int = BATCHES) -> float:
    """Seconds of one turn of *loop(turns)*, without the cost of an empty loop's turn."""
    best = empty = float("inf")
    for _ in range(batches):
        start = perf_counter()
        loop(turns)
        middle = perf_counter()
        _empty_loop(turns)
        best = min(best, middle - start)
        empty = min(empty, perf_counter() - middle)
    return max(best - empty, 0.0) / turns


def _empty_loop(turns: int) -> None:
    for _ in range(turns):
        pass
