"""How long programs live that do not want to die: from the moment somebody means to kill them until they are gone.

For each way to hold on there is a machine in a host process of its own, since one that the system cannot kill would
take the bench along. A program starts the stubborn one again and again, and kills it each time in the middle of it: by
SIGKILL, or by SIGTERM first. It counts from the moment at which it meant to, however long the other one kept it from
its turn, until the other one's stack is unwound and itself goes on. The longest counts.

What gives nobody a turn is ended by the watchdog, under the supervisor of `axisos run`: from the program's first line
to the end of the command.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from time import perf_counter

from axisos.bench.lab import (
    GUEST_HOME,
    CannotMeasure,
    Lab,
    Session,
    hold_to,
    host_command,
    host_environment,
    risky_probe,
)
from axisos.bench.rows import COUNT, Budget, Reference, Row
from axisos.bench.stubborn import LONG, STUBBORN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROUNDS = 5
EASY = "plain while loop"  # what the others are compared with
SIGKILL, SIGTERM = 9, 15
KILL_BUDGET_S = 2 * 0.05 * 2  # two quanta for each that is ready: the killer has its turn by then
SLICES_BUDGET_S = 3 * 3.0 + 0.5  # three strikes; nothing cuts a slice of 3 s short
STRIKES_BUDGET_S = 5.0 + 2.0 + 1.5  # two strikes and an error at 5 s, the third strike 2 s later, and the looks between
STUCK_BUDGET_S = 2 * 12.0  # the parent process looks every 12 s, and must have seen that long of it
BUDGETS_S = dict(zip(LONG, (SLICES_BUDGET_S, STRIKES_BUDGET_S, STUCK_BUDGET_S), strict=True))
PATIENCE_S = 6.0  # in processor time, for one way to hold on
MORE_PATIENCE_S = 1.0  # above the budget, for what the watchdog is to end


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    rounds = session.turns(ROUNDS)
    easy: Reference | None = None
    rows = []
    left = 0
    for name in STUBBORN:
        seen = _killed(name, rounds)
        left += seen["left"]
        rows.append(Row(name, seen["worst"], reference=easy, budget=Budget(KILL_BUDGET_S)))
        if name == EASY:
            easy = Reference(name, seen["worst"])
    rows.append(Row("threads that were never unwound", left, COUNT, budget=Budget(0)))
    if session.share < 1:
        return rows  # a quick look has no time for the watchdog
    return rows + [
        Row(f"watchdog: {name}", _ended(name, budget_s + MORE_PATIENCE_S), budget=Budget(budget_s))
        for name, budget_s in BUDGETS_S.items()
    ]


def _killed(name: str, rounds: int) -> dict[str, Any]:
    """What `probe` prints; where it has no chance to, the program has held on for as long as we looked."""
    return risky_probe("kill", name, str(rounds)) or {"worst": PATIENCE_S, "left": 0}


def probe(name: str, rounds: str) -> None:
    """Print the longest time to kill one stubborn program, in seconds, and how many threads were not unwound."""
    with Lab() as lab:
        hold_to(PATIENCE_S)
        print(json.dumps(kill(lab, name, int(rounds))))


def kill(lab: Lab, name: str, rounds: int) -> dict[str, Any]:
    """Have a stubborn program killed *rounds* times.

    Returns: worst: the longest, in seconds; statuses: how it ended each time; left: threads that were never unwound.
    """
    victim = f"{GUEST_HOME}/stubborn.py"
    lab.put(victim, STUBBORN[name])
    signals = [SIGTERM, SIGKILL] if "SIGTERM" in name else [SIGKILL]
    killer = lab.start("killer", victim=victim, signals=signals, rounds=rounds)
    tasks: list[Any] = []
    for _ in range(rounds):
        pid = lab.report()
        tasks += [thread.task for thread in lab.machine.kernel.processes.find(pid).threads]
        lab.send(killer, "go on")
    seen: dict[str, Any] = lab.report()
    return {**seen, "left": sum(1 for task in tasks if task is not None and not task.dead)}


def _ended(name: str, patience_s: float) -> float:
    """Seconds from a program's first line to the end of `axisos run`, or until we end it."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "long.py")
        with open(program, "w", encoding="utf-8") as file:
            file.write(LONG[name])
        command = host_command("run", program)
        process = subprocess.Popen(
            command, env=host_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        with process:
            first = process.stdout.readline()
            start = perf_counter()
            if first != b"at it\n":
                _, words = process.communicate()
                raise CannotMeasure(f"{name}: {words.decode(errors='replace').strip()}")
            try:
                process.communicate(timeout=patience_s)
            except subprocess.TimeoutExpired:
                process.terminate()  # the supervisor ends the machine
                process.communicate()
                return patience_s
            return perf_counter() - start
