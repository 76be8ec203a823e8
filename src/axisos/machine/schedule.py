"""Whose turn it is, as chance has it: the schedules of a seeded machine.

Without one, the threads of programs run in the order in which they became ready, and lose the processor when their
quantum is used up. With one, the seed decides: any system call or checkpoint of a program may be its last for now,
and any ready thread may be the next. So thousands of seeds are thousands of interleavings, and each can be had again.

    random    now and then, at random, somebody else gets the processor; how often also differs from seed to seed
    pct:D     each thread has a priority, drawn when it is first seen, and the highest one that is ready runs; at
              D - 1 points, drawn beforehand, the running thread becomes the lowest of all. It finds bugs that need D
              steps in a certain order with a known probability (probabilistic concurrency testing).

Called by   the kernel's scheduler: `is_due` at each point where it may change threads, `choose` for the next one.
Always so   until `begin` everything goes on in order, so all runs of one machine are the same up to there.
"""

from __future__ import annotations

from random import Random

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MEAN_STEPS = (2, 5, 20, 100)  # between two changes of threads; a run has one of these
MOST_STEPS = 16  # a run with change points is taken to have up to 2 ** this many steps
MAX_DEPTH = 100


class Schedule:
    """In order, until `begin`."""

    def begin(self, seed: int) -> None:
        """From here on *seed* decides."""

    def is_due(self, thread: Any) -> bool:
        """Whether the running thread must let the schedule choose again. Called once at each step of a program."""
        return False

    def choose(self, threads: Sequence[Any]) -> int:
        """Index of the thread that runs next; *threads* has two or more, in the order in which they became ready."""
        return 0


class RandomSchedule(Schedule):
    """Changes threads at random times, to random ones."""

    def __init__(self) -> None:
        self._random: Random | None = None
        self._mean = 0
        self._left = 0  # steps until the next change; never 0 before `begin`

    def begin(self, seed: int) -> None:
        self._random = random = Random(f"axisos schedule {seed}")
        self._mean = random.choice(MEAN_STEPS)
        self._left = self._interval(random)

    def _interval(self, random: Random) -> int:
        return 1 + int(random.expovariate(1 / self._mean))

    def is_due(self, thread: Any) -> bool:
        self._left -= 1
        if self._left or self._random is None:
            return False
        self._left = self._interval(self._random)
        return True

    def choose(self, threads: Sequence[Any]) -> int:
        return 0 if self._random is None else int(self._random.random() * len(threads))


class PriorityChangeSchedule(Schedule):
    """The highest priority runs; at a few points the running thread's becomes the lowest."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._random: Random | None = None
        self._priorities: dict[int, float] = {}  # by thread id
        self._lowest = 0.0
        self._step = 0
        self._changes: set[int] = set()  # steps at which the running thread falls

    def begin(self, seed: int) -> None:
        self._random = random = Random(f"axisos pct {self._depth} {seed}")
        steps = 1 << random.randint(4, MOST_STEPS)
        self._changes = {random.randint(1, steps) for _ in range(self._depth - 1)}

    def is_due(self, thread: Any) -> bool:
        if self._random is None:
            return False
        self._step += 1
        if self._step in self._changes:
            self._lowest -= 1.0
            self._priorities[thread.pid] = self._lowest
        return True

    def choose(self, threads: Sequence[Any]) -> int:
        if self._random is None:
            return 0
        ranks = [self._priority(thread.pid) for thread in threads]
        return ranks.index(max(ranks))

    def _priority(self, pid: int) -> float:
        priority = self._priorities.get(pid)
        if priority is None:
            assert self._random is not None
            priority = self._priorities[pid] = self._random.random()
        return priority


def schedule_named(name: str) -> Schedule:
    """The schedule that is meant by "random" or "pct:D". Raises ValueError."""
    if name == "random":
        return RandomSchedule()
    kind, _, depth = name.partition(":")
    if kind == "pct" and depth.isdecimal() and 1 <= int(depth) <= MAX_DEPTH:
        return PriorityChangeSchedule(int(depth))
    raise ValueError(f'a schedule is "fifo", "random" or "pct:D" with D from 1 to {MAX_DEPTH}, not {name!r}')
