"""Runs the text of a program in a machine of its own; and the same text in the host's Python, to compare."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from axisos import host
from axisos.machine.machine import Machine


def run_guest(
    directory: Path, source: str, *args: str, stdin: bytes = b"", user: str = "guest", **job: object
) -> host.Result:
    """The program run by a user in a new seeded machine."""
    path = directory / "program.py"
    path.write_text(textwrap.dedent(source))
    with Machine(seed=7) as machine:
        return host.run(machine, str(path), args, user=user, stdin=stdin, **job)  # type: ignore[arg-type]


def output(directory: Path, source: str, *args: str, **options: object) -> list[str]:
    """The lines that a program prints; it must end well."""
    result = run_guest(directory, source, *args, **options)  # type: ignore[arg-type]
    assert (result.stderr.decode(), result.exit_code) == ("", 0)
    return result.stdout.decode().splitlines()


def run_host(directory: Path, source: str, stdin: bytes = b"") -> bytes:
    """What the same program prints in the host's Python, in an empty directory."""
    place = directory / "host"
    place.mkdir()
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:surrogateescape", "PYTHONHASHSEED": "0", "TZ": "UTC"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)], cwd=place, input=stdin, capture_output=True, env=environment,
        check=False, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever started the tests
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def answers(directory: Path, source: str, cases: list[object]) -> tuple[list[object], list[object]]:
    """What the function `answer` in *source* returns for each case: in a machine, and in the host's Python.

    Cases and answers are JSON; an error is answered by its kind and text. Both sides begin in an empty directory.
    """
    program = textwrap.dedent(source) + ANSWER_ALL
    given = json.dumps(cases).encode()
    place = Path(tempfile.mkdtemp(dir=directory))
    result = run_guest(place, f"import os; os.mkdir('/tmp/work'); os.chdir('/tmp/work')\n{program}", stdin=given)
    assert (result.stderr.decode(), result.exit_code) == ("", 0)
    return json.loads(result.stdout), json.loads(run_host(place, program, given))


ANSWER_ALL = """
def _answer_all():
    import json, sys
    answers = []
    for case in json.loads(sys.stdin.read()):
        try:
            answers.append(answer(case))
        except Exception as error:
            answers.append([type(error).__name__, str(error)])
    print(json.dumps(answers))

_answer_all()
"""
