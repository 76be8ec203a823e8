"""Resident memory: of a machine at its login prompt, of each idle process and each idle thread on top."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys

from axisos.bench.lab import GUEST_HOME, CannotMeasure, Lab, Session, guest_source, host_environment, probe_command
from axisos.bench.rows import BYTES, Budget, Reference, Row

CROWD = 600
PLAIN = "import os; print(int(open('/proc/self/statm').read().split()[1]) * os.sysconf('SC_PAGE_SIZE'))"


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    python = Reference("python, nothing imported", float(output([sys.executable, "-c", PLAIN])), BYTES)
    figures = json.loads(output(probe_command("memory", str(session.turns(CROWD)))))
    return [
        Row("resident at the login prompt", figures["prompt"], BYTES, python, Budget(40e6)),
        Row("each further idle process", figures["process"], BYTES, budget=Budget(25e3)),
        Row("each further idle thread", figures["thread"], BYTES, budget=Budget(10e3)),
    ]


def output(command: list[str]) -> str:
    """What a command prints. Raises CannotMeasure when it fails."""
    done = subprocess.run(command, env=host_environment(), capture_output=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure(done.stderr.decode(errors="replace").strip())
    return done.stdout.decode()


def probe(count: str) -> None:
    """Print the figures of this process, which has done nothing else yet."""
    crowd = int(count)
    with Lab("full") as lab:
        prompt = resident_bytes()
        lab.put(f"{GUEST_HOME}/idle.py", guest_source("idle"))
        pid = lab.start("crowd", child=f"{GUEST_HOME}/idle.py", count=crowd)
        sizes = []
        for expected in ("processes", "threads"):
            said = lab.report()
            assert said == expected, said
            lab.machine.run_until_idle()
            sizes.append(resident_bytes())
            lab.send(pid, "go on")
        figures = {
            "prompt": prompt, "process": (sizes[0] - prompt) / crowd, "thread": (sizes[1] - sizes[0]) / crowd,
        }
    print(json.dumps(figures))


def resident_bytes() -> int:
    """Memory that this process occupies, garbage not counted."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
