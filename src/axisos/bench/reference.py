"""What the figures are held against: the cost of the simplest things in plain Python, measured in the same run.

G, the greenlet round trip, is the unit of most budgets: there and back between two greenlets that do nothing else. No
call that changes over to another process and back can cost less.
"""

from __future__ import annotations

from time import perf_counter

from greenlet import getcurrent, greenlet

from axisos.bench.rows import Reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BATCHES = 15
TURNS = 10_000


def least(loop: Callable[[int], object], turns: int, batches: int = BATCHES) -> float:
    """Seconds of one turn of *loop(turns)*: the least of several batches, without the cost of an empty loop's turn."""
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


def greenlet_round_trip(turns: int = TURNS) -> float:
    """Seconds for a switch to another greenlet and the switch back."""
    here = getcurrent()

    def answer() -> None:
        switch = here.switch
        while True:
            switch()

    other = greenlet(answer)
    other.switch()

    def ask(count: int) -> None:
        switch = other.switch
        for _ in range(count):
            switch()

    try:
        return least(ask, turns)
    finally:
        other.throw()


def plain_call(turns: int = TURNS) -> float:
    """Seconds for the call of a function with one argument that does nothing."""

    def nothing(_: object) -> None:
        pass

    def call(count: int) -> None:
        for _ in range(count):
            nothing(None)

    return least(call, turns)


def plain_loop(turns: int = TURNS) -> float:
    """Seconds for one turn of a counting loop."""
    best = float("inf")
    for _ in range(BATCHES):
        start = perf_counter()
        count = 0
        while count < turns:
            count += 1
        best = min(best, perf_counter() - start)
    return best / turns


class References:
    """The references of one run: the least that was seen so far, as the figures are the least of their batches.

    Who else uses the processor would otherwise make a budget in G look kept that is not.
    """

    __slots__ = ("call", "loop", "round_trip")

    def __init__(self) -> None:
        self.round_trip = Reference("G", float("inf"), sign="G")
        self.call = Reference("plain call", float("inf"))
        self.loop = Reference("plain loop", float("inf"))
        self.measure()

    def measure(self) -> None:
        """Measure again; takes some 50 ms. Rows that were made before see what comes out, too."""
        for reference, measured in (
            (self.round_trip, greenlet_round_trip), (self.call, plain_call), (self.loop, plain_loop)
        ):
            reference.value = min(reference.value, measured())
