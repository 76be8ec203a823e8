"""What is told of processes: the process_* calls that ask, and the estimate of memory behind `free` and the like.

Called by   programs; the computer, for the memory that is in use.
Owns        nothing: the process table is the process manager's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.names import KERNEL_PID
from abi.status import Status, StatusError
from executive.limits import COUNTED, KNOWN, NO_LIMIT, USER_PREFIX
from executive.memory import KERNEL_BYTES
from executive.process import DEAD, Process, Thread
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.processes import ProcessManager
    from executive.scheduler import Scheduler

# What things take, for `free` and the like: measured once, rounded, and the same on every host.
PROCESS_BYTES = 14 << 10
THREAD_BYTES = 8 << 10
HANDLE_BYTES = 512
MESSAGE_BYTES = 256


class ProcessInformation:
    """The calls that ask about the processes of one machine, and how deep their code may nest."""

    def __init__(self, scheduler: Scheduler, processes: ProcessManager, recursion_room: Callable[[], int]) -> None:
        self._scheduler = scheduler
        self._processes = processes
        self._recursion_room = recursion_room

    @syscall(rings=ANY_RING)
    def process_get_pid(self, thread: Thread) -> int:
        """The calling thread's id; in the main thread, the process's pid."""
        return thread.pid

    @syscall(rings=ANY_RING)
    def process_get_ring(self, thread: Thread) -> float:
        """The caller's ring: 0, 1, 2, 2.5 or 3."""
        return thread.process.ring

    @syscall(rings=ANY_RING)
    def process_get_uid(self, thread: Thread, pid: int | None = None) -> int:
        """The user id of the caller or of process *pid*. Raises: NO_SUCH_PROCESS."""
        return thread.process.uid if pid is None else self._processes.find(pid).uid

    @syscall(rings=ANY_RING)
    def process_status(self, thread: Thread, pid: int | None = None) -> str | None:
        """The state of the calling thread or of thread *pid*.

        Returns: "ready", "running", "sleeping" or "stopped"; None for one that is not there.
        """
        target = thread if pid is None else self._processes.threads.get(pid)
        return None if target is None else _public_status(target)

    @syscall(rings=ANY_RING)
    def process_list(self, thread: Thread) -> list[object]:
        """All processes. Returns: [{pid, parent, ring, status, image, uid}], by pid."""
        return [
            {
                "pid": pid,
                "parent": each.process.parent.pid if each.process.parent else 0,
                "ring": each.process.ring,
                "status": _public_status(each),
                "image": each.process.image,
                "uid": each.process.uid,
            }
            for pid, each in sorted(self._processes.threads.items())
            if each.is_main
        ]

    @syscall(rings=ANY_RING)
    def process_list_threads(self, thread: Thread) -> list[int]:
        """The ids of the caller's living threads, the main one first."""
        return [each.pid for each in thread.process.threads]

    @syscall(rings=ANY_RING)
    def process_cpu_stats(self, thread: Thread, pid: int | None = None) -> dict[str, object] | None:
        """What the processor time of the calling thread or of thread *pid* is made of.

        Returns: {cpu_time, last_slice, max_slice (seconds), preempt_count, watchdog_strikes}; None for an unknown pid.
        """
        target = thread if pid is None else self._processes.threads.get(pid)
        if target is None:
            return None
        return {
            "cpu_time": self._cpu_ns(target) / 1e9,
            "preempt_count": target.preempt_count,
            "last_slice": target.last_slice_ns / 1e9,
            "max_slice": target.max_slice_ns / 1e9,
            "watchdog_strikes": target.strikes,
        }

    @syscall(rings=ANY_RING)
    def process_info(self, thread: Thread, pid: int | None = None) -> dict[str, object]:
        """All that is public of a process or thread.

        Returns: {pid, tgid, parent, pgid, ring, uid, gid, groups, status, image, wait_reason, slept, cpu_time,
                 memory, threads, handles, messages, start_time, exit_status, reason}; of an ended child {pid, status,
                 exit_status, reason}. slept: for how long it waits already, None when it does not. Times are seconds,
                 memory is bytes by estimate.
        Raises:  NO_SUCH_PROCESS.
        """
        record = thread.process.ended_children.get(pid) if pid is not None else None
        if record is not None:
            return {"pid": pid, "status": DEAD, "exit_status": record[0], "reason": record[1]}
        target = thread if pid is None else self._processes.find_thread(pid)
        process = target.process
        return {
            "pid": target.pid,
            "tgid": process.pid,
            "parent": process.parent.pid if process.parent else 0,
            "pgid": process.pgid,
            "ring": process.ring,
            "uid": process.uid,
            "gid": process.gid,
            "groups": list(process.groups),
            "status": _public_status(target),
            "image": process.image,
            "wait_reason": target.wait.reason if target.wait.active else "",
            "slept": (self._scheduler.now_ns() - target.left_ns) / 1e9 if target.wait.active else None,
            "cpu_time": sum(self._cpu_ns(each) for each in process.threads) / 1e9,
            "memory": self.memory_of(process),
            "threads": len(process.threads),
            "handles": len(process.handles.entries),
            "messages": len(target.messages),
            "start_time": self._scheduler.uptime_at(process.start_ns),
            "exit_status": None,
            "reason": "",
        }

    @syscall(rings=ANY_RING)
    def process_limits(self, thread: Thread, pid: int | None = None) -> dict[str, object]:
        """What a process may have and what it has, with the limits of its user (user_...).

        Returns: {name: (limit, in use)}; a limit of None is none, a use of None is not counted (rates, recursion).
        Raises:  NO_SUCH_PROCESS.
        """
        process = thread.process if pid is None else self._processes.find(pid)
        used: dict[str, int] = {**process.ledger.counts, "handles": len(process.handles.entries)}
        used["messages"] = len(process.main.messages)
        used.update({USER_PREFIX + name: count for name, count in process.account.counts.items()})
        shown: dict[str, object] = {}
        for name in KNOWN:
            limit: int = getattr(process.limits, name)
            shown[name] = (None if limit == NO_LIMIT else limit, used.get(name, 0 if name in COUNTED else None))
        return shown

    @syscall(rings=ANY_RING)
    def process_recursion(self, thread: Thread, limit: int | None = None) -> int:
        """How many calls of the process's Python code may be nested; *limit* sets it, None asks.

        Returns: the limit, which only grows, up to the limit `recursion` or what the host's stack holds.
        Raises:  INVALID_PARAMETER for a limit below 1.
        """
        process = thread.process
        if limit is not None:
            if limit < 1:
                raise StatusError(Status.INVALID_PARAMETER, f"process_recursion: {limit} nested calls")
            most = min(process.limits.recursion, self._recursion_room())
            least = process.recursion or self._scheduler.recursion  # who is deep already could not recover from less
            self._scheduler.set_recursion(thread, max(least, min(limit, most)))
        return process.recursion or self._scheduler.recursion

    def memory_in_use(self) -> int:
        """Bytes that the system and its processes take, by estimate: asked for, not kept."""
        return KERNEL_BYTES + sum(self.memory_of(process) for process in self._processes.processes())

    def memory_of(self, process: Process) -> int:
        """Bytes that a process takes, by estimate: its threads and handles, or what was seen to be added for it.

        In a simulation only the former, which are the same on every host.
        """
        size = PROCESS_BYTES + HANDLE_BYTES * len(process.handles.entries)
        size += sum(THREAD_BYTES + MESSAGE_BYTES * len(thread.messages) for thread in process.threads)
        return size if self._scheduler.simulated else max(size, process.ledger.held_bytes)

    def _cpu_ns(self, thread: Thread) -> int:
        running = self._scheduler.now_ns() - self._scheduler.slice_start_ns if thread is self._scheduler.current else 0
        return thread.cpu_ns + running


def _public_status(thread: Thread) -> str:
    if thread.process.pid == KERNEL_PID:
        return "running"
    return "stopped" if thread.process.stopped else thread.status
