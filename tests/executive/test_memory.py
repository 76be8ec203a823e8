"""Memory: what a program adds is booked to it, and who holds too much is told, then ended; others go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from executive.memory import KERNEL_BYTES
from kernelrig import BareMachine

MIB = 1 << 20


class Heap:
    """A host whose memory the test moves; the machine has 100 MiB beside what the kernel takes."""

    def __init__(self, bare: BareMachine) -> None:
        self.bare = bare
        self.size = 10 * MIB
        self.memory = bare.kernel.scheduler.on_weigh.__self__
        self.memory._resident = lambda: self.size
        self.memory._last_bytes = self.size
        self.memory._total_bytes = 100 * MIB + KERNEL_BYTES

    def slice_of(self, process: Any, grown_mib: float) -> None:
        """A slice of the process in which the host's memory grows; then the machine goes on."""
        self.size += int(grown_mib * MIB)
        self.memory.weigh(process.main, self.bare.kernel.scheduler.now_ns())
        self.memory._last_bytes = self.size
        self.bare.machine.run_for(0.01)


SLEEPER = "try:\n    while True: syscall('process_sleep', 1)\nexcept MemoryError as error:\n    say(error)\n"
STUBBORN = """
while True:
    try:
        while True: syscall('process_sleep', 1)
    except MemoryError: pass
"""


@pytest.fixture
def heap() -> Iterator[Heap]:
    with BareMachine() as bare:
        bare.kernel.scheduler.weigh_ns = 1 << 62
        yield Heap(bare)


def test_what_a_slice_adds_is_its_processes(heap: Heap) -> None:
    """Growth is booked to who ran, giving back as well; never below nothing; a dead one's is gone from its user's."""
    one, two = heap.bare.start(STUBBORN), heap.bare.start(STUBBORN)
    heap.bare.machine.run_for(0.01)
    heap.slice_of(one, 20)
    heap.slice_of(two, 5)
    heap.slice_of(one, -8)
    assert [each.ledger.held_bytes // MIB for each in (one, two)] == [12, 5]
    heap.slice_of(two, -9)
    assert two.ledger.held_bytes == 0 and one.account.held_bytes // MIB == 12
    heap.bare.kernel.processes.terminate(one, 0, "done")
    assert one.account.held_bytes == 0


def test_too_much_is_an_error_first_and_the_end_if_it_goes_on(heap: Heap) -> None:
    """MemoryError names the limit and may be caught; who then takes a quarter more is ended with its reason."""
    process = heap.bare.start(STUBBORN)
    polite = heap.bare.start(SLEEPER)
    heap.bare.machine.run_for(0.01)
    heap.memory._processes.limits.of(0, 3).memory_percent = 40
    heap.slice_of(polite, 50)
    assert heap.bare.said() == ["it may hold 43 MiB (limit memory_percent); it holds 50 MiB"]
    heap.slice_of(process, 45)
    assert process.status != "dead"
    heap.slice_of(process, 5)
    assert process.status != "dead"
    heap.slice_of(process, 10)
    assert process.exit_status == 137
    assert process.exit_reason == "memory: it may hold 43 MiB (limit memory_percent); it holds 60 MiB"


def test_the_largest_process_pays_when_the_machine_is_full(heap: Heap) -> None:
    """Not the one that asks for the last bit, nor a small one; it is logged."""
    small, large, last = (heap.bare.start(STUBBORN) for _ in range(3))
    heap.bare.machine.run_for(0.01)
    heap.memory._processes.limits.of(0, 3).memory_percent = 200
    heap.memory._processes.limits.of(0, 3).user_memory_percent = 200
    heap.slice_of(small, 10)
    heap.slice_of(large, 60)
    heap.slice_of(last, 40)
    assert [each.status == "dead" for each in (small, large, last)] == [False, True, False]
    assert large.exit_reason == "memory: the machine is out of memory; it holds 60 MiB"
    assert any(entry["level"] == "fail" and "out of memory" in str(entry["msg"])
               for entry in heap.bare.kernel.log.newest(50))  # fmt: skip


def test_a_user_has_a_share_for_all_programs_together(heap: Heap) -> None:
    """Many small ones are as good as a large one: the largest of that user's ends."""
    crowd = [heap.bare.start(STUBBORN) for _ in range(4)]
    heap.bare.machine.run_for(0.01)
    heap.memory._processes.limits.of(0, 3).user_memory_percent = 50
    for size, process in zip((10, 20, 12, 15), crowd, strict=True):
        heap.slice_of(process, size)
    assert [each.status == "dead" for each in crowd] == [False, True, False, False]


def test_a_simulation_shows_no_figures_of_the_host(heap: Heap) -> None:
    """`free` and `ps` are the same on every host, whatever was booked."""
    process = heap.bare.start(STUBBORN)
    heap.bare.machine.run_for(0.01)
    before = heap.bare.machine.computer.free_memory()
    heap.slice_of(process, 30)
    assert heap.bare.machine.computer.free_memory() == before


def test_what_the_dead_held_is_collected_when_somebody_grows(heap: Heap) -> None:
    """Python's collector counts objects, not bytes: a hundred short programs in turn would fill the host's memory."""
    collected = []
    heap.memory._collect = lambda: collected.append(heap.size // MIB)
    heap.memory._clean_bytes = heap.size
    first, second = heap.bare.start(STUBBORN), heap.bare.start(STUBBORN)
    heap.bare.machine.run_for(0.01)
    heap.slice_of(first, 40)
    assert collected == []  # nobody has ended

    heap.bare.kernel.processes.terminate(first, 0, "exited")
    heap.bare.machine.run_for(0.01)
    heap.slice_of(second, 1)
    assert collected == [51]
    heap.bare.kernel.processes.terminate(heap.bare.start(STUBBORN), 0, "exited")
    heap.slice_of(second, 30)
    assert collected == [51]
    heap.slice_of(second, 2)
    assert collected == [51, 83]
