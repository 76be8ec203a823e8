"""Programs that do what a test tells them, one system call at a time: a stage on a bare machine, and its puppets.

A puppet is a thread of a program. It waits for a message with a number and a call, makes the call, and writes down the
number and what came of it; while the call sleeps, so does the puppet. Signals that it handles are written down, too.

    stage.tell(puppet, "ke_wait_single", handle)  ->  4
    stage.run()                                   ->  {}, []            it waits
    stage.tell(other, "ke_set_event", handle)     ->  5
    stage.run()                                   ->  {5: 1, 4: 0}, []

Machine time goes in steps of `STEP_MS`: what is told is done at the beginning of a step, within `HURRY_MS` of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from sys import getrecursionlimit, setrecursionlimit
from typing import Any

from kernel_invariants import broken_promises
from kernelrig import BareMachine, adopt

STEP_MS = 10
HURRY_MS = 2  # all that puppets are told in one step is done by then
SIGKILL = 9
HANDLED = (30, 31)  # the signals that every puppet handles from the start

PLAY = (
    f"HANDLED = {HANDLED}"
    + """
NOTES = []
VIEWS = {}

def heard(signum):
    NOTES.append(("signal", signum))

def handle(signum, what):
    syscall("ke_signal_handler", signum, {"heard": heard, "default": None}.get(what, what))

def item(view, what, *args):
    view = VIEWS[view]
    if what == "store": view[args[0]] = args[1]
    elif what == "load": return view[args[0]]
    elif what == "delete": del view[args[0]]
    elif what == "write": view.write_bytes(*args)
    elif what == "read": return view.read_bytes(*args)
    else: return view.copy(), view.used()

OWN = {
    "handle": handle,
    "thread": lambda: syscall("process_thread", play),
    "view": lambda name, handle: VIEWS.__setitem__(name, syscall("ke_map_section", handle)),
    "item": item,
}

def play():
    while True:
        _, _, number, name, args = syscall("signal_pull")
        if name == "return":
            return
        if name == "crash":
            raise RuntimeError("as I was told")
        try:
            value = OWN[name](*args) if name in OWN else syscall(name, *args)
        except Exception as error:
            value = ("error", int(error.status) if hasattr(error, "status") else type(error).__name__)
        NOTES.append((number, value))

for signum in HANDLED:
    handle(signum, "heard")
play()
"""
)


@contextmanager
def own_recursion_limit() -> Iterator[None]:
    """A kernel leaves behind the limit that was in force when it was loaded; hypothesis wants its own back."""
    limit = getrecursionlimit()
    try:
        yield
    finally:
        setrecursionlimit(limit)


class Puppet:
    """One thread of a program on a stage."""

    def __init__(self, process: Any, tid: int) -> None:
        self.process = process
        self.tid = tid

    @property
    def pid(self) -> int:
        pid: int = self.process.pid
        return pid

    def __repr__(self) -> str:
        return f"<puppet {self.tid} of process {self.pid}>"


class Stage:
    """A bare machine on which puppets play; it can be cleared for the next play. On a schedule the seed gives turns."""

    def __init__(self, schedule: str = "fifo", seed: int = 7) -> None:
        self.bare = BareMachine(seed, schedule)
        self.kernel = self.bare.kernel
        self._empty = self._counts()
        self._told = 0
        self.processes: list[Any] = []
        self._read: dict[int, int] = {}  # id of a process's notes -> how many of them were read

    # --- who plays ---------------------------------------------------------------------------------------------

    def program(self, uid: int = 0, parent: Puppet | None = None) -> Puppet:
        """A new process, whose main thread is the puppet; it plays from the next step on."""
        process = self.kernel.spawn_source(PLAY, 3, "/puppet.py", uid=uid)
        if parent is not None:
            adopt(parent.process, process)
        self.processes.append(process)
        return Puppet(process, process.pid)

    def next_tid(self) -> int:
        """The number of the next thread or process."""
        tid: int = self.kernel.processes._next_pid
        return tid

    def share(self, giver: Puppet, handle: str, taker: Puppet) -> str:
        """Another handle to what a handle of *giver*'s process means, for that of *taker*."""
        copy: str = self.kernel.ob.duplicate_handle(giver.process, handle, taker.process)
        return copy

    # --- what they do ------------------------------------------------------------------------------------------

    def tell(self, puppet: Puppet, name: str, *args: object) -> int:
        """Have a puppet make a call in the coming step. Returns: the number under which it will note the result."""
        self._told += 1
        self.bare.tell(puppet.tid, "do", self._told, name, args)
        return self._told

    def step(self) -> None:
        """Let a step of machine time go by."""
        machine = self.bare.machine
        with own_recursion_limit():
            machine.run_for(STEP_MS / 1000)
        assert machine.last_error is None, machine.last_error

    def run(self) -> tuple[dict[int, object], list[tuple[int, int]]]:
        """A step. Returns: results by number, and (pid, signal) for each signal that was handled."""
        self.step()
        results: dict[int, object] = {}
        signals: list[tuple[int, int]] = []
        for process in self.processes:
            for what, value in self._new_notes(process):
                if what == "signal":
                    signals.append((process.pid, value))
                else:
                    results[what] = value
        return results, signals

    def living(self) -> set[int]:
        """The threads that there are."""
        return {thread.pid for process in self.processes for thread in process.threads if not thread.killed}

    def ended(self) -> dict[int, int]:
        """The exit statuses of the processes that have ended."""
        return {process.pid: process.exit_status for process in self.processes if process.exit_status is not None}

    def _new_notes(self, process: Any) -> list[tuple[Any, Any]]:
        notes = process.sandbox.main.__dict__["NOTES"]
        start = self._read.get(process.pid, 0)
        self._read[process.pid] = len(notes)
        new: list[tuple[Any, Any]] = notes[start:]
        return new

    # --- the end of a play -------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Kill all, their children too; nothing of theirs may be left."""
        for process in self.kernel.processes.processes()[1:]:
            self.kernel.processes.terminate(process, 128 + SIGKILL, "the play is over")
        self.processes.clear()
        self._read.clear()
        self._wake()
        self.step()
        assert self.left_over() == []

    def close(self) -> None:
        """Switch the machine off."""
        with own_recursion_limit():
            self.bare.close()

    def left_over(self) -> list[str]:
        """What is there that was not there when the stage was new."""
        kernel = self.kernel
        found = broken_promises(kernel)
        now = self._counts()
        found += [
            f"{what}: {now[what]} instead of {self._empty[what]}" for what in now if now[what] != self._empty[what]
        ]
        return found

    def _counts(self) -> dict[str, object]:
        kernel = self.kernel
        stats = kernel.table.entries["ke_ipc_stats"].body(kernel.kernel_process.main)
        return {
            **{f"objects and handles of {name}": counts for name, counts in kernel.ob.query_type_statistics().items()},
            **{what: stats[what] for what in ("active_dpcs", "active_timers", "named_pipes", "sections", "mqueues")},
            "threads": sorted(kernel.processes.threads),
            "deadlines": sum(1 for entry in kernel.scheduler._deadlines if entry[2].action is not None),
            "waiters for any child": len(kernel.processes._wait_any),
            "requests": len(kernel.messages._requests),
            "children of the kernel": len(kernel.kernel_process.children),
            "charges": [str(a) for a in kernel.processes.limits.accounts if any(a.counts.values())],
        }

    def _wake(self) -> None:
        self.bare.machine.computer.push_signal("work")  # the hub may be asleep
