"""Runs the text of a program in a machine of its own; and the same text in the host's Python, to compare."""

from __future__ import annotations

import os
import subprocess
import sys
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


def run_host(directory: Path, source: str, stdin: bytes = b"") -> bytes:
    """What the same program prints in the host's Python, in an empty directory."""
    place = directory / "host"
    place.mkdir()
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:surrogateescape", "PYTHONHASHSEED": "0", "TZ": "UTC"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)], cwd=place, input=stdin, capture_output=True, env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
