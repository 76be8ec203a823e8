"""What it costs to be traced: the same guests in machines that are not and in machines that are.

A traced machine keeps its records in memory for a while and then puts them away; both is in the figures. What is done
with them after the machine has ended is a row of its own.
"""

from __future__ import annotations

import io
from time import perf_counter

from axisos.bench.lab import Session, run_job
from axisos.bench.rows import Budget, Reference, Row
from axisos.tracing.spool import Spool, spool_file
from axisos.tracing.timeline import FROM_BOOT, write_file

PROGRAMS = (  # (what it is, kind, turns of a batch)
    ("six calls that the kernel answers", "calls", 8_000, True),
    ("the cheapest call alone", "null", 50_000, False),
    ("open, write, close and stat of a file", "files", 800, True),
    ("read and write of a trivial driver", "device", 1_000, True),
    ("a program that only computes", "compute", 4_000, True),
)
ALTERNATIONS = 3  # of an untraced and a traced machine, so that both see the same weather
LIMIT = 10**9  # records: nothing may be left away here


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    rows = []
    for what, kind, turns, is_usual in PROGRAMS:
        plain = traced = float("inf")
        for _ in range(ALTERNATIONS):
            plain = min(plain, _turn(kind, session.turns(turns), None))
            with spool_file() as file:
                traced = min(traced, _turn(kind, session.turns(turns), Spool(file, LIMIT)))
        budget = Budget(1.5, relative=True) if is_usual else None
        rows.append(Row(what, traced, reference=Reference("untraced", plain), budget=budget))
    rows.append(Row("a record made readable afterwards", _readable(session.turns(800))))
    return rows


def _turn(kind: str, turns: int, spool: Spool | None) -> float:
    """Seconds of one turn."""
    figures = run_job("traced_calls", kind, turns, drivers=["trivial.sys.py"], user="root", trace=spool)
    return float(figures[kind])


def _readable(turns: int) -> float:
    """Seconds a record that it takes to make the file for trace viewers."""
    with spool_file() as file:
        spool = Spool(file, LIMIT)
        _turn("device", turns, spool)
        spool.close()
        start = perf_counter()
        facts = write_file(file, io.StringIO(), FROM_BOOT, {}, lambda: False)
        return (perf_counter() - start) / int(facts["records"])
