"""The bench: what it prints and what it says when it cannot. How fast anything is, no test asks."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from axisos import bench
from axisos.bench.lab import CannotMeasure, Session
from axisos.bench.rows import (
    BYTES,
    BYTES_PER_SECOND,
    COUNT,
    LINES_PER_SECOND,
    PERCENT,
    SECONDS,
    TIMES,
    Budget,
    Reference,
    Row,
    figure,
)

QUICK = 0.002  # of the repetitions
G = Reference("G", 0.28e-6, sign="G")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.2e-6, SECONDS, "200 ns"), (1.234e-6, SECONDS, "1.23 µs"), (0.0999996, SECONDS, "100 ms"),
        (2, SECONDS, "2 s"), (0.0, SECONDS, "0 ns"), (24_500_000, BYTES, "24.5 MB"), (8_271.0, BYTES, "8.27 KB"),
        (12, BYTES, "12 B"), (2.54e9, BYTES_PER_SECOND, "2.54 GB/s"), (640e3, BYTES_PER_SECOND, "640 KB/s"),
        (48_069.4, LINES_PER_SECOND, "48,069 lines/s"), (1.087, TIMES, "1.09 x"),
        (0.044, PERCENT, "0.04 %"), (0, COUNT, "0"),
    ],
)
def test_a_figure_as_text(value: float, unit: str, text: str) -> None:
    """Three digits that mean something, and a unit that fits."""
    assert figure(value, unit) == text


def test_a_budget_is_counted_in_what_it_was_given_in() -> None:
    """In units of the reference, in the row's own unit, or as a least figure; without a budget there is no verdict."""
    assert Row("call", 0.3e-6, reference=G, budget=Budget(1.5, relative=True)).is_within is True
    assert Row("call", 0.6e-6, reference=G, budget=Budget(1.5, relative=True)).is_within is False
    assert Row("boot", 0.15, reference=G, budget=Budget(0.2)).is_within is True
    assert Row("boot", 0.25, reference=G, budget=Budget(0.2)).is_within is False
    assert Row("lines", 50_000, LINES_PER_SECOND, budget=Budget(40_000, at_least=True)).is_within is True
    assert Row("lines", 30_000, LINES_PER_SECOND, budget=Budget(40_000, at_least=True)).is_within is False
    assert Row("call", 1.0, reference=G).is_within is None


def test_a_row_for_people_and_for_programs() -> None:
    """The budget stands in the unit that the ratio beside it has; JSON has the same in base units."""
    row = Row("process_get_pid", 0.56e-6, reference=G, budget=Budget(1.5, relative=True))
    assert row.columns() == ("process_get_pid", "560 ns", "G", "280 ns", "2 G", "1.5 G  OVER")
    assert row.as_dict() == {
        "name": "process_get_pid", "value": 0.56e-6, "unit": "s",
        "reference": {"name": "G", "value": 0.28e-6, "unit": "s"}, "ratio": pytest.approx(2),
        "budget": {"limit": 1.5, "unit": "G", "kind": "at most"}, "within": False,
    }
    assert Row("lines lost", 0, COUNT).as_dict()["budget"] is None


def test_every_group_can_be_measured() -> None:
    """The list of groups and the modules that measure them agree."""
    for name in bench.GROUPS:
        assert callable(import_module(f"axisos.bench.{name}").measure)


def test_a_group_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """G at the head; then a line of headings and aligned columns, each row beside its reference."""
    assert bench.run_groups(["syscall"], False, QUICK) == 0
    head, costs, blank, headings, *rest = capsys.readouterr().out.splitlines()
    rows = [row for row in rest if row.startswith("  ")]
    assert head.startswith("AxisOS bench: ") and costs.startswith("G, a greenlet round trip: ") and not blank
    assert headings.split() == ["syscall", "measured", "reference", "ratio", "budget"]
    assert len(rows) > 2 and rows[0].split()[0] == "process_get_pid" and "1.5 G" in rows[0]
    assert all(row[headings.index("reference") - 1] == " " != row[headings.index("reference")] for row in rows)


def test_a_group_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object: the system, the references, the rows by group."""
    assert bench.run_groups(["forward", "forward"], True, QUICK) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"system", "references", "groups", "failed"} and report["failed"] == {}
    assert set(report["references"]) == {"G", "plain call", "plain loop"}
    (rows,) = report["groups"].values()
    assert [row["budget"] and row["budget"]["unit"] for row in rows] == ["G", None, None]
    assert all(row["value"] > 0 and row["reference"]["name"] == "G" for row in rows)


def test_switches_files_requests_and_processes_are_measured() -> None:
    """Groups with bare machines, headless jobs and a driver work to their end."""
    session = Session(QUICK)
    names = [row.name for group in ("vfs", "irp", "switch", "spawn") for row in bench.measure(group, session)]
    for expected in (
        "open, read 1 KiB, close, on the system disk", "read from a trivial driver", "yield between 2 processes",
        "thread create and join",
    ):
        assert expected in names


def test_talk_between_processes_is_measured() -> None:
    """Each way to talk and to wait is gone through, and a stream arrives whole."""
    rows = {row.name: row for row in bench.measure("ipc", Session(QUICK))}
    for expected in (
        "event ping-pong", "POSIX signal ping-pong", "pipe, writes of 64 bytes", "wake one of 20 such threads",
        "wake each of 2 sleeping threads", "memory of an event and its handle",
    ):
        assert rows[expected].value > 0


def test_no_line_is_lost_on_the_console() -> None:
    """More lines than the screen has rows; the terminal is looked through for each."""
    rows = {row.name: row for row in bench.measure("console", Session(QUICK))}
    assert rows["lines lost"].value == 0 and rows["lines printed to /dev/tty"].value > 0


def test_what_being_traced_costs_is_measured() -> None:
    """Each kind of program runs untraced and traced; its ratio is what the budget is for."""
    rows = {row.name: row for row in bench.measure("trace", Session(QUICK))}
    for expected in ("six calls that the kernel answers", "read and write of a trivial driver"):
        row = rows[expected]
        assert row.ratio is not None and row.budget is not None and row.budget.relative and row.budget.limit == 1.5
    assert rows["a record made readable afterwards"].value > 0


def test_a_group_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    """One line that names those there are, exit code 2, and nothing is measured."""
    assert bench.run_groups(["boot", "speed"], False) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1 and "'speed'" in captured.err and "sandbox" in captured.err


def test_a_group_that_cannot_measure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It says why, the others are measured, and the exit code tells."""

    def measure(group: str, session: Session) -> list[Row]:
        if group == "boot":
            raise CannotMeasure("the machine does not boot")
        return [Row("something", 1.0)]

    monkeypatch.setattr(bench, "measure", measure)
    assert bench.run_groups(["boot", "vfs"], False, QUICK) == 1
    shown = capsys.readouterr().out
    assert "boot\n  not measured: the machine does not boot\n" in shown and "something" in shown
