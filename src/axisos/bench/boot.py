"""From nothing to a program, from nothing to a prompt, and what the prompt costs while nobody types."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from time import perf_counter, process_time

from axisos.bench.lab import (
    BOOT_ARGS,
    BOOT_PATIENCE_S,
    CannotMeasure,
    Session,
    host_command,
    host_environment,
    probe_command,
)
from axisos.bench.rows import COUNT, PERCENT, Budget, Reference, Row
from axisos.machine.machine import Machine

IDLE_S = 2.0


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    times = session.turns(10)
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "empty.py")
        with open(program, "w", encoding="utf-8"):
            pass
        run = host_command("run", program)
        # Python's own bytecode is at hand, as after an installation, also where this process may write none.
        host = {"PYTHONPYCACHEPREFIX": f"{folder}/host", "PYTHONDONTWRITEBYTECODE": ""}
        cache = {**host, "XDG_CACHE_HOME": f"{folder}/warm"}
        _wall_time(run, cache)
        cold = min(_wall_time(run, {**host, "XDG_CACHE_HOME": f"{folder}/cold{n}"}) for n in range(session.turns(3)))
        plain = min(_wall_time([sys.executable, "-c", "pass"], host) for _ in range(times))
        warm = min(_wall_time(run, cache) for _ in range(times))
        first = min(_probed(cache)["first"] for _ in range(1 + session.turns(5)))  # one more: the first fills the cache
        again = _probed(cache, times)["again"]
    python = Reference("python -c pass", plain)
    busy, wakes = _idle(IDLE_S * session.share)
    return [
        Row("axisos run, empty program, warm cache", warm, reference=python, budget=Budget(0.2)),
        Row("axisos run, empty program, cold cache", cold, reference=python, budget=Budget(1.2)),
        Row("kernel to login prompt, new host process", first, reference=python, budget=Budget(0.06)),
        Row("kernel to login prompt, once more there", again, reference=python, budget=Budget(0.06)),
        Row("idle at the prompt, of a core", busy, PERCENT, budget=Budget(0.5)),
        Row("woken at the prompt, times a second", wakes, COUNT),
    ]


def _wall_time(command: list[str], environment: dict[str, str]) -> float:
    """Seconds that a whole process takes."""
    full = host_environment(**environment)
    start = perf_counter()
    done = subprocess.run(command, env=full, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    elapsed = perf_counter() - start
    if done.returncode != 0:
        raise CannotMeasure(done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}")
    return elapsed


def _probed(environment: dict[str, str], times: int = 1) -> dict[str, float]:
    """What `probe` prints in a process of its own."""
    command = probe_command("boot", str(times))
    done = subprocess.run(command, env=host_environment(**environment), capture_output=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure(done.stderr.decode(errors="replace").strip())
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def probe(times: str) -> None:
    """Print the seconds from the kernel's first line to the login prompt: the first boot here, the least of others."""
    boots = [boot_time() for _ in range(1 + int(times))]
    print(json.dumps({"first": boots[0], "again": min(boots[1:])}))


def boot_time() -> float:
    """Seconds from the hand-over to the kernel to the login prompt on the screen."""
    handed_over: list[float] = []

    def log(_line: str) -> None:
        if not handed_over:  # the kernel's first line
            handed_over.append(perf_counter())

    with Machine(boot_args=BOOT_ARGS, verbose_log=log) as machine:
        machine.power_on()
        machine.run_until("login:", BOOT_PATIENCE_S)
        return perf_counter() - handed_over[0]


def _idle(duration_s: float) -> tuple[float, float]:
    """What a machine does at its prompt: per cent of a core, and how often a second it wakes."""
    with Machine(boot_args=BOOT_ARGS) as machine:
        machine.power_on()
        machine.run_until("login:", BOOT_PATIENCE_S)
        machine.run_until_idle()
        wakes, busy = 0, process_time()
        end = machine.clock.now() + duration_s
        while machine.clock.now() < end:
            deadline = machine.advance().deadline
            machine.wait(end if deadline is None else min(deadline, end))
            wakes += 1
        return (process_time() - busy) / duration_s * 100, (wakes - 1) / duration_s
