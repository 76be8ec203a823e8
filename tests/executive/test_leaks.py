"""Nothing is left of programs that are gone: objects, handles, names, waits, charges, deadlines, threads.

Programs make, open, inherit, duplicate, connect, wait, signal, spawn and start threads as chance has it, and are killed
at whatever moment, which is often in the middle of a wait. 200 programs in a usual run, 10,000 with AXISOS_LONG=1.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from kernel_invariants import broken_promises
from puppets import STEP_MS, Stage

LONG = os.environ.get("AXISOS_LONG") == "1"
PROGRAMS = 10_000 if LONG else 200
GROUPS = 8  # each on a machine of its own, with turns of its own
PATH = "/leaky.py"

# Each program draws what it does from its seed. What it refuses or fails is its own business.
LEAKY = """
from random import Random

chance = Random(env["seed"])
pick, draw = chance.choice, chance.random
handles, children, names = [], [], ("x", "y")

def keep(result):
    handles.extend(result if type(result) is tuple else [result])

def any_handle():
    return pick(handles) if handles else "H-none"

def timeout():
    return pick((None, 0, 1, 3, 10**9))

def spawn():
    if env["depth"] < 2:
        slots = {-10: any_handle(), -11: any_handle()} if draw() < 0.5 else None
        deeper = {"path": env["path"], "seed": chance.randrange(10**9), "depth": env["depth"] + 1}
        children.append(syscall("process_spawn", env["path"], 3, deeper, slots, pick((None, 0))))

def thread():
    children.append(syscall("process_thread", lambda: act(chance.randrange(6))))

def handler(signum):
    if draw() < 0.5:
        act(1)
    elif draw() < 0.1:
        raise KeyError(signum)

def timer():
    made = syscall("ke_create_timer")[0]
    keep(made)
    syscall("ke_set_timer", made, pick((0, 1, 5, 10**9)), pick((0, 0, 1, 10**6)))

def store():
    syscall("ke_map_section", any_handle())[pick(names)] = "x" * chance.randrange(50)

def somebody():
    return pick(children) if children else syscall("process_get_pid")

ACTS = (
    lambda: keep(syscall("ke_create_event", draw() < 0.5, draw() < 0.5, pick((None, *names)))),
    lambda: keep(syscall("ke_create_mutex", draw() < 0.5, pick((None, *names)))),
    lambda: keep(syscall("ke_create_semaphore", 1, 3, pick((None, *names)))),
    lambda: keep(syscall("ke_create_pipe", 8)),
    lambda: keep(syscall("ke_create_named_pipe", pick(names), 8)),
    lambda: keep(syscall("ke_connect_named_pipe", pick(names), pick(("r", "w", "rw")))),
    lambda: keep(syscall("ke_create_section", pick((None, *names)), 200)),
    lambda: keep(syscall("ke_create_mqueue", pick((None, *names)), 2, 8)),
    lambda: keep(syscall(pick(("ke_open_event", "ke_open_mutex", "ke_open_semaphore", "ke_open_section",
                               "ke_open_mqueue")), pick(names))),
    lambda: keep(syscall("process_open", somebody())),
    timer, timer, store,
    lambda: keep(syscall("ob_duplicate_handle", syscall("process_get_pid"), any_handle(),
                         syscall("process_get_pid"), pick((None, 0x41)))),
    lambda: syscall("ob_duplicate_handle", syscall("process_get_pid"), any_handle(), somebody()),
    lambda: syscall("ob_set_handle_flags", any_handle(), draw() < 0.7, draw() < 0.3),
    lambda: syscall("ob_set_standard_handle", syscall("process_get_pid"), pick((-10, -11, -12)), any_handle()),
    lambda: syscall("vfs_close", any_handle()),
    lambda: syscall("vfs_close", any_handle()),
    lambda: syscall("ke_wait_single", any_handle(), timeout(), draw() < 0.3),
    lambda: syscall("ke_wait_single", any_handle(), timeout()),
    lambda: syscall("ke_wait_multiple", [any_handle() for _ in range(3)], draw() < 0.5, timeout()),
    lambda: syscall("ke_wait_multiple", [any_handle() for _ in range(2)], draw() < 0.5, timeout(), True),
    lambda: syscall("ke_set_event", any_handle()),
    lambda: syscall("ke_release_mutex", any_handle()),
    lambda: syscall("ke_release_semaphore", any_handle()),
    lambda: syscall("ke_cancel_timer", any_handle()),
    lambda: syscall("ke_pipe_write", any_handle(), b"x" * chance.randrange(20)),
    lambda: syscall("ke_pipe_read", any_handle(), pick((None, 3))),
    lambda: syscall("ke_mq_send", any_handle(), b"data", chance.randrange(3), timeout()),
    lambda: syscall("ke_mq_receive", any_handle(), timeout()),
    lambda: syscall("ke_signal_handler", pick((13, 15, 17, 30)), pick((handler, handler, "SIG_IGN", None))),
    lambda: syscall("ke_signal_mask", pick(([], [17], [30, 13]))),
    lambda: syscall("process_kill", somebody(), pick((30, 30, 19, 18, 18, 15, 9))),
    lambda: syscall("process_wait", somebody(), timeout()),
    lambda: syscall("process_wait_any", timeout(), True),
    lambda: syscall("signal_send", somebody(), "hello", 1),
    lambda: syscall("signal_pull", pick((0, 1))),
    lambda: syscall("process_yield"),
    spawn, spawn, thread, thread, thread,
)

