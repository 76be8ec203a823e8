"""Processes and threads from their start to their end, as a program of ring 3 sees them; compiled code is at hand."""

from __future__ import annotations

import subprocess
import sys
import threading

from axisos.bench.lab import Session, run_job
from axisos.bench.reference import least
from axisos.bench.rows import Budget, Reference, Row


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    figures = run_job("spawner", session.turns(60))
    python = Reference("python -c pass", least(_run_python, session.turns(5), 3))
    host_thread = Reference("host's threading", least(_start_and_join, session.turns(200)))
    g = session.g
    return [
        Row("spawn and wait, empty program", figures["empty"], reference=g, budget=Budget(300, relative=True)),
        Row("spawn and wait, program of 16 KiB", figures["large"], reference=g, budget=Budget(400, relative=True)),
        Row("spawn and wait, beside the host", figures["empty"], reference=python),
        Row("thread create and join", figures["thread"], reference=g, budget=Budget(80, relative=True)),
        Row("threading.Thread, start and join", figures["python_thread"], reference=host_thread),
    ]


def _run_python(turns: int) -> None:
    for _ in range(turns):
        subprocess.run([sys.executable, "-c", "pass"], check=True)


def _start_and_join(turns: int) -> None:
    for _ in range(turns):
        thread = threading.Thread(target=_nothing)
        thread.start()
        thread.join()


def _nothing() -> None:
    pass
