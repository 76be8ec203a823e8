"""I/O requests: from ring 3 through the Pipeline Manager to a driver that does nothing, and back."""

from __future__ import annotations

from axisos.bench.lab import Session, run_job
from axisos.bench.rows import SECONDS, Budget, Reference, Row

FEW, MANY = 10, 1_000


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    figures = run_job("requests", session.turns(300), drivers=["trivial.sys.py", "userland.sys.py"], user="root")
    waiting = run_job("pending_reads", session.turns(200), FEW, MANY, drivers=["pending.sys.py"], user="root")
    loading = run_job("loading", session.turns(20), drivers=["trivial.sys.py"], user="root")
    g = session.g
    return [
        Row("read from a trivial driver", figures["read"], reference=g, budget=Budget(45, relative=True)),
        Row("write to it", figures["write"], reference=g, budget=Budget(45, relative=True)),
        Row("control", figures["control"], reference=g, budget=Budget(45, relative=True)),
        Row("open and close", figures["open_close"], reference=g, budget=Budget(90, relative=True)),
        Row("read from a user-mode driver", figures["user_mode"], reference=g),
        Row(f"one of {MANY} reads that wait is answered", waiting["many"],
            reference=Reference(f"one of {FEW}", waiting["few"]), budget=Budget(1.5, relative=True)),
        Row("load a driver, from the call to registered", loading["load"], SECONDS, budget=Budget(0.003)),
    ]
