"""The command verifier: rules that a driver breaks in its daily work."""

from __future__ import annotations

from pathlib import Path

BROKEN = Path(__file__).parent.parent / "drivers" / "broken"


def test_a_driver_in_use_is_watched_and_reported(shell) -> None:  # type: ignore[no-untyped-def]
    """From on to report: the rule, the line and the request; the kernel log has it, too."""
    result = shell(
        "verifier on FalseCount; insmod /drivers/false.sys.py; echo hi > /dev/false_count;"
        "verifier list; verifier report FalseCount; echo $?; dmesg | grep -c 'verifier: FalseCount'",
        user="root", put=[(str(BROKEN / "false_count.sys.py"), "/drivers/false.sys.py")],
    )
    lines = result.stdout.decode().splitlines()
    assert lines[0] == "FalseCount is watched from its next start on"
    assert lines[1].startswith("FalseCount loaded")
    row = lines[next(number for number, line in enumerate(lines) if line.startswith("DRIVER")) + 1]
    assert row.split()[:2] == ["FalseCount", "1"]
    report = lines[lines.index(row) + 1:]
    assert report[0].startswith("FalseCount: false-information")
    assert "a write of 3 bytes took int 512" in report[1]
    assert report[2] == "  at /drivers/false.sys.py:13 in on_write"
    assert "WRITE \\Device\\FalseCount0 from process" in report[3]
    assert report[4:] == ["1", "1"]
    assert result.stderr == b"sh: echo: Input/output error\n"


def test_a_loaded_driver_is_watched_at_once(shell) -> None:  # type: ignore[no-untyped-def]
    """With -r it is replaced in place; a driver that keeps the rules has nothing to report, and off ends it."""
    result = shell(
        "verifier on -r AxisNull; head -c 5 /dev/zero | wc -c; verifier list; verifier report; echo $?;"
        "verifier off AxisNull; verifier list; verifier off AxisNull; echo $?",
        user="root",
    )
    lines = result.stdout.decode().splitlines()
    assert lines[:2] == ["AxisNull was reloaded", "5"]
    assert lines[3].split()[:2] == ["AxisNull", "0"]
    assert lines[4] == "0"
    assert lines[-1] == "1"
    assert result.stderr == b"verifier: AxisNull: 601 the verifier is not on for 'AxisNull'\n"


def test_only_root_verifies(shell) -> None:  # type: ignore[no-untyped-def]
    """A driver's findings tell of others' requests; and wrong use says how it is right."""
    refused = shell("verifier report")
    assert (refused.exit_code, refused.stderr) == (1, b"verifier: report: only root may verify drivers\n")
    for line in ("verifier", "verifier on", "verifier report a b", "verifier spin"):
        wrong = shell(line, user="root")
        assert wrong.exit_code == 2, line
        assert wrong.stderr.startswith(b"verifier: "), line
