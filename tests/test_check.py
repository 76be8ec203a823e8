"""`axisos check`: what it finds, where, and that it says what a machine would say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from axisos import check, host
from axisos.machine.machine import Machine
from test_arrows import ROOTFS
from test_command_line import Tool

NOSY = """\
import json, socket
def f(x):
    return x.__globals__, x.gi_frame
class A:
    def __del__(self): pass
"""


@pytest.fixture(scope="module")
def rules() -> check.Rules:
    return check.Rules()


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return Tool(tmp_path_factory.mktemp("home"))


def found(rules: check.Rules, source: str | bytes) -> list[tuple[int, int, str]]:
    """(line, column, rule) of each offence."""
    text = source if isinstance(source, bytes) else source.encode()
    return [(one.line, one.column, one.rule) for one in rules.offences(text, "p.py")]


def noted(rules: check.Rules, source: str) -> list[str]:
    """What is said in the notes."""
    return [note.said for note in rules.notes(source.encode(), "p.py")]


def test_every_offence_is_told_in_the_order_of_the_source(rules: check.Rules) -> None:
    """Not only the first one, as when the program is compiled."""
    assert found(rules, NOSY) == [
        (3, 14, "dunder-attribute"), (3, 29, "frame-attribute"), (5, 5, "dunder-definition"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("x = (a\n  .b\n  .__code__)", (3, 4)),
        ("é = 'ü'; é.__code__", (1, 12)),
        ("# coding: latin-1\n'\xfc'.__code__".encode("latin-1"), (2, 5)),
        (b"\xef\xbb\xbfx.__code__", (1, 3)),
        ("\x0cx.__code__", (1, 4)),
        ("x.\\\n__code__", (2, 1)),
    ],
)
def test_a_place_is_counted_in_characters(rules: check.Rules, source: str | bytes, where: tuple[int, int]) -> None:
    """Whatever the encoding, and where the refused name stands, not where the expression begins."""
    assert found(rules, source) == [(*where, "dunder-attribute")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(:", [(1, 7, "syntax")]),
        ("x = 1\nreturn x", [(2, 1, "syntax")]),
        ("x.__code__\nreturn x", [(1, 3, "dunder-attribute"), (2, 1, "syntax")]),
        ("x = 1\0", [(1, 1, "syntax")]),
        (b"# coding: rot13\n", [(1, 1, "syntax")]),
        ("-" * 20_000 + "1", [(1, 1, "too-deep")]),
        (b"#" * ((4 << 20) + 1), [(1, 1, "too-large")]),
    ],
)
def test_what_python_refuses_is_told_likewise(
    rules: check.Rules, source: str | bytes, expected: list[tuple[int, int, str]]
) -> None:
    """Errors of the parser and of the compiler, and sources that would overwhelm them."""
    assert found(rules, source) == expected


@pytest.mark.parametrize("source", [NOSY, "x = 1\nreturn 2", "print('fine')", "def f(:", "__builtins__"])
def test_a_machine_says_the_same(rules: check.Rules, tmp_path: Path, source: str) -> None:
    """The first finding is what a program that is run there dies of; without one it runs."""
    program = tmp_path / "program.py"
    program.write_text(source)
    findings = rules.offences(source.encode(), str(program))
    result = host.run(Machine(seed=7), str(program))

    assert result.exit_code == (1 if findings else 0), result
    if findings:
        said = result.stderr.decode().splitlines()
        assert any(f"line {findings[0].line}" in line for line in said)
        assert findings[0].said in said[-1]


def test_what_shows_only_at_run_time_is_a_note(rules: check.Rules) -> None:
    """Where the source shows it plainly; what may be right is not mentioned."""
    assert noted(rules, "getattr(f, '__globals__')\nsetattr(f, '__code__', 1)\ndelattr(f, name)") == [
        "getattr of the attribute '__globals__'", "setattr of the attribute '__code__'",
    ]  # fmt: skip
    assert noted(rules, "'{0.__class__}'.format(1)\n'{0.real:{w}}'.format(1, w=2)\n'{'.format()") == [
        "a format string may not reach the attribute '__class__'"
    ]
    assert noted(rules, "getattr(x, '__doc__'), x.format('{0.__class__}')") == []


def test_imports_that_are_not_offered_are_notes(rules: check.Rules, tmp_path: Path) -> None:
    """As the importer would look: the program's own folder, the vetted library, the disk's libraries."""
    assert noted(rules, "import socket, json, os.path\nfrom xml.dom import minidom") == [
        "No module named 'socket'; AxisOS does not offer this part of Python's library: "
        "axis.net opens connections, axis.http asks web servers",
        "No module named 'xml'; AxisOS does not offer this part of Python's library",
    ]
    assert noted(rules, "import multiprocessing, queue, concurrent.futures") == [
        "No module named 'multiprocessing'; AxisOS does not offer this part of Python's library: threading, "
        "concurrent.futures and queue work side by side, subprocess runs programs, axis.pipe and axis.ipc connect them",
    ]
    assert noted(rules, "import json.decoder, json.nothing, numpy") == [
        "No module named 'json.nothing'", "No module named 'numpy'",
    ]  # fmt: skip
    assert noted(rules, "from axis import sync, nothing\nimport axis.thread") == ["there is no module axis.nothing"]
    assert noted(rules, "from types import FunctionType, FrameType") == ["cannot import name 'FrameType' from 'types'"]
    assert noted(rules, "TYPE_CHECKING = 0\nif TYPE_CHECKING:\n import socket\nelse:\n import select") == [
        "No module named 'select'; AxisOS does not offer this part of Python's library"
    ]
    (tmp_path / "socket.py").write_text("")
    assert rules.notes(b"import socket", str(tmp_path / "p.py")) == []


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("import xml", 1), ("import json.nothing", 1), ("from axis import nothing", 1),
        ("from types import FrameType", 1), ("getattr(print, '__self__')", 1), ("'{0.__class__}'.format(1)", 1),
        ("import json.decoder, os.path, axis.thread, string, unicodedata, sys, threading, abi.status", 0),
    ],
)  # fmt: skip
def test_a_note_holds_in_a_machine(rules: check.Rules, tmp_path: Path, source: str, code: int) -> None:
    """What is noted raises there, and what is not does not."""
    program = tmp_path / "program.py"
    program.write_text(source)

    assert bool(rules.notes(source.encode(), str(program))) == bool(code)
    assert rules.offences(source.encode(), str(program)) == []
    assert host.run(Machine(seed=7), str(program)).exit_code == code


def test_the_disks_own_programs_are_clean(rules: check.Rules) -> None:
    """Every command and everyday library of ring 3 passes the check that is for everybody."""
    for folder in ("bin", "usr"):
        for path in sorted((ROOTFS / folder).rglob("*.py")):
            assert [one.text() for one in rules.offences(path.read_bytes(), str(path))] == []
            assert [one.text() for one in rules.notes(path.read_bytes(), str(path))] == []


def test_the_command_prints_places_reasons_and_ways_out(tool: Tool) -> None:
    """One line for each finding that an editor can follow, and two below it; notes do not change the exit code."""
    program = tool.program(NOSY)
    code, out, err = tool("check", program)
    lines = out.splitlines()

    assert (code, err) == (1, "")
    assert lines[0].startswith(f"{program}:1:1: note: import: No module named 'socket'")
    assert lines[3] == f"{program}:3:14: dunder-attribute: the attribute '__globals__'"
    assert lines[4].startswith("    why: ") and lines[5].startswith("    instead: ")
    assert len(lines) == 4 * 3
    assert tool("check", tool.program("import socket\n"))[0] == 0
    assert tool("check", tool.program("print(1)\n")) == (0, "", "")
    assert tool("check", "-", stdin=b"x.__code__")[:2][0] == 1


def test_a_directory_is_checked_whole(tool: Tool, tmp_path: Path) -> None:
    """Its Python files in order, hidden folders left out; what cannot be read is said, and the rest is checked."""
    (tmp_path / "inner").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b.py", "inner/a.py", ".hidden/c.py", "text.txt"):
        (tmp_path / name).write_text("x.__code__\n")
    code, out, err = tool("check", "--json", str(tmp_path), "/nowhere.py")

    assert [Path(one["file"]).name for one in json.loads(out)] == ["b.py", "a.py"]
    assert json.loads(out)[0] == {
        "file": str(tmp_path / "b.py"), "line": 1, "column": 3, "refused": True, "rule": "dunder-attribute",
        "said": "the attribute '__code__'", "reason": json.loads(out)[0]["reason"], "hint": json.loads(out)[0]["hint"],
    }  # fmt: skip
    assert (code, err) == (2, "axisos check: /nowhere.py: No such file or directory\n")


@pytest.mark.parametrize("arguments", [(), ("--rules", "x.py"), ("--loud", "x.py")])
def test_bad_usage_is_one_line(tool: Tool, arguments: tuple[str, ...]) -> None:
    """And exit code 2."""
    code, out, err = tool("check", *arguments)
    assert (code, out) == (2, "") and err.startswith("axisos") and len(err.splitlines()) == 1


def test_the_table_of_rules_is_whole(tool: Tool, rules: check.Rules) -> None:
    """Each rule with its reason and what to write, each admitted node under its Python, each refused one."""
    code, text, err = tool("check", "--rules")
    assert (code, err) == (0, "")
    assert max(map(len, text.splitlines())) <= 120
    words = " ".join(text.split())
    for rule, (reason, hint) in {**rules.policy.RULES, **check.NOTES, check.SYNTAX: check.SYNTAX_RULE}.items():
        assert f"{rule} why: {reason} instead: {hint}" in words
    for node in ("Python 3.11 ", "MatchClass(", "Python 3.12 ", "type-parameters ParamSpec, TypeAlias"):
        assert node in words

    table = json.loads(tool("check", "--rules", "--json")[1])
    assert {row["rule"] for row in table["rules"]} == {*rules.policy.RULES, check.SYNTAX}
    assert {row["rule"] for row in table["refused"]} <= set(rules.policy.RULES)


def test_it_starts_without_a_machine(tmp_path: Path) -> None:
    """The command imports nothing that a check does not need: no kernel, no greenlets, no components."""
    asked = (
        "import sys\nfrom axisos.supervisor import main\n"
        "assert main(['check', '-']) == 0\n"
        "print(*sorted(name for name in sys.modules if name.startswith(('axisos', 'greenlet', 'executive', 'abi'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], input=b"print(1)", stdout=subprocess.PIPE, check=True,
        env={"PYTHONPATH": str(ROOTFS.parent.parent), "XDG_CACHE_HOME": str(tmp_path)},
    )  # fmt: skip
    names = done.stdout.decode().split()
    assert "axisos.check" in names
    assert not {"greenlet", "axisos.machine.machine", "axisos.machine.computer", "axisos.host"} & set(names)
