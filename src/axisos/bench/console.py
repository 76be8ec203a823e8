"""The console: lines that a program prints one by one, until all of them have come to the terminal. Headless."""

from __future__ import annotations

from axisos.bench.lab import GUEST_HOME, CannotMeasure, Lab, Session, guest_source
from axisos.bench.rows import COUNT, LINES_PER_SECOND, SECONDS, Budget, Row

LINES = 20_000
BATCHES = 5
PAGES = 60  # presses of page-up that reach the oldest line of the scrollback


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    lines = session.turns(LINES)
    with Lab("full") as lab:
        lab.put(f"{GUEST_HOME}/printer.py", guest_source("printer"))
        best, lost = float("inf"), 0
        for _ in range(BATCHES):
            lab.start("printing", printer=f"{GUEST_HOME}/printer.py", lines=lines)
            figures = lab.report()
            if figures["status"] != 0:
                raise CannotMeasure(f"the printing program ended with {figures['status']}: {figures['words']}")
            best = min(best, float(figures["words"]))
            lost += max(0, lines - figures["writes"])
            lab.machine.run_until_idle()
        lost += missing_lines(lab, lines)
    rate = lines / best
    return [
        Row("lines printed to /dev/tty", rate, LINES_PER_SECOND, budget=Budget(40_000, at_least=True)),
        Row("a line", best / lines, SECONDS, session.g),
        Row("lines lost", lost, COUNT, budget=Budget(0)),
    ]


def missing_lines(lab: Lab, last: int) -> int:
    """Look through the terminal's scrollback, page by page: how many lines are missing between oldest and last."""
    seen = {last + 1} if last == 0 else set()
    machine = lab.machine
    for _ in range(PAGES):
        for line in machine.screen.lines():
            words = line.split()
            if len(words) > 2 and words[0] == "line":
                seen.add(int(words[1]))
        known = len(seen)
        machine.press("pageup")
        machine.run_until_idle()
        if known == len(seen) and known == last:
            break
    if not seen or max(seen) != last:
        return last
    return last - min(seen) + 1 - len(seen)
