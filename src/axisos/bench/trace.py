"""What it costs to be traced: the same guests in machines that are not and in machines that are.

A traced machine keeps its records in memory for a while and then puts them away; both is in the figures, which are
processor time of whole runs without what a run of one turn takes. What is done with the records after the machine has
ended is a row of its own.
"""

from __future__ import annotations

import io
from time import process_time

from axisos.bench.lab import Session, run_job
from axisos.bench.rows import Budget, Reference, Row
from axisos.tracing.spool import Spool, spool_file
from axisos.tracing.timeline import FROM_BOOT, write_file

PROGRAMS = (  # (what it is, kind, turns, whether the budget is for such)
    ("six calls that the kernel answers", "calls", 40_000, True),
    ("the cheapest call alone", "null", 300_000, False),
    ("open, write, close and stat of a file", "files", 3_000, True),
    ("read and write of a trivial driver", "device", 6_000, True),
    ("a program that only computes", "compute", 20_000, True),
)
ALTERNATIONS = 3  # of an untraced and a traced machine, so that both see the same weather
LIMIT = 10**9  # records: nothing may be left away here


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    rows = []
    for what, kind, full_turns, is_usual in PROGRAMS:
        turns = session.turns(full_turns) + 1
        runs = [(many, traced) for many in (1, turns) for traced in (False, True)]
        costs: dict[tuple[int, bool], list[float]] = {run: [] for run in runs}
        for _ in range(ALTERNATIONS):
            for (many, traced), found in costs.items():
                found.append(_cost(kind, many, traced))
        least = {key: min(found) for key, found in costs.items()}
        plain, watched = (max(least[turns, traced] - least[1, traced], 1e-9) / (turns - 1) for traced in (False, True))
        budget = Budget(1.5, relative=True) if is_usual else None
        rows.append(Row(what, watched, reference=Reference("untraced", plain), budget=budget))
    rows.append(Row("a record made readable afterwards", _readable(session.turns(800))))
    return rows


def _cost(kind: str, turns: int, traced: bool) -> float:
    """Seconds of the processor that a run takes."""
    with spool_file() as file:
        trace = Spool(file, LIMIT) if traced else None
        start = process_time()
        run_job("traced_calls", kind, turns, drivers=["trivial.sys.py"], user="root", trace=trace)
        return process_time() - start


def _readable(turns: int) -> float:
    """Seconds a record that it takes to make the file for trace viewers."""
    with spool_file() as file:
        spool = Spool(file, LIMIT)
        run_job("traced_calls", "device", turns, drivers=["trivial.sys.py"], user="root", trace=spool)
        spool.close()
        start = process_time()
        facts = write_file(file, io.StringIO(), FROM_BOOT, {}, lambda: False)
        return (process_time() - start) / int(facts["records"])
