"""The bench's crowds of spinning programs and its stubborn ones, in simulation: who waits how long for them there.

Machine time counts here, so that what is promised for a real clock can be asked for to the millisecond.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from axisos import bench
from axisos.bench import fairness, kill, lab
from axisos.bench.lab import CannotMeasure, Lab, Session, risky_probe
from axisos.bench.sandbox import HEAD, PROGRAMS
from axisos.bench.spinners import SPINNERS
from axisos.bench.stubborn import LONG, STUBBORN
from executive import preempt

CROWD = 3
SECONDS = 0.3
QUANTUM_S = 0.05


@pytest.fixture
def console() -> Iterator[Lab]:
    """A whole seeded machine at its login prompt."""
    with Lab("full", 7) as made:
        yield made


@pytest.fixture
def bare() -> Iterator[Lab]:
    """A seeded machine with the kernel only."""
    with Lab("bare", 7) as made:
        yield made


@pytest.mark.parametrize("source", [*SPINNERS.values(), *STUBBORN.values(), *LONG.values()])
def test_each_of_them_may_run(source: str) -> None:
    """The sandbox lets every one of these programs in: what is measured is not a refusal."""
    preempt.instrument(source.encode(), "/p.py", "program")


@pytest.mark.parametrize("name", ["while loop", "nested generators", "sort keys", "system calls"])
def test_a_crowd_is_waited_for_and_not_for_long(console: Lab, name: str) -> None:
    """Who yields waits for a quantum of each in the crowd, nobody for two quanta of all, a key for less than 100 ms."""
    seen = fairness.observe(console, name, SECONDS, CROWD)
    assert CROWD * QUANTUM_S <= seen["turns"]["yields"] <= seen["turn"]
    assert seen["turn"] <= 2 * QUANTUM_S * (CROWD + 2)
    assert seen["keys"] > 5 and 0 < seen["key"] < fairness.KEY_BUDGET_S
    assert seen["ended"] == 0


def test_beside_nobody_there_is_nobody_to_wait_for(console: Lab) -> None:
    """The two victims that are always ready have a quantum each; who sleeps is woken in time."""
    seen = fairness.observe(console, fairness.NOBODY, SECONDS, CROWD)
    assert seen["turns"]["wakes"] < seen["turns"]["yields"] < 2 * QUANTUM_S
    assert seen["ended"] == 0


def test_a_crowd_that_ends_is_told_of(console: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row must not look kept because a limit has ended those that were to be waited for."""
    monkeypatch.setitem(SPINNERS, "short", "pass\n")
    assert fairness.observe(console, "short", SECONDS, CROWD)["ended"] == CROWD


def test_a_row_says_who_waited_and_whether_the_crowd_was_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows for each way to spin, each beside the wait with nobody else."""
    figures = {fairness.NOBODY: {"turn": 0.06, "key": 0.02, "ended": 0}, "one": {"turn": 3.0, "key": 0.04, "ended": 10}}
    monkeypatch.setattr(fairness, "_observed", lambda name, share: figures[name])
    monkeypatch.setattr(fairness, "SPINNERS", {"one": ""})
    rows = fairness.measure(Session(0.01))
    assert [row.columns()[0] for row in rows] == ["one, 10 ended: turn", "one, 10 ended: key"]
    assert [row.is_within for row in rows] == [False, True]
    assert [row.ratio for row in rows] == [pytest.approx(50), pytest.approx(2)]


@pytest.mark.parametrize("name", [
    "plain while loop", "except BaseException", "nested finally with loops", "__exit__ that swallows",
    "generators that catch GeneratorExit", "a hundred handlers", "threads that start each other again",
    "sleeps in a handler of everything", "SIGTERM is ignored", "SIGTERM has a handler that loops",
])
def test_a_stubborn_program_dies(bare: Lab, name: str) -> None:
    """Each time, by SIGKILL, within two quanta of it and its killer, and nothing of it stays behind."""
    seen = kill.kill(bare, name, 2)
    assert seen["statuses"] == [137, 137] and seen["left"] == 0
    assert 0 < seen["worst"] <= kill.KILL_BUDGET_S


def probe_is(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let a probe be this program instead."""
    monkeypatch.setattr(lab, "probe_command", lambda *_arguments: [sys.executable, "-c", program])


def test_a_probe_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is held to processor time, and then it has no figures; one that fails says why."""
    probe_is(monkeypatch, "from axisos.bench.lab import hold_to; hold_to(0.01)\nwhile True: pass")
    assert risky_probe("fairness", "name") is None
    probe_is(monkeypatch, "print('{\"turn\": 1.5}')")
    assert risky_probe("fairness", "name") == {"turn": 1.5}
    probe_is(monkeypatch, "raise SystemExit('no such crowd')")
    with pytest.raises(CannotMeasure, match="name: no such crowd"):
        risky_probe("fairness", "name")


def test_what_cannot_be_measured_counts_as_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that freezes gives rows that exceed their budgets, not a hole in the table."""
    probe_is(monkeypatch, "import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(kill, "STUBBORN", {"plain while loop": ""})
    killed, unwound = kill.measure(Session(0.01))
    assert killed.is_within is False and killed.value == kill.PATIENCE_S
    assert unwound.value == 0


def test_a_checkpoint_has_a_price() -> None:
    """The group works to its end: loops, entries, comprehensions, and the way into the kernel."""
    names = [row.name for row in bench.measure("checkpoint", Session(0.002))]
    assert names[0] == "a turn of a while loop" and names[-1] == "the same when the flag is up" and len(names) == 7


@pytest.mark.parametrize("name", sorted(file[:-3] for file in os.listdir(PROGRAMS) if file.endswith(".py")))
def test_a_program_says_the_same_in_ring_3(bare: Lab, name: str) -> None:
    """Ordinary programs, as people write them, run unchanged and come to the same result as in plain Python."""
    with open(os.path.join(PROGRAMS, f"{name}.py"), encoding="utf-8") as file:
        source = HEAD + file.read()
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(source, f"{name}.py", "exec"), names)
    bare.start_source(source + '\nsyscall("bench_report", repr(_printed))\n', name, 3, {})
    assert bare.report() == repr(names["_printed"]) != "[]"
