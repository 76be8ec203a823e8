"""Processes and threads: who runs, with which rights, and what they wait for.

A *process* owns rights and things: ring, uid, synapse token, handle table, sandbox. Its *threads* run; the first one
carries the process's pid, the others have pids of their own, and all of them stand in one table.

The life of a thread:

              start             pick              return, error, kill
    (made) -------------> READY ------> RUNNING -------------------------> DEAD
                          ^  ^  |        |   |                              ^
                          |  |  |        |   | block                        |
                 continue |  |  +--------+   v                              |
                          |  |   preempt   SLEEPING --- kill ---------------+
                          |  +---- wake ----+
                       STOPPED <--- stop (READY or RUNNING threads; a sleeping one goes on sleeping)

Always so: DEAD is final. A wait is over when the event came that it was for; being made runnable for any other
reason (a signal to handle) does not end it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from executive.limits import SYSTEM_ACCOUNT, SYSTEM_LIMITS, Ledger, charge

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenlet import greenlet

    from executive.ke_ipc.dispatcher import Dispatcher
    from executive.ke_ipc.mutexes import Mutex
    from executive.limits import Charge
    from executive.ob_manager import HandleTable
    from executive.process_objects import ProcessObject
    from executive.sandbox import Sandbox

READY = "ready"
RUNNING = "running"
SLEEPING = "sleeping"
STOPPED = "stopped"
DEAD = "dead"


class ProcessKilled(BaseException):
    """Unwinds a thread whose process is dead. Raised again at every checkpoint and system call until it is out."""


class HandlerRaised(BaseException):
    """Carries an error that a program's signal handler raised out of a call that was interrupted for it."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


class Wait:
    """What a thread waits for, and what it got.

    A thread uses the same one for every wait; only a signal handler that runs in the middle of a wait gets another, so
    that what ends the outer wait cannot end one of the handler's.
    """

    __slots__ = ("active", "objects", "on", "reason", "request_id", "result", "server", "thread", "wait_all")

    def __init__(self, thread: Thread) -> None:
        self.thread = thread
        self.active = False
        self.reason = ""
        self.objects: tuple[Dispatcher, ...] = ()  # that it is for, while it is a wait for objects
        self.wait_all = False  # whether it takes all of them to end it
        self.on: object = None  # what else it is for, for `wait_graph` to see
        self.result: object = None
        self.request_id = 0  # of the forwarded call that is to be answered
        self.server: Thread | None = None  # who is to answer it


class Thread:
    """One thread of execution, and one entry of the process table."""

    __slots__ = (
        "charge",
        "cpu_ns",
        "entry",
        "irql",
        "is_main",
        "is_system",
        "killed",
        "last_slice_ns",
        "left_ns",
        "max_slice_ns",
        "messages",
        "mutexes",
        "notable_ns",
        "object",
        "payer",
        "pid",
        "preempt_count",
        "process",
        "resume",
        "slice_strikes",
        "start_ns",
        "status",
        "strike_ns",
        "strikes",
        "struck_slice_ns",
        "task",
        "used_ns",
        "wait",
        "watchers",
    )

    def __init__(self, pid: int, process: Process, entry: Callable[[], object], start_ns: int) -> None:
        self.pid = pid
        self.process = process
        self.entry = entry  # what the thread runs
        self.is_main = pid == process.pid
        self.task: greenlet | None = None  # made by the scheduler when the thread first runs
        self.resume: Callable[..., object] | None = None  # switches into the task; None where only the hub may do so
        self.status = READY
        self.killed = False
        self.wait = Wait(self)
        self.messages: deque[tuple[object, ...]] = deque()
        self.watchers: list[Wait] = []  # that this one's end will end
        self.mutexes: list[Mutex] = []  # that it owns
        self.object: ProcessObject | None = None  # by which its end can be waited for, once somebody has opened it
        self.irql = 0
        self.is_system = process.ring <= 2  # served before programs
        self.used_ns = 0  # of its present quantum
        self.cpu_ns = 0
        self.last_slice_ns = 0
        self.left_ns = start_ns  # when it gave up the processor last
        self.max_slice_ns = 0
        self.notable_ns = 0  # a slice longer than this is news: the longest so far, or a slow one
        self.payer = self  # whose quantum this one's work is charged to: a server's, to the client it works for
        self.preempt_count = 0
        self.strikes = 0
        self.strike_ns = 0  # when the last one came
        self.struck_slice_ns = -1  # the start of the slice that the last one was for
        self.slice_strikes = 0  # that this slice has brought
        self.charge: Charge | None = None  # a further thread counts against its process's limit
        self.start_ns = start_ns

    def __repr__(self) -> str:
        return f"<Thread {self.pid} of {self.process.image} {self.status}>"


