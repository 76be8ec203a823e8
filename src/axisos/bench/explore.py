"""How many runs of a program an exploration makes in a second, on one processor."""

from __future__ import annotations

import json
import os
import subprocess

from axisos.bench.lab import GUESTS, HOST_PATIENCE_S, CannotMeasure, Session, host_command, host_environment
from axisos.bench.rows import RUNS_PER_SECOND, Budget, Row

PROGRAMS = (  # (what it is, guest, least runs a second)
    ("two threads, a dozen IPC calls", "explored_calls", 300),
    ("three threads of the libraries", "explored_threads", None),
    ("two processes and a section", "explored_processes", None),
)
RUNS = 500


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    return [
        Row(
            f"explore {what}",
            _runs_per_second(os.path.join(GUESTS, f"{guest}.py"), session.turns(RUNS)),
            RUNS_PER_SECOND,
            budget=None if least is None else Budget(least, at_least=True),
        )
        for what, guest, least in PROGRAMS
    ]


def _runs_per_second(program: str, runs: int) -> float:
    """From the first fork to the last verdict, with one run at a time."""
    command = host_command("explore", "--json", "--jobs", "1", "--seeds", str(runs), program)
    done = subprocess.run(
        command, env=host_environment(PYTHONHASHSEED="0"), capture_output=True, check=False, timeout=HOST_PATIENCE_S
    )
    if done.returncode != 0:
        raise CannotMeasure(f"{os.path.basename(program)}: {(done.stdout + done.stderr).decode(errors='replace')}")
    return float(json.loads(done.stdout)["runs_per_second"])
