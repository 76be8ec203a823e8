"""How long others wait beside ten programs that spin, for each way to spin: a process for its turn, a key for its echo.

Each way has a machine in a host process of its own, since one that the system cannot hold would take the bench along.
A user is logged in there and runs `cat`. Beside ten spinning programs of another user's, three processes want their
turn, one that wakes every few milliseconds, one that yields, one that calls the kernel without end; meanwhile keys are
pressed at random moments. The longest of all waits counts.

A key counts from the moment at which it is to be pressed, also when the host gets no chance to hand it over: until then
it waits in the host, as it would wait in the terminal.
"""

from __future__ import annotations

import json
import random

from axisos.bench.lab import BOOT_PATIENCE_S, GUEST_HOME, Lab, Session, hold_to, risky_probe
from axisos.bench.rows import Budget, Reference, Row
from axisos.bench.spinners import SPINNERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CROWD = 10
NOBODY = "nobody"  # the crowd that the others are compared with
USER = 1000
MANNERS = ("wakes", "yields", "calls")
QUANTUM_S = 0.05
TURN_BUDGET_S = 2 * QUANTUM_S * (CROWD + 2)  # two quanta for each that is ready all the time: one victim mostly sleeps
KEY_BUDGET_S = 0.1
SETTLE_MS = 100
SECONDS = 0.8
PATIENCE_S = 4.0  # in processor time: for more than the victims ask for
ENTRIES = 400  # of the directory that is listed
FIRST_KEY = 0x100  # keys are pressed from here on: letters that nothing else shows
KEYS = 200  # different ones
PAUSES_S = (0.005, 0.04)  # between an echo and the next key


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    alone = _observed(NOBODY, session.share)
    turn, key = Reference("with nobody else", alone["turn"]), Reference("with nobody else", alone["key"])
    rows = []
    for name in SPINNERS:
        seen = _observed(name, session.share)
        said = f"{name}, {seen['ended']} ended" if seen["ended"] else name
        rows.append(Row(f"{said}: turn", seen["turn"], reference=turn, budget=Budget(TURN_BUDGET_S)))
        rows.append(Row(f"{said}: key", seen["key"], reference=key, budget=Budget(KEY_BUDGET_S)))
    return rows


def _observed(name: str, share: float) -> dict[str, Any]:
    """What `probe` prints; where it has no chance to, everybody has waited for as long as we did."""
    return risky_probe("fairness", name, str(share)) or {"turn": PATIENCE_S, "key": PATIENCE_S, "ended": 0}


def probe(name: str, share: str) -> None:
    """Print the longest waits beside one crowd, in seconds, and how many of the crowd were ended."""
    with Lab("full") as lab:
        hold_to(SECONDS + PATIENCE_S)
        print(json.dumps(observe(lab, name, SECONDS * float(share))))


def observe(lab: Lab, name: str, seconds: float, crowd: int = CROWD) -> dict[str, Any]:
    """Set a crowd on the machine of a lab, and look how long others wait.

    Args:    name: of the crowd. seconds: of machine time that the victims look.
    Returns: turn, key: the longest waits, in seconds; ended: how many of the crowd the system has ended; turns: the
             longest wait of each victim, by its manner; keys: how many echoes were seen.
    """
    _log_in(lab)
    pids = _start_crowd(lab, name, crowd)
    for manner in MANNERS:
        lab.start("victim", manner=manner, settle_ms=SETTLE_MS, seconds=seconds)
    keyboard = Keyboard(lab)
    reports: list[Any] = []
    while len(reports) < len(MANNERS):
        keyboard.look()
        reports += lab.reported()
    living = lab.machine.kernel.processes.threads
    turns = {report["manner"]: report["worst"] for report in reports}
    return {
        "turn": max(turns.values()),
        "turns": turns,
        "key": keyboard.worst(),
        "keys": keyboard.echoes,
        "ended": sum(pid not in living for pid in pids),
    }


def _log_in(lab: Lab) -> None:
    """Somebody sits at the console and runs `cat`."""
    machine = lab.machine
    for text, answer in (("guest\nguest\n", "guest@"), ("cat\n", "cat")):
        machine.type(text)
        machine.run_until(answer, BOOT_PATIENCE_S)
    machine.run_until_idle()


def _start_crowd(lab: Lab, name: str, count: int) -> list[int]:
    """The crowd, and what it works with. Returns its pids."""
    if name == NOBODY:
        return []
    many, nothing = f"{GUEST_HOME}/many", f"{GUEST_HOME}/nothing.py"
    if "many" in SPINNERS[name]:
        for number in range(ENTRIES):
            lab.put(f"{many}/{number}", "")
    lab.put(nothing, "")
    pids: list[int] = []
    settings: list[dict[str, object]] = []
    for _ in range(count):
        settings.append({"many": many, "nothing": nothing, "crowd": pids})
        pids.append(lab.start_source(SPINNERS[name], "spinner", 3, settings[-1], USER))
    return pids


class Keyboard:
    """Presses keys that nobody has pressed before, one after the echo of the other, and looks when they show."""

    def __init__(self, lab: Lab) -> None:
        self._machine = lab.machine
        self._chance = random.Random(1)
        self._worst = 0.0
        self.echoes = 0
        self._pressed = False
        self._due = self._next()

    def _next(self) -> float:
        return self._machine.clock.now() + self._chance.uniform(*PAUSES_S)

    @property
    def _key(self) -> str:
        return chr(FIRST_KEY + self.echoes % KEYS)

    def look(self) -> None:
        """Let the machine go on until it gives the host control, and see to the key."""
        machine = self._machine
        deadline = machine.advance().deadline
        now = machine.clock.now()
        if self._pressed and self._key in machine.screen.text():
            self._worst = max(self._worst, now - self._due)
            self.echoes += 1
            self._pressed = False
            self._due = self._next()
        elif not self._pressed and now >= self._due:
            machine.type(self._key)
            self._pressed = True
        ends = [] if self._pressed else [self._due]
        if deadline is not None:
            ends.append(deadline)
        machine.wait(min(ends) if ends else None)

    def worst(self) -> float:
        """The longest that a key has waited for its echo, or waits now."""
        waiting = self._machine.clock.now() - self._due if self._pressed else 0.0
        return max(waiting, self._worst)
