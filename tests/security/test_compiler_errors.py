"""Python's compiler shows the line of an error, and looks it up in the file of that name. On the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from axisos import Machine
from axisos.host import run


@pytest.mark.parametrize("text", ["def f(:", "return 5", "def f():\n  nonlocal x", "'unfinished", "f(**a, *b)", "\x00"])
def test_an_error_shows_the_programs_line_never_the_hosts(tmp_path: Path, text: str) -> None:
    """A program compiles wrong text under the name of a file of the host, which it must not read by that."""
    secret = tmp_path / "secret"
    secret.write_text("the host's own line\n" * 20)
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        "for mode in ('exec', 'eval', 'single'):\n"
        "    try:\n"
        f"        compile('\\n' * 4 + {text!r}, {str(secret)!r}, mode)\n"
        "    except (SyntaxError, ValueError) as error:\n"
        "        print(repr(getattr(error, 'text', None)), error)\n"
    )
    result = run(Machine(seed=7), str(program))

    assert result.exit_code == 0, result
    assert result.stdout.count(b"\n") == 3
    assert b"host's own" not in result.stdout + result.stderr


def test_a_programs_own_syntax_error_shows_its_own_line(tmp_path: Path) -> None:
    """Also when the host has another file of the same path."""
    program = tmp_path / "program.py"
    program.write_text("x = 1\nreturn x\n")
    result = run(Machine(seed=7), str(program))

    assert result.exit_code == 1
    assert result.stderr.decode().splitlines()[:2] == ['  File "/tmp/program.py", line 2', "    return x"]