class Process:
    """One process: its rights, its things, its threads."""

    __slots__ = (
        "account",
        "alarm",
        "calls",
        "calls_since_ns",
        "charge",
        "children",
        "closed_directory",
        "complaint",
        "delivering",
        "ended_children",
        "ended_threads",
        "env",
        "exit_reason",
        "exit_status",
        "gid",
        "given_files",
        "grant",
        "groups",
        "handles",
        "image",
        "ledger",
        "limits",
        "mask",
        "output_paid_ns",
        "parent",
        "pending_signals",
        "pgid",
        "pid",
        "recursion",
        "ring",
        "sandbox",
        "signal_handlers",
        "start_ns",
        "status",
        "stop_reported",
        "stopped",
        "syscall",
        "threads",
        "token",
        "uid",
    )

    def __init__(self, pid: int, parent: Process | None, ring: float, image: str, token: str, start_ns: int) -> None:
        self.pid = pid
        self.parent = parent
        self.ring = ring
        self.image = image  # path of the program, "kernel" for pid 0
        self.token = token
        self.uid: int = parent.uid if parent else 0
        self.gid: int = parent.gid if parent else 0
        self.groups: tuple[int, ...] = parent.groups if parent else ()
        self.limits = SYSTEM_LIMITS  # these are set by the process manager, except the kernel's own
        self.ledger = Ledger("process", pid, SYSTEM_LIMITS)  # what it has of what is limited
        self.account: Ledger = SYSTEM_ACCOUNT  # what its user has
        self.charge: Charge | None = None  # it counts against its user's limit
        self.recursion = 0  # its own limit of nested calls, if it has asked for one
        self.output_paid_ns = 0  # the machine time at which what it has written to devices would be within its limit
        self.complaint: Exception | None = None  # to be raised in it at the next checkpoint
        self.grant: tuple[int, int, tuple[int, ...], float] | None = None  # one use, from the logon service
        self.env: dict[str, object] = {}
        self.given_files: dict[str, bytes] | None = None  # its source files, as far as its starter has given them
        self.closed_directory = ""  # nothing below it but what was given can be imported; "" closes none
        self.handles: HandleTable = None  # type: ignore[assignment]  # set by the object manager before it runs
        self.sandbox: Sandbox | None = None
        self.calls_since_ns = start_ns  # when the second began that its system calls are counted in
        self.calls: dict[str, Callable[..., object]] = {}  # the system calls of its ring
        self.syscall: Callable[..., object] | None = None
        self.threads: list[Thread] = []
        self.children: dict[int, Process] = {}
        self.ended_children: dict[int, tuple[int, str]] = {}  # pid -> (exit status, reason), kept until waited for
        self.ended_threads: dict[int, None] = {}  # ids of threads that ended, the oldest first
        self.pgid: int = parent.pgid if parent else pid
        self.alarm = False  # something must be looked at before user code goes on
        self.pending_signals: list[int] = []
        self.signal_handlers: dict[int, object] = {}
        self.mask: frozenset[int] = frozenset()
        self.delivering = False
        self.stopped = False
        self.stop_reported = False
        self.status = READY  # DEAD once terminated
        self.exit_status: int | None = None
        self.exit_reason = ""
        self.start_ns = start_ns

    def charge_for(self, kind: str, amount: int = 1) -> Charge:
        """Book something that the process makes, for it and for its user. Raises: QUOTA_EXCEEDED."""
        return charge((self.ledger, self.account), kind, amount)

    @property
    def is_init(self) -> bool:
        """Whether it is the first program: a service has started it, and it starts all others."""
        return self.ring > 2 and self.parent is not None and 0 < self.parent.ring <= 2

    @property
    def main(self) -> Thread:
        """The thread that carries the process's pid."""
        return self.threads[0]

    def __repr__(self) -> str:
        return f"<Process {self.pid} {self.image} ring {self.ring}>"
