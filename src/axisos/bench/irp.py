"""I/O requests: from ring 3 through Pipeline Manager and DKMS to a driver of ring 2 that does nothing, and back."""

from __future__ import annotations

from axisos.bench.lab import Session, run_job
from axisos.bench.rows import Budget, Row


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    figures = run_job("requests", session.turns(300), drivers=["trivial.sys.py"], user="root")
    g = session.g
    return [
        Row("read from a trivial driver", figures["read"], reference=g, budget=Budget(60, relative=True)),
        Row("write to it", figures["write"], reference=g),
        Row("control", figures["control"], reference=g),
        Row("open and close", figures["open_close"], reference=g),
    ]
