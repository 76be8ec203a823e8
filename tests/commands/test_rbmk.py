"""The reactor's command and library, in a machine that has one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from axisos import host
from axisos.machine.machine import Machine

Line = Callable[..., tuple[str, str, int]]


@pytest.fixture
def rbmk() -> Line:
    """`rbmk(line, layout="FRF/RHR/FBC", user="root")` runs a shell line; layout None is a machine without a reactor."""

    def run(line: str, layout: str | None = "FRF/RHR/FBC", user: str = "root") -> tuple[str, str, int]:
        with Machine(seed=7, components=[] if layout is None else [f"reactor:layout={layout}"]) as machine:
            result = host.run(machine, None, user=user, line=line, timeout=2000)
        return result.stdout.decode(), result.stderr.decode(), result.exit_code

    return run


def test_what_there_is(rbmk: Line) -> None:
    """Anybody may count and list the parts; only root may open them."""
    out, err, code = rbmk("rbmk scan; rbmk list fuel_rod; rbmk list; rbmk info", user="guest")
    lines = out.splitlines()
    assert lines[0] == "11 parts"
    assert [line.rsplit("_", 1)[1] for line in lines[1:4]] == ["0", "1", "2"]
    assert len(lines) == 1 + 3 + 11 and all(line.startswith("/dev/rbmk_") for line in lines[1:])
    assert (err.rsplit(": ", 1)[1], code) == ("Permission denied\n", 1)


def test_steering(rbmk: Line) -> None:
    """Levels of all rods, of one, of a colour; -w waits for them; the grid shows where they are."""
    out, err, code = rbmk(
        "rbmk set -w 0.5; rbmk grid; rbmk set 1 7 6; rbmk color 6 7 blue; rbmk set -w -c blue 0.25; rbmk grid;"
        "rbmk az5 -w; rbmk grid"
    )
    assert (err, code) == ("", 0)
    levels = [cell.partition("/")[2] for cell in out.split() if cell.startswith("R")]
    assert levels == ["50", "50", "50", "100", "25", "50", "0", "0", "0"]
    lines = out.splitlines()
    assert lines[0].split() == ["6", "7", "8"] and lines[1].split()[0] == "6" and len(lines) == 12
    assert [cell[0] for cell in lines[3].split()[1:]] == ["F", "B", "C"]


def test_what_is_known_of_a_part(rbmk: Line) -> None:
    """By kind or by device; without one, of the console."""
    out, err, code = rbmk("rbmk info; rbmk info heater; rbmk info $(rbmk list crane)")
    assert (err, code) == ("", 0)
    facts = [line.split(None, 1) for line in out.replace("coolant flow", "coolant_flow").splitlines()]
    assert [value for key, value in facts if key == "type:"] == ["rbmk_console", "rbmk_heater", "rbmk_crane"]
    assert ["melted:", "no"] in facts and ["position:", "7, 7"] in facts and ["depletion:", "-"] in facts


@pytest.mark.parametrize(
    ("line", "said", "code"),
    [
        ("rbmk", "missing operand: one of scan, list", 2), ("rbmk dance", "dance: there are scan, list", 2),
        ("rbmk set", "set: 0 operands do not fit", 2), ("rbmk set 1 2", "set: 2 operands do not fit", 2),
        ("rbmk set 1.5", "1.5: LEVEL must be from 0 to 1", 2), ("rbmk set -- -1", "-1: LEVEL must be a number", 2),
        ("rbmk set 1 99 1", "99: GX must be from 0 to 14", 2), ("rbmk set -c pink 1", "pink: a color is red", 2),
        ("rbmk set -c red 1 2 3", "set: 3 operands do not fit", 2), ("rbmk scan -w", "scan has no option -w", 2),
        ("rbmk az5 now", "az5: 1 operands do not fit", 2), ("rbmk list fridge", "fridge: a kind is console", 2),
        ("rbmk set 1 6 6", "there is no control rod at 6, 6", 1), ("rbmk info tty", "tty is no part of a reactor", 1),
        ("rbmk info /dev/rbmk_crane_123456_7", "there is no /dev/rbmk_crane_123456_7", 1),
    ],
)
def test_wrong_use(rbmk: Line, line: str, said: str, code: int) -> None:
    """One line on standard error."""
    out, err, got = rbmk(line)
    assert (out, got) == ("", code)
    assert err.startswith("rbmk: ") and said in err and err.count("\n") == 1


def test_a_machine_without_a_reactor(rbmk: Line) -> None:
    """Nothing to list, and everything else says what is missing."""
    out, err, code = rbmk("rbmk scan; echo $?; rbmk list; echo $?; rbmk az5", None)
    assert (out, err, code) == ("0 parts\n1\n1\n", "rbmk: there is no console in this machine\n", 1)


def test_a_melted_core(rbmk: Line) -> None:
    """It can still be looked at."""
    out, err, code = rbmk("rbmk set 1; sleep 400; rbmk info | grep melted; rbmk az5", "FRF/R.R/FRF")
    assert out.split() == ["melted:", "yes"] and code == 1
    assert err.startswith("rbmk: ") and err.endswith("the reactor has melted down\n") and err.count("\n") == 1


def test_the_library(tmp_path: Path) -> None:
    """Parts as objects of their kinds, the spec of each method, and exceptions that are builtins and statuses."""
    program = tmp_path / "program.py"
    program.write_text("""
