"""Kernel objects that processes wait for and talk through: alone, between two processes, and with many waiters.

All guests run at ring 3 in a machine without services, and call the kernel directly.
"""

from __future__ import annotations

import json

from axisos.bench.lab import GUEST_HOME, Lab, Session, guest_source, probe_command
from axisos.bench.memory import output, resident_bytes
from axisos.bench.rows import BYTES, BYTES_PER_SECOND, Budget, Reference, Row

TURNS = 2_000  # a batch

ALONE = (  # name, the guest's figure, budget in G
    ("create and close an event", "create_close", 12),
    ("wait for an event that is set", "wait_signaled", 3),
    ("acquire and release a free mutex", "mutex", 6.5),
    ("wait for a free semaphore and release it", "semaphore", 6.5),
    ("send and receive in a message queue", "queue", 8),
)
PAIR = (
    ("event ping-pong", "event", 12),
    ("semaphore ping-pong", "semaphore", 12),
    ("pipe ping-pong, one byte", "pipe", 15),
    ("message queue ping-pong", "queue", 14),
)
STREAMS = (  # name, the guest's figure, budget in bytes a second
    ("pipe, 64 KiB at a time", "64K", 2e9),
    ("pipe, 4 KiB at a time", "4K", 600e6),
    ("pipe, writes of 64 bytes", "64", 25e6),
)
SIGNALS_BUDGET_G = 14
PROCESSES, THREADS = 10, 1_000  # as many as have an event each: a process may have 1,024 handles
FEW = 10  # what waking one of all those is compared with
CROWD_BUDGET = 1.5
WAKE_UPS = 10_000  # a batch
SLEEPERS, SLEEP_ROUNDS = 1_000, 15
SLEEPERS_BUDGET_G = 10
HERD, SMALL_HERD = 1_000, 100
HERD_BUDGET = 1.3
HOLDERS, HELD = 20, 1_000
HELD_BUDGET = 1.5e3  # bytes


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    g, turns = session.g, session.turns(TURNS)
    with Lab() as lab:
        lab.start("ipc_alone", turns=turns)
        alone = lab.report()
        lab.put(f"{GUEST_HOME}/ipc_partner.py", guest_source("ipc_partner"))
        lab.start("ipc_pair", turns=turns, partner=f"{GUEST_HOME}/ipc_partner.py")
        pair = lab.report()
        peer = lab.start("ipc_signals", turns=turns, peer=0)
        lab.start("ipc_signals", turns=turns, peer=peer)
        signals = lab.report()
    few = Reference(f"one of {FEW}", _crowd(session, 1, FEW))
    threads = session.turns(THREADS)
    many = _crowd(session, PROCESSES, threads)
    sleepers = max(2, session.turns(SLEEPERS))
    small_herd = Reference(f"of {SMALL_HERD}", _herd(session, SMALL_HERD))
    herd = session.turns(HERD)
    held = json.loads(output(probe_command("ipc", str(session.turns(HOLDERS)))))
    return [
        *(Row(name, alone[key], reference=g, budget=Budget(limit, relative=True)) for name, key, limit in ALONE),
        *(Row(name, pair[key], reference=g, budget=Budget(limit, relative=True)) for name, key, limit in PAIR),
        Row("POSIX signal ping-pong", signals, reference=g, budget=Budget(SIGNALS_BUDGET_G, relative=True)),
        *(Row(name, pair[key], BYTES_PER_SECOND, budget=Budget(limit, at_least=True)) for name, key, limit in STREAMS),
        Row(f"wake one of {FEW} threads, each with an event", few.value, reference=g),
        Row(
            f"wake one of {PROCESSES * threads:,} such threads", many, reference=few,
            budget=Budget(CROWD_BUDGET, relative=True),
        ),
        Row(
            f"wake each of {sleepers:,} sleeping threads", _sleepers(session, sleepers), reference=g,
            budget=Budget(SLEEPERS_BUDGET_G, relative=True),
        ),
        Row(f"wake each of {SMALL_HERD} at one event", small_herd.value, reference=g),
        Row(
            f"wake each of {herd:,} at one event", _herd(session, herd), reference=small_herd,
            budget=Budget(HERD_BUDGET, relative=True),
        ),
        Row("memory of an event and its handle", held, BYTES, budget=Budget(HELD_BUDGET)),
    ]


def _crowd(session: Session, processes: int, threads: int) -> float:
    """Seconds to wake one of the threads, each of which waits for an event of its own."""
    laps = max(1, session.turns(WAKE_UPS) // (processes * threads))
    with Lab() as lab:
        child = f"{GUEST_HOME}/ipc_waiters.py"
        lab.put(child, guest_source("ipc_waiters"))
        lab.start("ipc_crowd", child=child, processes=processes, threads=threads, laps=laps)
        return float(lab.report())


def _sleepers(session: Session, threads: int) -> float:
    """Seconds for each of the threads, when their time has come."""
    with Lab() as lab:
        lab.start("ipc_sleepers", threads=threads, rounds=session.turns(SLEEP_ROUNDS))
        return float(lab.report())


def _herd(session: Session, threads: int) -> float:
    """Seconds for each of the threads that wait for the same event."""
    with Lab() as lab:
        lab.start("ipc_herd", threads=threads, laps=max(1, session.turns(WAKE_UPS) // threads))
        return float(lab.report())


def probe(count: str) -> None:
    """Print the bytes of an event with a handle. In a process that has done nothing else yet."""
    holders = int(count)
    with Lab() as lab:
        pids = [lab.start("ipc_holder", events=HELD) for _ in range(holders)]
        lab.machine.run_until_idle()
        before = resident_bytes()
        for pid in pids:
            lab.send(pid, "make them")
        made = sum(lab.report() for _ in pids)
        lab.machine.run_until_idle()
        print(json.dumps((resident_bytes() - before) / made))
