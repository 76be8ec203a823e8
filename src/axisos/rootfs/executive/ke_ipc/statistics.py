"""What the IPC subsystem counts (manual, chapter 13.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.ke_ipc.events import Events
    from executive.ke_ipc.mutexes import Mutexes
    from executive.ke_ipc.pipes import Pipes
    from executive.ke_ipc.posix_signals import PosixSignals
    from executive.ke_ipc.semaphores import Semaphores
    from executive.process import Thread
    from executive.processes import ProcessManager


class IpcStatistics:
    """One place to read all counters from."""

    def __init__(
        self,
        processes: ProcessManager,
        signals: PosixSignals,
        waits: Waits,
        events: Events,
        mutexes: Mutexes,
        semaphores: Semaphores,
        pipes: Pipes,
    ) -> None:
        self._processes = processes
        self._signals = signals
        self._waits = waits
        self._events = events
        self._mutexes = mutexes
        self._semaphores = semaphores
        self._pipes = pipes

    @syscall(rings=ANY_RING)
    def ke_ipc_stats(self, thread: Thread) -> dict[str, int]:
        """Counters since power-on, and the number of process groups now."""
        return {
            "signals_sent": self._signals.signals_sent,
            "signals_delivered": self._signals.signals_delivered,
            "pipe_created": self._pipes.pipe_created,
            "pipe_bytes": self._pipes.pipe_bytes,
            "waits_issued": self._waits.waits_issued,
            "waits_satisfied": self._waits.waits_satisfied,
            "waits_timed_out": self._waits.waits_timed_out,
            "mutex_created": self._mutexes.mutex_created,
            "event_created": self._events.event_created,
            "sem_created": self._semaphores.sem_created,
            "proc_groups": len({process.pgid for process in self._processes.processes()}),
        }