from abi.status import StatusError
from axis import reactor

def failure(call, *arguments):
    try:
        call(*arguments)
    except StatusError as error:
        kinds = [kind.__name__ for kind in (reactor.Meltdown, reactor.ReactorError, reactor.NoReactor, ValueError,
                 FileNotFoundError, OSError, NotImplementedError) if isinstance(error, kind)]
        return int(error.status), kinds

print(reactor.scan(), [name.kind for name in reactor.parts()])
print(reactor.parts("rbmk_boiler"), [type(reactor.first(kind)).__name__ for kind in reactor.KINDS])
console, crane, rod, boiler = map(reactor.first, ("console", "crane", "control_rod", "boiler"))
console.set_color(7, 6, reactor.GREEN)
console.set_color_level(reactor.GREEN, 0.5)
print(rod.wait()["level"], console.column(7, 6)["color"], console.column(0, 0), console.position())
console.set_column_level(7, 6, 0.25)
rod.set_level(0.75)
print(rod.info()["target"], rod.invoke("getInfo")["target"])
boiler.set_steam_type(2)
print(boiler.info()["steam_type"], [len(row) for row in console.grid()][:2])
print(crane.move("up"), crane.move("left"), crane.load(), crane.position())
print(crane.depletion() < 0.1, crane.xenon() < 0.1)
print(crane.load(), crane.depletion())
with reactor.open(rod.path) as again:
    print(again.info()["address"] == rod.info()["address"], again)
print(again, failure(again.info))
print(failure(reactor.first, "toaster"), failure(reactor.open, "/dev/tty"), failure(console.set_level, 2))
print(failure(console.ask, "sing"), failure(crane.move, "west"))
print(str(reactor.NoReactor(405, "there is none")), repr(str(reactor.Meltdown(300, "it has melted down"))))
""")
    with Machine(seed=7, components=["reactor:layout=FRF/BHC/.O."]) as machine:
        result = host.run(machine, str(program), user="root")
    assert (result.stderr, result.exit_code) == (b"", 0)
    lines = result.stdout.decode().splitlines()
    kinds = ["boiler", "console", "control_rod", "cooler", "crane", "fuel_rod", "fuel_rod", "heater", "outgasser"]
    assert lines[0] == f"9 {kinds}"
    assert lines[1].startswith("[</dev/rbmk_boiler_") and lines[1].endswith(
        "['Console', 'Crane', 'FuelRod', 'ControlRod', 'Boiler', 'Heater', 'Cooler', 'Outgasser']"
    )
    assert lines[2:9] == [
        "0.5 2 None (7, 7)", "0.75 0.75", "2 [15, 15]", "True True True (6, 6)", "True True", "True None",
        "True <ControlRod>",
    ]  # fmt: skip
    assert lines[9] == "<ControlRod, closed> (600, ['OSError'])"
    assert lines[10] == (
        "(405, ['NoReactor', 'FileNotFoundError', 'OSError']) (405, ['NoReactor', 'FileNotFoundError', 'OSError']) "
        "(601, ['ValueError'])"
    )
    assert lines[11] == "(301, ['NotImplementedError']) (601, ['ValueError'])"
    assert lines[12] == "there is none 'it has melted down'"
