"""From one process to the next: everybody gives way all the time, one times its turns."""

from __future__ import annotations

from axisos.bench.lab import Lab, Session
from axisos.bench.rows import Budget, Reference, Row

PROCESSES = (2, 10, 100, 1_000, 10_000)
THREADS = (2, 1_000)
BUDGETED = 1_000  # what must not cost more than 1.3 times the switch between two
SWITCHES = 10_000  # a batch


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    rows = []
    for kind, counts in (("processes", PROCESSES), ("threads of one process", THREADS)):
        two = None
        for count in counts:
            if count > max(2, max(counts) * session.share):
                break  # a quick look has no time for the largest
            each = switch_time(session, count, kind != "processes")
            if two is None:
                budget = Budget(3, relative=True) if kind == "processes" else None
                rows.append(Row(f"yield between {count} {kind}", each, reference=session.g, budget=budget))
                two = Reference(f"between two {kind.split()[0]}", each)
            else:
                budget = Budget(1.3, relative=True) if count == BUDGETED and kind == "processes" else None
                rows.append(Row(f"yield among {count:,} {kind}", each, reference=two, budget=budget))
    return rows


def switch_time(session: Session, count: int, threads: bool) -> float:
    """Seconds from one of *count* to the next."""
    turns = max(1, session.turns(SWITCHES) // count)
    with Lab() as lab:
        if not threads:
            for _ in range(count - 1):
                lab.start("yielder")
        lab.start("yield_timer", others=count - 1, threads=threads, turns=turns)
        return float(lab.report()) / count