def act(count):
    for _ in range(count):
        try:
            pick(ACTS)()
        except Exception:
            pass

for _ in range(12):
    keep(syscall(pick(("ke_create_event", "ke_create_mutex", "ke_create_semaphore", "ke_create_pipe"))))
    act(6)
pick((lambda: None, lambda: syscall("signal_pull"), lambda: syscall("process_exit", 3), lambda: 1 // 0))()
"""

ALIVE = "syscall('ke_set_event', syscall('ke_create_event'))\nsay('alive')"


def leaky(stage: Stage, seed: int) -> Any:
    """One program as a process that runs from now on."""
    process = stage.kernel.spawn_source(LEAKY, 3, PATH, {"path": PATH, "seed": seed, "depth": 0})
    process.limits.handles = 100
    stage.processes.append(process)
    return process


def install(stage: Stage) -> None:
    """Put the program where it finds itself, to be a child of itself."""
    _, disk = stage.kernel.table.entries["kernel_get_root_fs"].body(stage.kernel.kernel_process.main)
    handle = disk.open(PATH, "w")
    disk.write(handle, LEAKY.encode())
    disk.close(handle)


@pytest.mark.parametrize("group", range(GROUPS))
def test_programs_that_are_killed_at_any_moment_leave_nothing(group: int) -> None:
    """Also while others go on: all promises hold after each kill, and at last all is as it was before."""
    chance = Random(f"leaks {group}")
    stage = Stage(("fifo", "random", "random", "pct:3")[group % 4], group)
    install(stage)
    kernel = stage.kernel
    seen: set[int] = set()  # pids, of children too
    spawned, waited = 0, 0
    while len(seen) < PROGRAMS // GROUPS:
        programs = [leaky(stage, chance.randrange(10**9)) for _ in range(chance.randint(1, 6))]
        for process in [*programs, None, None]:
            stage.bare.machine.run_for(chance.choice((0.00005, 0.0005, 0.005, 0.02)))
            others = kernel.processes.processes()[1:]
            seen.update(other.pid for other in others)
            spawned += sum(1 for other in others if other not in programs)
            waited += sum(1 for thread in kernel.processes.threads.values() if thread.wait.active)
            victim = process if process is None or chance.random() < 0.5 else chance.choice(others or [process])
            if victim is not None:
                kernel.processes.signals.send(victim, 9)
            stage.bare.machine.computer.push_signal("work")
            stage.bare.machine.run_for(0.0005)
            assert broken_promises(kernel) == []
        stage.clear()
        assert not any(count for process in programs for count in process.ledger.counts.values())
    bugs = [entry["msg"] for entry in kernel.log.newest(1000) if "kernel bug" in str(entry["msg"])]
    assert bugs == [] and spawned and waited
    stage.bare.start(ALIVE)
    stage.bare.machine.run_for(STEP_MS / 1000)
    assert stage.bare.said()[-1] == "alive"
    stage.close()
