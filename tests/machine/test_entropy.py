"""Randomness: no two processes of the host draw the same, and a seed's streams are its own."""

from __future__ import annotations

import os

from axisos.machine.entropy import Chance, ChanceEntropy, HostEntropy, SeededEntropy


def test_what_is_drawn_is_as_long_as_asked_for_and_not_drawn_again() -> None:
    entropy = HostEntropy()
    drawn = [entropy.bytes(size) for size in (0, 1, 10, 255, 256, 257, 5000, 0, 3) for _ in range(40)]
    assert [len(each) for each in drawn] == [size for size in (0, 1, 10, 255, 256, 257, 5000, 0, 3) for _ in range(40)]
    long_ones = [each for each in drawn if len(each) > 8]
    assert len(set(long_ones)) == len(long_ones)


def test_a_forked_process_does_not_repeat_its_parents_bytes() -> None:
    """It has the same page of random bytes in its memory, and must not draw from it."""
    entropy = HostEntropy()
    entropy.bytes(10)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, entropy.bytes(32))
        os._exit(0)
    os.waitpid(pid, 0)
    childs = os.read(reading, 32)
    os.close(reading)
    os.close(writing)
    assert len(childs) == 32 and childs != entropy.bytes(32)


def test_programs_draw_from_a_stream_of_the_seed_that_is_asked_for_once() -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return 7

    chance = Chance(ask)
    programs = ChanceEntropy(chance)
    assert asked == []
    first = programs.bytes(16)
    assert first == SeededEntropy(7, "programs").bytes(16) != SeededEntropy(7).bytes(16)
    assert programs.bytes(16) != first
    assert (asked, chance.seed) == ([1], 7)
