"""Kernel objects that processes wait for and talk through: alone, between two processes, and with many waiters.

All guests run at ring 3 in a machine without services, and call the kernel directly.
"""

from __future__ import annotations

from axisos.bench.lab import GUEST_HOME, Lab, Session, guest_source
from axisos.bench.rows import BYTES_PER_SECOND, Budget, Row

TURNS = 2_000  # a batch

ALONE = (  # name, the guest's figure, budget in G
    ("create and close an event", "create_close", 12),
    ("wait for an event that is set", "wait_signalled", 3),
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
    return [
        *(Row(name, alone[key], reference=g, budget=Budget(limit, relative=True)) for name, key, limit in ALONE),
        *(Row(name, pair[key], reference=g, budget=Budget(limit, relative=True)) for name, key, limit in PAIR),
        Row("POSIX signal ping-pong", signals, reference=g, budget=Budget(SIGNALS_BUDGET_G, relative=True)),
        *(Row(name, pair[key], BYTES_PER_SECOND, budget=Budget(limit, at_least=True)) for name, key, limit in STREAMS),
    ]
