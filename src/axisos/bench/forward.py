"""Calls that are forwarded to a ring-1 server which waits for them, and its answers."""

from __future__ import annotations

from axisos.bench.lab import Lab, Session, run_job
from axisos.bench.rows import Budget, Row


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    with Lab() as lab:
        lab.start("echo_server", ring=1)
        lab.start("echo_caller", turns=session.turns(2_000))
        echo = lab.report()
    stat = run_job("stat_caller", session.turns(1_000))
    g = session.g
    return [
        Row("to a ring-1 server and back, no data", echo["call"], reference=g, budget=Budget(10, relative=True)),
        Row("the same, a small dict there and back", echo["with_data"], reference=g),
        Row("vfs_stat /tmp by the Pipeline Manager", stat["stat"], reference=g),
    ]
