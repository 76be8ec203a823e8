"""POSIX signals: asking a process to stop, to die, or to look at something (manual, chapter 13.8).

A signal whose default is to end or to stop the process acts at once, whatever the process is doing. One that the
process handles stays pending until its main thread comes to a checkpoint or a system call, or wakes for it.

Always so   a pending signal is kept once per number; a blocked one does not hold up others; SIGKILL and SIGSTOP can be
            neither blocked nor handled; a sleeping call that was interrupted for a handler goes on sleeping after it.
            Where a library gives something back that others wait for, handlers come after that.
"""

from __future__ import annotations

from sys import _getframe
from typing import TYPE_CHECKING

from abi.signals import (
    CONTINUE,
    DEFAULT_ACTIONS,
    IGNORE,
    NAMES,
    SIG_IGN,
    SIGCONT,
    SIGKILL,
    SIGSTOP,
    SIGTSTP,
    STOP,
    TERMINATE,
    UNCATCHABLE,
)
from abi.status import Status, StatusError
from executive.ke_ipc.dispatcher import INTERRUPTED, WAIT_ALERTABLE, WAIT_OBJECT
from executive.messages import WAIT_MESSAGE
from executive.policy import UNDISTURBED, UNDISTURBED_MODULE
from executive.process import DEAD, SLEEPING, ProcessKilled, Wait
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from executive.process import Process, Thread
    from executive.processes import ProcessManager
    from executive.scheduler import Scheduler

APC_LEVEL = 1  # the IRQL at which a handler runs
FRAMES_LOOKED_AT = 40  # from the innermost: what is undisturbed calls only little
EXIT_BY_SIGNAL = 128  # plus the number: the exit status of a process that a signal ended


def keyboard_interrupt(signum: int) -> None:
    """What a Python program does at SIGINT until it says otherwise."""
    raise KeyboardInterrupt


def _is_undisturbed(process: Process) -> bool:
    """Whether the running thread is in a function of a library that no handler may leave half done.

    Such a function says so by a variable of that name, which no program can have; all of them stand on one module.
    """
    if process.sandbox is None or UNDISTURBED_MODULE not in process.sandbox.modules:
        return False
    frame: FrameType | None = _getframe(2)
    for _ in range(FRAMES_LOOKED_AT):
        if frame is None:
            return False
        if UNDISTURBED in frame.f_code.co_varnames:
            return True
        frame = frame.f_back
    return False


