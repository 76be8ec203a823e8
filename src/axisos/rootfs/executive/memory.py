"""Memory: what each program holds of the host's, by estimate, and what happens when it is too much.

The kernel cannot see into the heap that all programs share. It looks at the size of the host's process: what was added
while a program's thread ran is that program's. While memory grows this is done at the end of every slice, otherwise
once a millisecond, so whoever takes much is found out, whoever runs beside it is not.

    over memory_percent of the machine     the program
    over user_memory_percent               the user's largest process
    the machine's memory is full           the largest process (the OOM killer)

gets MemoryError at its next checkpoint, if it is the one that grows, and is ended (137) if it is not or goes on.

What dead programs held lies about until Python's collector comes, which counts objects and not bytes. So it is called
when the host has grown much since it came last and programs have ended.

Called by   the scheduler, at the end of slices; the watchdog, which takes back what was booked to the wrong process.
Owns        nothing but the last size that it saw; what is held stands in the ledgers.
Always so   system processes are not judged. A host that does not tell its size leaves only the operating system's
            limit. Where a seeded run meets a limit depends on the host; what `free` and `ps` show there does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from executive.process import DEAD
from executive.scheduler import WEIGH_NS

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.limits import Ledger
    from executive.log import KernelLog
    from executive.process import Process, Thread
    from executive.processes import ProcessManager
    from executive.scheduler import Scheduler

KERNEL_BYTES = 8 << 20  # what the system itself takes: measured once, rounded, and the same on every host
WARN_FREE_BYTES = 32 << 10
KILL_FREE_BYTES = 2 << 10
RISING_BYTES = 64 << 10  # growth within one slice that makes us look at every slice
RISING_NS = 50_000_000  # for how long
WARN_EVERY_NS = 1_000_000_000
GARBAGE_BYTES = 32 << 20  # growth that is worth a pass of the collector, if programs have ended
PATIENCE = 5 / 4  # of its limit, that a program may hold before it is ended


class Memory:
    """The memory of one machine."""

    def __init__(
        self, scheduler: Scheduler, processes: ProcessManager, log: KernelLog, total_bytes: int,
        resident: Callable[[], int], collect: Callable[[], None],
    ) -> None:
        self._scheduler = scheduler
        self._processes = processes
        self._log = log
        self._total_bytes = total_bytes
        self._resident = resident
        self._collect = collect
        self._somebody_ended = False  # since the last collection
        self._last_bytes = self._clean_bytes = resident()
        self._rising_until_ns = 0
        self._warn_again_ns = 0

    def watch(self) -> None:
        """Begin to look. A machine that is smaller than its kernel (those of the game) has estimates only."""
        if self._last_bytes and self._total_bytes > KERNEL_BYTES:
            self._scheduler.weigh_ns = 0

    def weigh(self, thread: Thread, now_ns: int) -> None:
        """A slice of *thread* ends: what was added since the last look is its process's."""
        resident = self._resident()
        grown = resident - self._last_bytes
        self._last_bytes = resident
        if grown > RISING_BYTES:
            self._rising_until_ns = now_ns + RISING_NS
        self._scheduler.weigh_ns = now_ns if now_ns < self._rising_until_ns else now_ns + WEIGH_NS
        process = thread.process
        if not grown or process.ring <= 2 or process.status is DEAD:
            return
        if self._somebody_ended and resident - self._clean_bytes >= GARBAGE_BYTES:
            self._somebody_ended = False
            self._collect()
            self._last_bytes = self._clean_bytes = self._resident()
        ledger, account = process.ledger, process.account
        if ledger.held_bytes + grown < 0:
            grown = -ledger.held_bytes  # what another had taken
        ledger.held_bytes += grown
        account.held_bytes += grown
        if grown > 0:
            if self._is_over(ledger) or self._is_over(account) or self._free_bytes() < WARN_FREE_BYTES:
                self._scheduler.call_at(0, self._relieve, process)
            else:
                ledger.warned = False

    def thread_ended(self, thread: Thread) -> None:
        """What a program held is garbage when its main thread has ended."""
        self._somebody_ended |= thread.is_main

    def release(self, process: Process, size_bytes: int) -> None:
        """Take back what was booked to a process by mistake."""
        size_bytes = min(size_bytes, process.ledger.held_bytes)
        process.ledger.held_bytes -= size_bytes
        process.account.held_bytes -= size_bytes

    def _is_over(self, ledger: Ledger, patience: float = 1) -> bool:
        percent: int = getattr(ledger.limits, ledger.prefix + "memory_percent")
        return ledger.held_bytes * 100 > percent * self._total_bytes * patience

    def _free_bytes(self) -> int:
        return self._total_bytes - KERNEL_BYTES - sum(account.held_bytes for account in self._processes.limits.accounts)

    def _relieve(self, process: Process) -> None:
        """Somebody has taken too much: in the hub, where nothing runs."""
        free = self._free_bytes()
        if free < WARN_FREE_BYTES and self._scheduler.now_ns() >= self._warn_again_ns:
            self._warn_again_ns = self._scheduler.now_ns() + WARN_EVERY_NS
            self._log.kprint("warn", f"memory is short: {max(free, 0) >> 10} KiB are free")
        if free < KILL_FREE_BYTES:
            self._press_largest(self._processes.processes(), process, "the machine is out of memory")
        elif process.status is not DEAD and self._is_over(process.ledger):
            if not process.ledger.warned or self._is_over(process.ledger, PATIENCE):
                limit_mib = process.limits.memory_percent * self._total_bytes // 100 >> 20
                self._press(process, process, f"it may hold {limit_mib} MiB (limit memory_percent)")
        elif process.status is not DEAD and self._is_over(process.account):
            of_user = [each for each in self._processes.processes() if each.account is process.account]
            self._press_largest(of_user, process, f"{process.account} may not hold more (user_memory_percent)")

    def _press_largest(self, among: list[Process], growing: Process, why: str) -> None:
        candidates = [each for each in among if each.ring > 2]
        if candidates:
            self._press(max(candidates, key=lambda each: each.ledger.held_bytes), growing, why)

    def _press(self, process: Process, growing: Process, why: str) -> None:
        """Have a program give memory back: by an error first, if it is the one that takes more; by its end."""
        ledger = process.ledger
        what = f"{why}; it holds {ledger.held_bytes >> 20} MiB"
        if process is growing and not ledger.warned:
            ledger.warned = True
            self._processes.complain(process, MemoryError(what))
        elif process is not growing or process.complaint is None:
            self._log.kprint("fail", f"process {process.pid} ({process.image}) is ended: {what}")
            self._processes.kill_by_system(process, f"memory: {what}")
