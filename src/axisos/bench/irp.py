"""I/O requests: from ring 3 through the Pipeline Manager to a driver that does nothing, and back."""

from __future__ import annotations

from axisos.bench.lab import Session, run_job
from axisos.bench.rows import Budget, Row


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    figures = run_job("requests", session.turns(300), drivers=["trivial.sys.py", "userland.sys.py"], user="root")
    g = session.g
    return [
        Row("read from a trivial driver", figures["read"], reference=g, budget=Budget(60, relative=True)),
        Row("write to it", figures["write"], reference=g),
        Row("control", figures["control"], reference=g),
        Row("open and close", figures["open_close"], reference=g),
        Row("read from a user-mode driver", figures["user_mode"], reference=g),
    ]
