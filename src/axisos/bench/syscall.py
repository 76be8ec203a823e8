"""Direct system calls from ring 3: through the gate, into the kernel, and back."""

from __future__ import annotations

from axisos.bench.lab import Session, run_job
from axisos.bench.rows import Budget, Row


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    figures = run_job("direct_calls", session.turns(10_000))
    g = session.g
    return [
        Row("process_get_pid", figures["get_pid"], reference=g, budget=Budget(1.5, relative=True)),
        Row("process_get_pid, beside a plain call", figures["get_pid"], reference=session.references.call),
        Row("time_get", figures["time_get"], reference=g),
        Row("signal_send to oneself and signal_pull", figures["message"], reference=g),
    ]
