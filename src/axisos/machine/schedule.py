"""Whose turn it is, as chance has it: the schedules of a seeded machine.

Without one, the threads of programs run in the order in which they became ready, and lose the processor when their
quantum is used up. With one, the seed decides: any system call or checkpoint of a program may be its last for now,
and any ready thread may be the next. So thousands of seeds are thousands of interleavings, and each can be had again.

    random    now and then, at random, somebody else gets the processor; how often also differs from seed to seed
    pct:D     each thread has a priority, drawn when it is first seen, and the highest one that is ready runs; at
              D - 1 points, drawn beforehand, the running thread becomes the lowest of all. It finds bugs that need D
              steps in a certain order with a known probability (probabilistic concurrency testing).

Called by   the kernel's scheduler: `is_due` at each point where it may change threads, `choose` for the next one.
Always so   as long as one thread of a program is ready at a time, nothing is asked, and all seeds are the same.
"""

from __future__ import annotations

from functools import partial
from random import Random

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from axisos.machine.entropy import Chance

MEAN_STEPS = (2, 5, 20, 100)  # between two changes of threads; a run has one of these
LEAST_STEPS, MOST_STEPS = 3, 12  # a run with change points is taken to have 2 ** so many steps
MAX_DEPTH = 100


class Schedule:
    """Decides who runs. The seed is asked for when there is first something to decide."""

    def is_due(self, thread: Any) -> bool:
        """Whether the running thread must let the schedule choose again; asked at each step while others are ready."""
        raise NotImplementedError

    def choose(self, threads: Sequence[Any]) -> int:
        """Index of the thread that runs next; *threads* has two or more, in the order in which they became ready."""
        raise NotImplementedError


class RandomSchedule(Schedule):
    """Changes threads at random times, to random ones."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._random: Random | None = None
        self._mean = 0
        self._left = 0  # steps until the next change

    def _begin(self) -> Random:
        self._random = random = Random(f"axisos schedule {self._chance.seed}")
        self._mean = random.choice(MEAN_STEPS)
        self._left = self._interval(random)
        return random

    def _interval(self, random: Random) -> int:
        return 1 + int(random.expovariate(1 / self._mean))

    def is_due(self, thread: Any) -> bool:
        random = self._random or self._begin()
        self._left -= 1
        if self._left:
            return False
        self._left = self._interval(random)
        return True

    def choose(self, threads: Sequence[Any]) -> int:
        random = self._random or self._begin()
        return int(random.random() * len(threads))


class PriorityChangeSchedule(Schedule):
    """The highest priority runs; at a few points the running thread's becomes the lowest."""

    def __init__(self, chance: Chance, depth: int) -> None:
        self._chance = chance
        self._depth = depth
        self._random: Random | None = None
        self._priorities: dict[int, float] = {}  # by thread id
        self._lowest = 0.0
        self._step = 0
        self._changes: set[int] = set()  # steps at which the running thread falls

    def _begin(self) -> Random:
        self._random = random = Random(f"axisos pct {self._depth} {self._chance.seed}")
        steps = 1 << random.randint(LEAST_STEPS, MOST_STEPS)
        self._changes = {random.randint(1, steps) for _ in range(self._depth - 1)}
        return random

    def is_due(self, thread: Any) -> bool:
        if self._random is None:
            self._begin()
        self._step += 1
        if self._step in self._changes:
            self._lowest -= 1.0
            self._priorities[thread.pid] = self._lowest
        return True

    def choose(self, threads: Sequence[Any]) -> int:
        random = self._random or self._begin()
        priorities = self._priorities
        for thread in threads:
            if thread.pid not in priorities:
                priorities[thread.pid] = random.random()
        ranks = [priorities[thread.pid] for thread in threads]
        return ranks.index(max(ranks))


def schedule_named(name: str) -> Callable[[Chance], Schedule]:
    """What makes the schedule that is meant by "random" or "pct:D". Raises ValueError."""
    if name == "random":
        return RandomSchedule
    kind, _, depth = name.partition(":")
    if kind == "pct" and depth.isdecimal() and 1 <= int(depth) <= MAX_DEPTH:
        return partial(PriorityChangeSchedule, depth=int(depth))
    raise ValueError(f'a schedule is "fifo", "random" or "pct:D" with D from 1 to {MAX_DEPTH}, not {name!r}')
