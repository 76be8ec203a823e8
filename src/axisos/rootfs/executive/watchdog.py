"""The watchdog: what happens to a thread that does not give the processor away (manual, chapter 5.7).

A slice over two seconds (of processor time) is a strike, three strikes end the process. A slice ends at a checkpoint;
one that never comes to one is in the middle of a single operation of C. The host's interrupt then looks in twice a
second and may raise into it, as soon as C lets it:

    2 s, 4 s, ...   a strike each, the third of which ends the program
    5 s             TimeoutError in the program, which may go on with something else
    10 s            the program ends, whatever its strikes

A driver of ring 2 has no checkpoints, so all of its slice is such an operation: a handler that loops for ever fails its
request after 5 s, or the driver ends, and DKMS starts it again.

Where C does not even look for interrupts, this happens when it returns; if it does not, the parent process of the
machine is the last resort.

Called by   the scheduler's hub (a long slice has ended), the machine's interrupt (one is under way).
Always so   the Pipeline Manager and DKMS are warned about, never ended. A strike is forgiven for each minute without
            another. Nothing is raised into the kernel's own code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.names import DKMS_PID, RING_DRIVER
from executive.process import ProcessKilled
from executive.scheduler import WATCHDOG_WARN_NS

if TYPE_CHECKING:
    from types import FrameType

    from executive.log import KernelLog
    from executive.memory import Memory
    from executive.process import Thread
    from executive.processes import ProcessManager
    from executive.scheduler import Scheduler

KILL_STRIKES = 3
FORGIVE_NS = 60_000_000_000  # one strike is forgiven for each minute without another
BREAK_IN_NS = 5_000_000_000
GIVE_UP_NS = 10_000_000_000
MAX_STACK_BYTES = 4 << 20  # that a thread may leave on the C stack when it waits


class Watchdog:
    """Watches over the slices of one machine."""

    def __init__(self, scheduler: Scheduler, processes: ProcessManager, memory: Memory, log: KernelLog) -> None:
        self._scheduler = scheduler
        self._memory = memory
        self._processes = processes
        self._log = log

    def slice_ended(self, thread: Thread, slice_ns: int, start_ns: int) -> None:
        """A slice over the limit is over; in the hub."""
        if thread.struck_slice_ns != start_ns:
            self._strike(thread, slice_ns, start_ns, 1)

    def find_deep_stacks(self, slow: Thread) -> None:
        """A slice of *slow* took long: perhaps because another's stack had to be moved out of its way; in the hub.

        Threads share one C stack, and what a suspended one has on it is copied aside. Who recurses in C a million
        levels deep and then waits makes others pay for that, so it is ended.
        """
        for thread in list(self._processes.threads.values()):
            saved_bytes: int = getattr(thread.task, "_stack_saved", 0)
            if saved_bytes > MAX_STACK_BYTES and thread.process.ring > 2:
                self._memory.release(slow.process, saved_bytes)  # it was booked to the one that ran next
                self._end(thread, f"it waits {saved_bytes >> 20} MiB deep in nested calls of C")

    def break_in(self, frame: FrameType) -> None:
        """The host's interrupt rang while the code of *frame* ran.

        Raises: TimeoutError or ProcessKilled, into the program; nothing when the kernel is at work.
        """
        scheduler = self._scheduler
        thread = scheduler.current
        sandbox = thread.process.sandbox
        if scheduler.idle or sandbox is None or thread is scheduler.kernel_thread:
            return
        if not sandbox.guest and thread.process.ring != RING_DRIVER:
            return  # the services are trusted, and nobody could go on without them
        start_ns = scheduler.slice_start_ns
        slice_ns = scheduler.spent_ns()
        if slice_ns <= WATCHDOG_WARN_NS or not sandbox.may_break(frame):
            return
        due = slice_ns // WATCHDOG_WARN_NS
        before = thread.slice_strikes if thread.struck_slice_ns == start_ns else 0
        if due > before:
            self._strike(thread, slice_ns, start_ns, before + 1)
        if slice_ns > GIVE_UP_NS and not thread.killed:
            self._end(thread, f"watchdog: one operation took {slice_ns / 1e9:.1f} s")
        if thread.killed:
            raise ProcessKilled
        if slice_ns > BREAK_IN_NS:
            raise TimeoutError(f"one operation took {slice_ns / 1e9:.1f} s; nothing else could run")

    def _strike(self, thread: Thread, slice_ns: int, start_ns: int, of_slice: int) -> None:
        """One more strike, the *of_slice*-th in this slice."""
        now_ns = self._scheduler.now_ns()
        forgiven = (now_ns - thread.strike_ns) // FORGIVE_NS
        thread.strikes = max(0, thread.strikes - forgiven) + 1
        thread.strike_ns, thread.struck_slice_ns, thread.slice_strikes = now_ns, start_ns, of_slice
        process = thread.process
        self._scheduler.statistics.watchdog_warnings += 1
        self._log.kprint(
            "warn",
            f"watchdog: process {thread.pid} ({process.image}) ran {slice_ns / 1e9:.1f} s without giving way, "
            f"strike {thread.strikes}/{KILL_STRIKES}",
        )
        if thread.strikes >= KILL_STRIKES and process.pid > DKMS_PID and not thread.killed:
            self._end(thread, f"watchdog: {thread.strikes} strikes for not giving way")

    def _end(self, thread: Thread, reason: str) -> None:
        self._scheduler.statistics.watchdog_kills += 1
        self._processes.kill_by_system(thread.process, reason)