class PosixSignals:
    """The signals of one machine."""

    def __init__(
        self, scheduler: Scheduler, processes: ProcessManager, trace: Callable[[Process, int], None] | None
    ) -> None:
        self._scheduler = scheduler
        self._processes = processes
        self._trace = trace
        self.look_again: Callable[[Wait], None]  # at what an interrupted wait is for; wired by the kernel
        self.signals_sent = 0
        self.signals_delivered = 0

    # --- sending -----------------------------------------------------------------------------------------------

    def send(self, process: Process, signum: int) -> None:
        """Send a signal; the caller has checked who may.

        When it ends the caller's own process, the caller must leave by ProcessKilled.
        Raises: INVALID_PARAMETER for an unknown number.
        """
        if signum not in NAMES:
            raise StatusError(Status.INVALID_PARAMETER, f"there is no signal {signum}")
        if process.status is DEAD:
            return
        self.signals_sent += 1
        if self._trace is not None:
            self._trace(process, signum)
        if signum == SIGCONT and process.stopped:
            self._continue(process)
        elif signum in (SIGSTOP, SIGTSTP) and SIGCONT in process.pending_signals:
            process.pending_signals.remove(SIGCONT)
        action = self._action(process, signum)
        if action == TERMINATE and (signum == SIGKILL or signum not in process.mask):
            self._processes.terminate(process, EXIT_BY_SIGNAL + signum, f"signal {NAMES[signum]}")
        elif action == STOP and (signum == SIGSTOP or signum not in process.mask):
            self._stop(process)
        elif action not in (IGNORE, CONTINUE):
            if signum not in process.pending_signals:
                process.pending_signals.append(signum)
            if signum not in process.mask:
                self._alarm(process)

    def send_from_kernel(self, process: Process, signum: int) -> None:
        """A signal that the system itself sends (SIGCHLD, SIGPIPE)."""
        if signum in process.signal_handlers or DEFAULT_ACTIONS[signum] != IGNORE:
            self.send(process, signum)

    def _action(self, process: Process, signum: int) -> str:
        """What the signal would do now: one of the default actions, or "handle"."""
        handler = None if signum in UNCATCHABLE else process.signal_handlers.get(signum)
        if handler is None:
            return DEFAULT_ACTIONS[signum]
        return IGNORE if handler is SIG_IGN else "handle"

    def _stop(self, process: Process) -> None:
        if process.stopped:
            return  # its parent has been told
        process.stopped = True
        self._alarm(process)
        self._processes.child_stopped(process)

    def _continue(self, process: Process) -> None:
        process.stopped = False
        process.stop_reported = False
        self._scheduler.resume_stopped(process)
        if any(signum not in process.mask for signum in process.pending_signals):
            self._alarm(process)  # they came while it was stopped

    def _alarm(self, process: Process) -> None:
        """Have the main thread of the process look after its signals soon."""
        process.alarm = True
        if not process.stopped and process.main.status is SLEEPING:
            self._scheduler.poke(process.main)  # it looks after them when it wakes: it is in a system call
        elif process.sandbox is not None:
            process.sandbox.raise_flag()

    # --- taking them -------------------------------------------------------------------------------------------

    def attend(self, thread: Thread) -> None:
        """Look after the running thread's alarm: die, stop, run handlers.

        Raises: ProcessKilled; whatever a handler raises.
        """
        if thread.killed:
            raise ProcessKilled
        process = thread.process
        if process.stopped:
            self._scheduler.stop(thread)
            if thread.killed:
                raise ProcessKilled
        if process.delivering:
            return
        if process.complaint is not None:
            complaint, process.complaint = process.complaint, None
            raise complaint
        if process.pending_signals and _is_undisturbed(process):
            return  # the alarm stays: it is for the next checkpoint or call outside
        while True:
            for signum in process.pending_signals:
                if signum not in process.mask:
                    break
            else:
                process.alarm = False
                return
            if not thread.is_main:
                self._alarm(process)  # handlers are the main thread's business, as in any Python
                return
            process.pending_signals.remove(signum)
            self._deliver(thread, signum)

    def _deliver(self, thread: Thread, signum: int) -> None:
        process = thread.process
        handler = process.signal_handlers.get(signum)
        if handler is None:
            self.send(process, signum)  # its handler was taken away while it was pending
            if thread.killed:
                raise ProcessKilled
            return
        if handler is SIG_IGN:
            return
        self.signals_delivered += 1
        interrupted = thread.wait
        thread.wait = Wait(thread)
        process.delivering = True
        irql, thread.irql = thread.irql, max(thread.irql, APC_LEVEL)
        try:
            handler(signum)  # type: ignore[operator]
        except BaseException:
            if process.pending_signals:  # its thread goes elsewhere, or has ended: who waits must look after them
                self._alarm(process)
            raise
        finally:
            process.delivering = False
            thread.irql = irql
            thread.wait = interrupted
        if interrupted.active and interrupted.reason is WAIT_MESSAGE and thread.messages:
            self._scheduler.wake(interrupted, thread.messages.popleft())  # came while the handler ran
        elif interrupted.active and interrupted.reason is WAIT_ALERTABLE:
            self._scheduler.wake(interrupted, INTERRUPTED)
        elif interrupted.active and interrupted.reason is WAIT_OBJECT:
            self.look_again(interrupted)

    # --- system calls ------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def ke_signal_send(self, thread: Thread, pid: int, signum: int) -> bool:
        """Send a POSIX signal to a process. Returns: True. Raises: as process_kill."""
        return self._processes.process_kill(thread, pid, signum)

    @syscall(rings=ANY_RING)
    def ke_signal_group(self, thread: Thread, pgid: int, signum: int) -> bool:
        """Send a signal to every process of a group that the caller may signal.

        Args:    pgid: 0 means the caller's direct children.
        Returns: True if it was sent to at least one.
        Raises:  NO_SUCH_PROCESS if the group has no members; INVALID_PARAMETER.
        """
        if signum not in NAMES:
            raise StatusError(Status.INVALID_PARAMETER, f"there is no signal {signum}")
        caller = thread.process
        members = [
            process
            for process in self._processes.processes()
            if (process.parent is caller if pgid == 0 else process.pgid == pgid)
        ]
        if not members:
            raise StatusError(Status.NO_SUCH_PROCESS, f"there is no process group {pgid}")
        sent = False
        for process in members:
            try:
                self._processes.check_kill(thread, process)
            except StatusError:
                continue
            self.send(process, signum)
            sent = True
        self._processes.take_own_signals(thread)
        return sent

    @syscall(rings=ANY_RING)
    def ke_signal_handler(self, thread: Thread, signum: int, handler: object) -> object:
        """Say what the process does at a signal.

        Args:    handler: a function called with the number; None for the default; "SIG_IGN" to ignore it.
        Returns: the handler that was set before.
        Raises:  INVALID_PARAMETER for SIGKILL, SIGSTOP, an unknown number, or something that cannot be called.
        """
        if signum not in NAMES or signum in UNCATCHABLE:
            raise StatusError(Status.INVALID_PARAMETER, f"signal {signum} cannot be handled")
        if type(handler) is str and handler == SIG_IGN:
            handler = SIG_IGN  # this very one: a handler is told by what it is, never by its own `__eq__`
        elif handler is not None and not callable(handler):
            raise StatusError(Status.INVALID_PARAMETER, "a handler is a function, None or SIG_IGN")
        handlers = thread.process.signal_handlers
        previous = handlers.pop(signum, None)
        if handler is not None:
            handlers[signum] = handler
        return None if previous is keyboard_interrupt else previous

    @syscall(rings=ANY_RING)
    def ke_signal_mask(self, thread: Thread, signums: list[int] | tuple[int, ...]) -> list[int]:
        """Block exactly these signals from now on; SIGKILL and SIGSTOP stay unblocked.

        Returns: the previous mask.
        Raises:  INVALID_PARAMETER.
        """
        for signum in signums:
            if type(signum) is not int or signum not in NAMES:
                raise StatusError(Status.INVALID_PARAMETER, "a mask is a list of signal numbers")
        process = thread.process
        previous = sorted(process.mask)
        process.mask = frozenset(signums) - UNCATCHABLE
        for signum in [n for n in process.pending_signals if n not in process.mask]:
            if process.signal_handlers.get(signum) is None:
                process.pending_signals.remove(signum)
                self.send(process, signum)
        if process.pending_signals:
            self._alarm(process)
        self._processes.take_own_signals(thread)
        return previous

    @syscall(rings=ANY_RING)
    def ke_setpgid(self, thread: Thread, pid: int | None, pgid: int) -> bool:
        """Put the caller or a child of it into a process group.

        Args:    pid: None or 0 means the caller. pgid: 0 or the process's own pid makes a new group.
        Returns: True.
        Raises:  NO_SUCH_PROCESS (process or group), ACCESS_DENIED (neither oneself nor a child).
        """
        process = thread.process if not pid else self._processes.find(pid)
        if process is not thread.process and process.parent is not thread.process:
            raise StatusError(Status.ACCESS_DENIED, f"process {pid} is neither yourself nor a child of yours")
        if pgid in (0, process.pid):
            process.pgid = process.pid
        elif any(other.pgid == pgid for other in self._processes.processes()):
            process.pgid = pgid
        else:
            raise StatusError(Status.NO_SUCH_PROCESS, f"there is no process group {pgid}")
        return True

    @syscall(rings=ANY_RING)
    def ke_getpgid(self, thread: Thread, pid: int | None = None) -> int:
        """The process group of the caller or of process *pid*. Raises: NO_SUCH_PROCESS."""
        return (thread.process if pid is None else self._processes.find(pid)).pgid
