"""The interrupt timer: a thread that calls back, sleeps, and is gone when the machine is."""

from __future__ import annotations

import threading
import time

import pytest

from axisos.machine.interrupt import InterruptTimer

from .conftest import Boot


def test_it_sleeps_until_it_is_kicked() -> None:
    """None parks it; a kick wakes it, and only then is it asked again."""
    timer = InterruptTimer()
    asked = threading.Semaphore(0)
    delays: list[float | None] = [0.0, 0.0, None, None]

    def callback() -> float | None:
        asked.release()
        return delays.pop(0) if delays else None

    timer.start(callback)
    for _ in range(4):
        assert asked.acquire(timeout=5)
    assert not asked.acquire(timeout=0.01)
    assert timer.parked
    timer.kick()
    assert asked.acquire(timeout=5)
    timer.stop()
    timer.stop()
    assert not timer.parked


def test_no_kick_is_lost() -> None:
    """Work that comes while the thread is about to sleep is seen."""
    timer = InterruptTimer()
    work = 0
    done = 0

    def callback() -> float | None:
        nonlocal done
        if done == work:
            return None
        done = work
        return 0.0

    timer.start(callback)
    for number in range(1, 80):
        work = number
        timer.kick()
        limit = time.monotonic() + 5
        while done != number:
            assert time.monotonic() < limit, f"kick {number} was lost"
    timer.stop()


def test_it_starts_once_and_again() -> None:
    """Twice at a time is an error; after a stop it can begin anew."""
    timer = InterruptTimer()
    timer.start(lambda: None)
    with pytest.raises(RuntimeError, match="running already"):
        timer.start(lambda: None)
    timer.stop()
    timer.start(lambda: 1000.0)
    timer.stop()


def test_a_machine_stops_its_timer(boot: Boot) -> None:
    """No thread outlives the power; a seeded machine has no timer."""
    machine = boot("""
calls = []
computer.publish(calls)
def due():
    calls.append(1)
    computer.push_signal("due")
    return 0.001
computer.interrupt_timer.start(due)
while True:
    computer.pull_signal()
""", seed=None)  # fmt: skip
    machine.run_until(lambda: len(machine.kernel or ()) >= 3)
    machine.power_off()
    before = len(machine.kernel)
    time.sleep(0.01)  # a thread that was left would call in this time
    assert len(machine.kernel) == before
    assert boot("").computer.interrupt_timer is None
