"""Schedules: the seed decides who runs, the same seed decides the same."""

from __future__ import annotations

import pytest

from axisos import Machine
from kernelrig import BareMachine

THREE = """
def work(name):
    def run():
        for _ in range(3):
            say(name)
    return run

for thread in [syscall("process_thread", work(name)) for name in "abc"]:
    syscall("process_wait", thread)
"""


def heard(seed: int, schedule: str) -> str:
    """What three threads say under a schedule."""
    with BareMachine(seed, schedule) as bare:
        bare.run(THREE)
        return "".join(bare.said())


def test_without_a_schedule_all_seeds_run_in_order() -> None:
    """First come first served, whatever the seed."""
    assert {heard(seed, "fifo") for seed in range(5)} == {"aaabbbccc"}


@pytest.mark.parametrize("schedule", ["random", "pct:3"])
def test_a_schedule_has_many_orders_and_each_seed_has_its_own(schedule: str) -> None:
    """The same one each time; every thread comes to its end."""
    first = [heard(seed, schedule) for seed in range(12)]
    assert len(set(first)) > 4
    assert first == [heard(seed, schedule) for seed in range(12)]
    assert all(sorted(order) == sorted("aaabbbccc") for order in first)


def test_a_thread_that_spins_keeps_nobody_from_running_for_ever() -> None:
    """Its quantum ends under every schedule, that of priorities too."""
    spinner = """
done = []
syscall("process_thread", lambda: done.append(1))
while not done:
    pass
say("done")
"""
    for schedule in ("random", "pct:1", "pct:3"):
        for seed in range(8):
            with BareMachine(seed, schedule) as bare:
                bare.run(spinner)
                assert bare.said() == ["done"], (schedule, seed)


@pytest.mark.parametrize("name", ["", "fair", "pct", "pct:0", "pct:x", "pct:101"])
def test_an_unknown_schedule_is_refused_with_the_known_ones(name: str) -> None:
    """Its depth is a whole number within bounds."""
    with pytest.raises(ValueError, match=r'"fifo", "random" or "pct:D"'):
        Machine(seed=1, schedule=name)


def test_a_machine_without_a_seed_has_no_schedule() -> None:
    """There would be nothing to decide by."""
    with pytest.raises(ValueError, match="seeded"):
        Machine(schedule="random")
