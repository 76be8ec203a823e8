"""What a checkpoint costs: the same loops with checkpoints in ring 3 and without them in plain CPython, in turns.

With the flag down a checkpoint is a test, and there is one in each turn of a loop, at each entry of a function, in each
turn of a comprehension. With the flag up it calls the kernel, which looks whether the time is over; here it never is.
"""

from __future__ import annotations

from axisos.bench.lab import ANY_RING, Lab, Session
from axisos.bench.rows import Budget, Reference, Row
from axisos.bench.sandbox import run_both

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TURNS = 20_000
ROUNDS = 30
SLOW_TURNS = 2_000
TIGHTEST = 0.35  # of a plain loop's turn: what the sandbox's worst case may lose
WHILE = "a turn of a while loop"
FOR = "a turn of a for loop"
CALL = "a function's entry"
LOOPS = {
    WHILE: "def main(n={n}):\n    i = 0\n    while i < n:\n        i += 1\n",
    FOR: "def main(n={n}):\n    for _ in range(n):\n        pass\n",
    CALL: "def f():\n    pass\ndef main(n={n}):\n    for _ in range(n):\n        f()\n",
    "a lambda's entry": "f = lambda: None\ndef main(n={n}):\n    for _ in range(n):\n        f()\n",
    "a turn of a comprehension": "def main(n={n}):\n    [0 for _ in range(n)]\n",
    "a turn of a generator expression": "def main(n={n}):\n    for _ in (0 for _ in range(n)):\n        pass\n",
}
IN_A_FOR_LOOP = {CALL, "a lambda's entry", "a turn of a generator expression"}  # one turn of it is not theirs


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    rounds = max(2, session.turns(ROUNDS))
    times = {name: run_both(source.format(n=TURNS), "loop", rounds) for name, source in LOOPS.items()}
    rows = []
    for name, (plain, guest) in times.items():
        around = times[FOR] if name in IN_A_FOR_LOOP else (0.0, 0.0)
        without = (plain - around[0]) / TURNS
        cost = (guest - around[1]) / TURNS - without
        reference = Reference("without it", without)
        budget = Budget(TIGHTEST, relative=True) if name == WHILE else None
        rows.append(Row(name, cost, reference=reference, budget=budget))
    with Lab() as lab:
        slow = slow_path(lab, max(1, session.turns(SLOW_TURNS)))
    rows.append(Row("the same when the flag is up", slow, reference=session.references.call))
    return rows


def slow_path(lab: Lab, turns: int) -> float:
    """Seconds of a checkpoint with the flag up: two loops of the same system call, after one of which it is up."""

    def flag(thread: Any, up: bool) -> bool:
        sandbox = thread.process.sandbox
        for change in (sandbox.lower_flag, sandbox.raise_flag) if up else (sandbox.raise_flag, sandbox.lower_flag):
            change()
        return True

    lab.machine.kernel.table.replace("bench_flag", flag, ANY_RING)
    lab.start("flagged", turns=turns)
    return float(lab.report())
