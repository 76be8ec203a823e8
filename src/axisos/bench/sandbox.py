"""Classic programs in ring 3 and the same code in plain CPython, in turns, in one host process.

In ring 3 they run in a machine, by its clock, with its interrupt timer ticking. The least of several rounds counts.
"""

from __future__ import annotations

import gc
import math
import os
from time import perf_counter

from axisos.bench.lab import PROGRAMS, CannotMeasure, Lab, Session
from axisos.bench.rows import TIMES, Budget, Reference, Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

WORST_CASE = "tight_loop"  # measured, not averaged
ROUNDS = 20
BATCH_S = 0.02  # of plain CPython
# In both: output goes to a list. In ring 3 the program then runs as often as it is told, and reports the seconds.
HEAD = "_printed = []\ndef print(*words): _printed.append(words)\n"
TAIL = """
from time import perf_counter as _now
syscall("bench_report", repr(_printed))
while True:
    _repeat = syscall("signal_pull")[2]
    _printed.clear()
    _start = _now()
    for _ in range(_repeat):
        main()
    syscall("bench_report", _now() - _start)
"""


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    rows: list[Row] = []
    ratios: list[float] = []
    names = sorted(file[:-3] for file in os.listdir(PROGRAMS) if file.endswith(".py"))
    rounds = max(2, session.turns(ROUNDS))
    for name in sorted(names, key=lambda name: name == WORST_CASE):
        with open(os.path.join(PROGRAMS, f"{name}.py"), encoding="utf-8") as file:
            plain, guest = run_both(file.read(), name, rounds)
        row = Row(name.replace("_", " "), guest, reference=Reference("plain CPython", plain))
        if name == WORST_CASE:
            mean = math.prod(ratios) ** (1 / len(ratios))
            rows.append(Row(f"geometric mean of these {len(ratios)}", mean, TIMES, budget=Budget(1.15)))
            row.name += ", the worst case"
            row.budget = Budget(1.35, relative=True)
        else:
            ratios.append(guest / plain)
        rows.append(row)
    return rows


def run_both(text: str, name: str, rounds: int) -> tuple[float, float]:
    """Seconds of one run of a program's `main` in plain CPython and in ring 3."""
    source = HEAD + text
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, f"{name}.py", "exec"), names)  # a program of ours; runs it once, as the guest does
    main: Callable[[], object] = names["main"]
    with Lab() as lab:
        pid = lab.start_source(source + TAIL, name, 3, {})
        printed = lab.report()
        if printed != repr(names["_printed"]):
            raise CannotMeasure(f"{name} prints {printed[:200]} in ring 3, {names['_printed']!r:.200} in plain Python")
        repeat = max(1, round(BATCH_S / _timed(main, 1)))
        plain = guest = math.inf
        for _ in range(rounds):
            names["_printed"].clear()
            plain = min(plain, _timed(main, repeat))
            lab.send(pid, "go", repeat)
            guest = min(guest, lab.report())
    return plain / repeat, guest / repeat


def _timed(function: Callable[[], object], repeat: int) -> float:
    gc.collect()
    start = perf_counter()
    for _ in range(repeat):
        function()
    return perf_counter() - start
