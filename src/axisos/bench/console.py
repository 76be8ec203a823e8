"""The console: lines that a program prints one by one, and a large file that `cat` writes while keys are pressed.

All of it until it has come to the terminal. Headless.
"""

from __future__ import annotations

from axisos.bench.lab import GUEST_HOME, CannotMeasure, Lab, Session, guest_source
from axisos.bench.rows import COUNT, LINES_PER_SECOND, SECONDS, Budget, Row

LINES = 20_000
BATCHES = 5
FILE_BYTES = 1_000_000
LINE = b"the quick brown fox jumps over the lazy dog, again and again and again and again\n"
KEY_EVERY_S = 0.02  # after the echo of the one before
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
    seconds, echo = show_a_file(round(FILE_BYTES * min(1.0, session.share)))
    return [
        Row("lines printed to /dev/tty", rate, LINES_PER_SECOND, budget=Budget(40_000, at_least=True)),
        Row("a line", best / lines, SECONDS, session.g),
        Row("lines lost", lost, COUNT, budget=Budget(0)),
        Row("cat of 1 MB to the terminal", seconds, SECONDS, budget=Budget(1.0)),
        Row("the longest wait of a key for its echo meanwhile", echo, SECONDS, budget=Budget(0.1)),
    ]


def show_a_file(size: int) -> tuple[float, float]:
    """Have `cat` write so many bytes to the terminal. Returns its seconds, and the longest that a key took meanwhile.

    A key counts from the moment at which it is to be pressed, to that at which a program has read and echoed it.
    """
    with Lab("full") as lab:
        lab.put(f"{GUEST_HOME}/big.txt", (LINE * (size // len(LINE) + 1))[:size].decode())
        lab.start("listener")
        lab.report()
        lab.start("showing", file=f"{GUEST_HOME}/big.txt")
        machine, worst, pressed = lab.machine, 0.0, False
        due = machine.clock.now() + KEY_EVERY_S
        while True:
            deadline = machine.advance().deadline
            now = machine.clock.now()
            for report in lab.reported():
                if "seconds" in report:
                    if report["status"] != 0:
                        raise CannotMeasure(f"cat ended with {report['status']}")
                    return float(report["seconds"]), max(worst, now - due if pressed else 0.0)
                worst, pressed, due = max(worst, now - due), False, now + KEY_EVERY_S
            if not pressed and now >= due:
                machine.type("k")
                pressed = True
            ends = [*([] if pressed else [due]), *([] if deadline is None else [deadline])]
            machine.wait(min(ends) if ends else None)


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
