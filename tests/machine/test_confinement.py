"""The wall around a machine's own process: limits of the host, a watch over the collector, a pulse for the parent."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import axisos
from axisos import Machine, heartbeat
from axisos.heartbeat import Heart, Pulse
from axisos.machine.collector import CollectorWatch
from axisos.machine.footprint import Footprint


def in_a_process(source: str) -> str:
    """What a Python process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(axisos.__file__).parents[1])},
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other hosts have other limits")
def test_a_confined_process_ends_in_memory_errors_not_in_crashes() -> None:
    """The heap ends first, and what fits into it can be nested as deeply as it likes."""
    assert in_a_process("""
from axisos.machine.confinement import confine
confine(100 << 20)
try: x = bytearray(400 << 20)
except MemoryError: print("the heap ends")
nested = ()
for _ in range(500_000): nested = (nested,)
print(type(hash(nested)).__name__)
""") == "the heap ends\nint\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other hosts have other limits")
def test_tighter_limits_of_the_host_are_kept() -> None:
    """Confining never raises a hard limit, and a second confinement does not loosen the first."""
    assert in_a_process("""
import resource
resource.setrlimit(resource.RLIMIT_STACK, (4 << 20, 16 << 20))
from axisos.machine.confinement import confine
confine(100 << 20)
first = resource.getrlimit(resource.RLIMIT_DATA)
confine(1000 << 20)
print(resource.getrlimit(resource.RLIMIT_STACK)[0] <= 16 << 20, resource.getrlimit(resource.RLIMIT_DATA) == first)
""") == "True True\n"


def test_the_collector_is_seen_while_it_runs() -> None:
    """`running` is true inside a finalizer that the collector calls, and only there; stopped, it follows no more."""
    watch = CollectorWatch()
    seen: list[bool] = []

    class Cycle:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            seen.append(watch.running)

    watch.start()
    watch.start()
    Cycle()
    gc.collect()
    assert seen == [True] and not watch.running
    watch.stop()
    watch.stop()
    Cycle()
    gc.collect()
    assert seen == [True, False]


def test_a_machine_leaves_no_callback_behind() -> None:
    """Switched off, it follows the collector no longer."""
    before = list(gc.callbacks)
    with Machine(seed=1, profile="bare", boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.run_until_idle()
        assert len(gc.callbacks) == len(before) + 1
    assert gc.callbacks == before


def test_a_finalizer_inside_the_collector_may_not_wait() -> None:
    """A generator that sleeps when it is collected gets GeneratorExit instead; nobody is stuck, and others go on."""
    from kernelrig import BareMachine

    with BareMachine() as bare:
        bare.start("""
def sleeper(box):
    try: yield
    finally:
        try:
            syscall("process_sleep", 1000)
            say("slept")
        except GeneratorExit: say("may not")
box = []
box.append(sleeper(box))
next(box[0])
del box
many = [[] for _ in range(5000)]  # the collector runs, and finds what nobody reaches
say("goes on")
""")
        bare.machine.run_for(0.5)
        assert bare.said() == ["may not", "goes on"]


def test_others_finalizers_are_called_to_order() -> None:
    """While the collector runs too long, or anywhere while the machine is idle, the flags of all programs go up."""
    from kernelrig import BareMachine

    with BareMachine() as bare:
        raised: list[int] = []
        processes = [bare.run("syscall('signal_pull')") for _ in range(2)]
        for process in processes:
            process.sandbox = SimpleNamespace(raise_flag=lambda pid=process.pid: raised.append(pid))
        scheduler, collector = bare.kernel.scheduler, bare.machine.computer.collector
        scheduler.current, scheduler.idle = processes[0].main, False
        scheduler.slice_start_ns = scheduler.now_ns()
        bare.machine.clock.advance_ns(60_000_000)
        scheduler.tick()
        assert raised == [processes[0].pid]

        raised.clear()
        collector.running = True
        scheduler.tick()
        collector.running = False
        assert raised == [processes[0].pid, *(process.pid for process in processes)]

        raised.clear()
        gc.collect()
        assert raised == []
        scheduler.current, scheduler.idle = scheduler.kernel_thread, True
        gc.collect()
        assert raised[:2] == [process.pid for process in processes]
        for process in processes:
            process.sandbox = None


def test_a_pulse_that_stops_while_the_child_computes_means_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence after a beat counts, but not of an idle child, nor of one that was not let run, nor before the first."""
    now, busy = [100.0], [1.0]
    monkeypatch.setattr(heartbeat, "monotonic", lambda: now[0])
    read, write = os.pipe()
    heart, pulse = Heart(write), Pulse(read, os.getpid())
    monkeypatch.setattr(Pulse, "_processor_s", lambda self: busy[0])

    assert pulse.left_s() is None and not pulse.is_stuck()
    heart.beat()
    assert pulse.feel() and pulse.left_s() == heartbeat.PATIENCE_S
    now[0] += heartbeat.PATIENCE_S
    busy[0] += 1.0
    assert not pulse.is_stuck(), "it had a second of the processor: its host is slow"
    now[0] += heartbeat.PATIENCE_S
    busy[0] += heartbeat.PATIENCE_S
    assert pulse.is_stuck()

    heart.beat()
    assert pulse.feel() and not pulse.is_stuck()
    for _ in range(100):  # idle for an hour
        now[0] += heartbeat.PATIENCE_S
        assert not pulse.is_stuck()
    os.close(write)
    assert not pulse.feel()
    os.close(read)


def test_the_footprint_grows_with_what_is_held() -> None:
    """Where the host tells it; closed, it is 0."""
    footprint = Footprint()
    assert footprint.resident_bytes() == 0
    footprint.open()
    before = footprint.resident_bytes()
    held = bytearray(os.urandom(1 << 20)) * 64  # more than an allocator takes out of what was freed before
    assert before == 0 or footprint.resident_bytes() - before > len(held) // 2
    footprint.close()
    assert footprint.resident_bytes() == 0
