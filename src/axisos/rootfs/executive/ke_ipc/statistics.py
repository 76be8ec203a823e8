"""What the IPC subsystem counts (manual, chapter 13.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.ke_ipc.dpc import Dpcs
    from executive.ke_ipc.events import Events
    from executive.ke_ipc.message_queues import MessageQueues
    from executive.ke_ipc.mutexes import Mutexes
    from executive.ke_ipc.pipes import Pipes
    from executive.ke_ipc.posix_signals import PosixSignals
    from executive.ke_ipc.sections import Sections
    from executive.ke_ipc.semaphores import Semaphores
    from executive.ke_ipc.timers import Timers
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
        timers: Timers,
        dpcs: Dpcs,
        pipes: Pipes,
        sections: Sections,
        message_queues: MessageQueues,
    ) -> None:
        self._processes = processes
        self._signals = signals
        self._waits = waits
        self._events = events
        self._mutexes = mutexes
        self._semaphores = semaphores
        self._timers = timers
        self._dpcs = dpcs
        self._pipes = pipes
        self._sections = sections
        self._message_queues = message_queues

    @syscall(rings=ANY_RING)
    def ke_ipc_stats(self, thread: Thread) -> dict[str, int]:
        """Counters since power-on, and how many of each there are now (the last six)."""
        return {
            "dpcs_processed": self._dpcs.dpcs_processed,
            "timers_fired": self._timers.timers_fired,
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
            "section_created": self._sections.section_created,
            "mq_created": self._message_queues.mq_created,
            "active_dpcs": self._dpcs.active_dpcs,
            "active_timers": self._timers.active_timers,
            "named_pipes": self._pipes.named_pipes,
            "sections": self._sections.sections,
            "mqueues": self._message_queues.mqueues,
            "proc_groups": len({process.pgid for process in self._processes.processes()}),
        }
