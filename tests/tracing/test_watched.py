"""A machine that is traced does what it does when nobody looks, and one that is not traced has no trace of tracing."""

from __future__ import annotations

from pathlib import Path

import pytest

from axisos import Machine, host
from axisos.machine.trace import TraceBuffer

BOOT_ARGS = {"quick": "Enabled", "timeout": 0}
PROGRAMS = {
    "calls": (
        "import time\nt = syscall('time_get')\nfor i in range(3000): pass\n"
        "print(t, syscall('time_get'), time.time(), syscall('process_get_pid'), hash('a'), id(object()))\n"
    ),
    "refused": (
        "for name, args in (('no_such_call', ()), (5, ()), ('time_get', (1, 2)), ('vfs_open', (b'x', 'r')),\n"
        "                   ('process_wait', (1,)), ('ke_wait_single', ('nothing', 5))):\n"
        "    try: print(name, syscall(name, *args))\n"
        "    except Exception as error: print(name, type(error).__name__, error)\n"
    ),
    "violation": "print('before', flush=True)\nsyscall('kernel_set_log_mode', True)\n",
    "handlers": (
        "import os, signal\n"
        "def handle(*_): raise KeyError('from the handler')\n"
        "signal.signal(signal.SIGUSR1, handle)\n"
        "try: os.kill(os.getpid(), signal.SIGUSR1)\n"
        "except KeyError as error: print('caught', error)\n"
        "signal.alarm(1)\nsyscall('signal_pull')\n"
    ),
    "deep": (
        "def down(n):\n    syscall('process_get_pid')\n    return down(n + 1)\n"
        "try: down(0)\nexcept RecursionError as error: print('deep enough', error)\n"
        "print(syscall('process_get_pid'))\n"
    ),
    "threads": (
        "import threading\nfound = []\n"
        "each = [threading.Thread(target=lambda n=n: found.append((n, syscall('time_get')[0]))) for n in range(5)]\n"
        "[t.start() for t in each]; [t.join() for t in each]; print(found)\n"
    ),
    "crash": "import json\njson.loads('{')\n",
    "odd names": (
        "me = syscall('process_get_pid')\n"
        "for name in ('\\ud800', 'x' * 500, 'a\\nb'): syscall('signal_send', me, name)\n"
        "print([len(syscall('signal_pull')[1]) for _ in range(3)])\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("schedule", ["fifo", "random"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_being_watched_changes_nothing(tmp_path: Path, name: str, schedule: str) -> None:
    """Output, exit code, reason, every time and number that the program saw are the same with a trace and without."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAMS[name])
    lines: list[str] = []

    plain = host.run(Machine(seed=3, schedule=schedule), str(program), timeout=5)
    watched = host.run(Machine(seed=3, schedule=schedule, trace=lines.append), str(program), timeout=5)

    assert (watched.stdout, watched.stderr) == (plain.stdout, plain.stderr)
    assert (watched.exit_code, watched.reason) == (plain.exit_code, plain.reason)
    assert plain.stdout + plain.stderr and len(lines) > 500
    assert all(line.isprintable() and len(line) < 400 for line in lines)


def test_without_a_trace_the_plain_parts_are_in_their_places() -> None:
    """Nothing of the tracing kernel is even loaded: what is off costs nothing."""
    with Machine(seed=7) as machine:
        machine.power_on()
        machine.run_until("login:")
        kernel = machine.kernel
        kinds = [type(each) for each in (kernel.scheduler, kernel.messages, kernel.log, kernel.processes.gate)]

    assert [kind.__name__ for kind in kinds] == ["Scheduler", "Messages", "KernelLog", "Gate"]
    assert machine.computer.trace is None


def test_lines_come_when_the_host_has_control() -> None:
    """Who lets a machine go on step by step has all lines of a step when it is over."""
    lines: list[str] = []
    with Machine(seed=7, profile="bare", boot_args=BOOT_ARGS, trace=lines.append) as machine:
        machine.power_on()
        machine.run_until_idle()
        before = len(lines)
        machine.kernel.spawn_source("syscall('time_get')", 3)
        machine.run_until_idle()
        new = lines[before:]

    assert [line.split()[1:5] for line in new if " syscall " in line] == [["syscall", "20", "time_get", "SUCCESS"]]
    assert "thread 20 of 20 ring 3 /test.py" in new[0] or "thread 20 of 20 ring 3 /test.py" in new[1]
    assert any(line.endswith(" end 20 0 exited") for line in new)


def test_no_record_holds_a_token_or_data(tmp_path: Path) -> None:
    """Records are numbers, short words and names; what was read or written, and handles, stay out."""

    class Keep(TraceBuffer):
        def __init__(self) -> None:
            super().__init__()
            self.kept: list[object] = []

        def begin(self, layout: object, as_lines: object) -> None:
            pass

        def flush(self) -> None:
            self.kept += self.records
            self.records.clear()

    program = tmp_path / "program.py"
    program.write_text(
        "h = syscall('vfs_open', '/dev/null', 'w')\nsyscall('vfs_write', h, b'S3CRET-DATA')\n"
        "syscall('signal_send', syscall('process_get_pid'), 'name', 'S3CRET-ARGUMENT')\n"
        "print(h, syscall('synapse_get_token'))\n"
    )
    trace = Keep()
    result = host.run(Machine(seed=7, trace=trace), str(program))

    assert result.exit_code == 0, result
    words = [*result.stdout.decode().split(), "S3CRET"]
    assert {type(item) for item in trace.kept} <= {int, float, str, type(None)}
    assert not [item for item in trace.kept if type(item) is str and any(word in item for word in words)]
    assert max(len(item) for item in trace.kept if type(item) is str) <= 200
