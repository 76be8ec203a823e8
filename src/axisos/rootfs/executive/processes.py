"""The process manager: how processes start, what they may do to each other, and how they end.

Called by   the process_* system calls, the signal subsystem (kills), the scheduler (a thread has ended).
Owns        the process table, the pids.
Always so   there is one way to die, `terminate`: whatever the cause, the handles are closed, the parent is told, the
            waiters are woken and the table entries are gone before it returns. Pids are never used twice. Rights
            (ring, uid, gid, groups) are the kernel's: a child inherits them or gets what the logon service granted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.names import DKMS_PID, FIRST_USER_PID, PIPELINE_PID, RING_ELEVATED, RINGS, STANDARD_HANDLES
from abi.signals import NAMES, SIG_IGN, SIGCHLD, SIGINT, SIGPIPE, SIGTERM
from abi.status import Status, StatusError
from executive.headroom import with_headroom
from executive.limits import LimitBook, charge
from executive.messages import require_passive
from executive.plain import copy_plain
from executive.process import DEAD, Process, ProcessKilled, Thread, Wait
from executive.synapse import new_process_token
from executive.syscalls import ANY_RING, SERVICES, syscall

if TYPE_CHECKING:
    from collections.abc import Callable

    Rights = tuple[int, int, tuple[int, ...], float]  # uid, gid, further groups, ring

    from executive.ke_ipc.posix_signals import PosixSignals
    from executive.loader import Loader
    from executive.log import KernelLog
    from executive.messages import Messages
    from executive.ob_manager import ObjectManager
    from executive.scheduler import Scheduler
    from executive.syscalls import Gate, SyscallTable

WAIT_EXIT = "wait_pid"
WAIT_SLEEP = "sleep"
UNCAUGHT = "uncaught error"  # how the reason of a crash begins
MAX_EXIT_RECORDS = 1024  # ended children of one parent whose status nobody asked for
KILLED_BY_SYSTEM = 137  # exit status of a process that a limit or a violation ended


class ProcessManager:
    """The processes of one machine."""

    def __init__(
        self,
        scheduler: Scheduler,
        table: SyscallTable,
        ob: ObjectManager,
        log: KernelLog,
        token_hex: Callable[[int], str],
        kernel_process: Process,
        threads: dict[int, Thread],
    ) -> None:
        self._scheduler = scheduler
        self._table = table
        self._ob = ob
        self._log = log
        self._token_hex = token_hex
        self.kernel_process = kernel_process
        self.threads = threads  # the process table: pid -> thread
        self._next_system_pid = PIPELINE_PID
        self._next_pid = FIRST_USER_PID
        self._wait_any: dict[int, list[Wait]] = {}  # parent's pid -> its threads in process_wait_any
        # Wired by the kernel when these exist.
        self.gate: Gate
        self.loader: Loader
        self.messages: Messages
        self.signals: PosixSignals
        self.limits: LimitBook
        self.on_service_death: Callable[[Process], None]
        self.on_end: Callable[[Process], None] | None = None  # of a host that watches: called when a process has ended
        self.on_thread_end: tuple[Callable[[Thread], None], ...]  # for what threads own, and who waits for their end

    # --- making processes --------------------------------------------------------------------------------------

    def create(
        self, parent: Process, path: str, ring: float, env: dict[str, object], entry: Callable[[Process], None],
        rights: Rights | None = None,
    ) -> Process:
        """A new process whose main thread runs `entry(process)`; it is ready to run, with no handles.

        Args:   rights: None means the parent's user and groups.
        Raises: QUOTA_EXCEEDED when its user has as many processes as a user may have.
        """
        uid, gid, groups = rights[:3] if rights is not None else (parent.uid, parent.gid, parent.groups)
        account = self.limits.account(uid, ring)
        counted = charge((account,), "processes")
        pid = self._allocate_pid(ring)
        now_ns = self._scheduler.now_ns()
        process = Process(pid, parent, ring, path, new_process_token(self._token_hex), now_ns)
        process.uid, process.gid, process.groups = uid, gid, groups
        process.limits, process.account, process.charge = account.limits, account, counted
        process.ledger.limits = account.limits
        process.env = env
        process.calls = self._table.by_ring[ring]
        process.syscall = self.gate.make(process)
        self._ob.initialize_process(process)
        thread = Thread(pid, process, lambda: entry(process), now_ns)
        thread.used_ns = self._scheduler.quantum_used()
        process.threads.append(thread)
        self.threads[pid] = thread
        parent.children[pid] = process
        return process

    def start(self, process: Process) -> None:
        """Let a created process run in its turn."""
        self._scheduler.make_ready(process.main)

    def keep_service_pids_free(self) -> None:
        """No process gets the pids that the Pipeline Manager and DKMS have: for a kernel that runs without them."""
        self._next_system_pid = DKMS_PID + 1

    def _allocate_pid(self, ring: float) -> int:
        if ring <= 2 and self._next_system_pid < FIRST_USER_PID:
            pid = self._next_system_pid
            self._next_system_pid += 1
            return pid
        pid = self._next_pid
        self._next_pid += 1
        return pid

    @syscall(rings=ANY_RING)
    def process_spawn(
        self,
        thread: Thread,
        path: str,
        ring: int | float | None = None,
        env: dict[str, object] | None = None,
        handles: dict[int, object] | None = None,
        pgid: int | None = None,
        as_granted: bool = False,
    ) -> int:
        """Start a program as a new process (manual, chapter 4.2).

        Args:    path: the program, absolute. ring: None means the caller's, but 3 at least for a program. env: plain
                 data; the child sees exactly this. handles: {-10: h, -11: h, -12: h}, the child's standard handles;
                 None passes the caller's own. pgid: None the caller's group, 0 a new one, else one to join.
                 as_granted: with the rights that the logon service has just granted to the caller.
        Returns: the child's pid. The child is ready and runs in its turn; a syntax error ends it with status 1.
        Blocks:  while the file is read.
        Raises:  PRIVILEGE_NOT_HELD for a ring below the caller's; NO_SUCH_FILE; ACCESS_DENIED (no right to read and
                 execute it, or nothing was granted); INVALID_PARAMETER; INVALID_HANDLE; NO_SUCH_PROCESS (no such
                 group); QUOTA_EXCEEDED (the limit user_processes).
        """
        caller = thread.process
        grant = None
        if as_granted:
            grant, caller.grant = caller.grant, None
            if grant is None:
                raise StatusError(Status.ACCESS_DENIED, f"process_spawn {path}: the logon service has granted nothing")
        least_ring = grant[3] if grant else caller.ring
        if ring is None:
            ring = least_ring if grant else max(3, caller.ring)
        if ring not in RINGS:
            raise StatusError(
                Status.INVALID_PARAMETER, f"process_spawn {path}: {ring} is no ring; rings are 0, 1, 2, 2.5, 3"
            )
        if ring < least_ring:
            raise StatusError(
                Status.PRIVILEGE_NOT_HELD,
                f"process_spawn {path}: ring {ring} is more privileged than ring {least_ring}",
            )
        if pgid is not None and pgid != 0 and not self._group_exists(pgid):
            raise StatusError(Status.NO_SUCH_PROCESS, f"process_spawn {path}: there is no process group {pgid}")
        given_env = copy_plain(env if env is not None else {}, "env")
        image = self.loader.image(thread, path)
        self._check_handles(caller, handles)
        child = self.create(caller, path, ring, given_env, image.run, grant)  # type: ignore[arg-type]
        if pgid is not None:
            child.pgid = pgid or child.pid
        try:
            self._pass_handles(caller, child, handles)
            self.start(child)
        except BaseException:
            self.terminate(child, 1, "its handles could not be passed")
            caller.ended_children.pop(child.pid, None)
            raise
        return child.pid

    @syscall(rings=(*SERVICES, RING_ELEVATED))
    def process_spawn_image(
        self, thread: Thread, path: str, ring: int | float, env: dict[str, object], files: dict[str, bytes],
        closed: bool = False,
    ) -> int:
        """Start a program from bytes that the caller has read and checked; what is on the disk by then does not count.

        DKMS and the hosts of user-mode drivers start drivers with it: a file that is changed between the check and the
        start must not run unchecked.

        Args:    path: the program, absolute. ring: not below the caller's. env: plain data, as of process_spawn.
                 files: {path: content}: the program, and modules that it may import from these bytes. closed: from
                 its own directory it can import nothing else.
        Returns: the child's pid. It has no standard handles.
        Raises:  PRIVILEGE_NOT_HELD; INVALID_PARAMETER for another ring, or when *files* does not hold the program.
        """
        if ring not in RINGS or path not in files or any(type(content) is not bytes for content in files.values()):
            raise StatusError(Status.INVALID_PARAMETER, f"process_spawn_image {path}: no such ring, or not its files")
        if ring < thread.process.ring:
            raise StatusError(Status.PRIVILEGE_NOT_HELD, f"process_spawn_image {path}: ring {ring} is not yours")
        image = self.loader.image_of(path, files[path])
        given_env = copy_plain(env, "env")
        child = self.create(thread.process, path, ring, given_env, image.run)  # type: ignore[arg-type]
        child.given_files = dict(files)
        child.closed_directory = path[: path.rfind("/") + 1] if closed else ""
        self.start(child)
        return child.pid

    def _check_handles(self, caller: Process, handles: dict[int, object] | None) -> None:
        """Raises INVALID_PARAMETER or what handles raise, as long as there is no child yet."""
        for index, handle in (handles or {}).items():
            if type(index) is not int or index not in STANDARD_HANDLES:
                raise StatusError(Status.INVALID_PARAMETER, "process_spawn: handles has the keys -10, -11 and -12 only")
            if handle is not None:
                self._ob.resolve(caller, handle)

    def _pass_handles(self, caller: Process, child: Process, handles: dict[int, object] | None) -> None:
        ob = self._ob
        for token, new in ob.inherit_handles(caller, child).items() if caller.handles.entries else ():
            for index, held in caller.handles.standard.items():
                if held == token and handles is None:
                    child.handles.standard[index] = new
        chosen = caller.handles.standard if handles is None else handles
        passed: dict[object, str] = {}
        for index, handle in list(chosen.items()):
            if handle is None or index in child.handles.standard:
                continue
            if handle not in passed:
                passed[handle] = ob.duplicate_handle(caller, handle, child)
            child.handles.standard[index] = passed[handle]

    @syscall(rings=ANY_RING)
    def process_thread(self, thread: Thread, func: object) -> int:
        """Start a thread of the calling process (manual, chapter 4.4).

        Args:    func: called without arguments; it shares everything with the process. What it returns is dropped.
        Returns: the thread's id, a number of the same kind as a pid.
        Raises:  INVALID_PARAMETER if *func* cannot be called; QUOTA_EXCEEDED at the limits threads, user_threads.
        """
        if not callable(func):
            raise StatusError(Status.INVALID_PARAMETER, "process_thread: the argument cannot be called")
        process = thread.process
        counted = process.charge_for("threads")
        try:
            tid = self._allocate_pid(process.ring)
            made = Thread(tid, process, func, self._scheduler.now_ns())
            made.charge = counted
            made.used_ns = self._scheduler.quantum_used()
            self._scheduler.make_ready(made)
        except BaseException:  # no stack was left for it
            counted.release()
            raise
        process.threads.append(made)
        self.threads[tid] = made
        return tid

    @syscall(rings=ANY_RING)
    def process_end_thread(self, thread: Thread, tid: int) -> bool:
        """End one thread of the calling process where it stands; the others go on.

        Mutexes that it owned are abandoned: the next owner is told (128). Whatever else it was about to do or to give
        back stays undone.

        Args:    tid: its id; the caller's own ends the caller.
        Returns: True.
        Raises:  NO_SUCH_PROCESS if the process has no such thread; INVALID_PARAMETER for the main thread, with which
                 the process ends (process_exit, process_kill).
        """
        process = thread.process
        target = self.threads.get(tid)
        if target is None or target.process is not process:
            raise StatusError(Status.NO_SUCH_PROCESS, f"process_end_thread: you have no thread {tid}")
        if target.is_main:
            raise StatusError(
                Status.INVALID_PARAMETER, "process_end_thread: the main thread ends with its process (process_exit)"
            )
        process.alarm = True  # until it is unwound every checkpoint and call of it raises
        if process.sandbox is not None:
            process.sandbox.raise_flag()
        with_headroom(self._end_one, target)
        self.take_own_signals(thread)
        return True

    @syscall(rings=SERVICES)
    def process_grant(
        self, thread: Thread, pid: int, uid: int, gid: int, groups: list[int] | tuple[int, ...], ring: int | float
    ) -> bool:
        """Let a process use other rights once: in its next `process_spawn(as_granted=True)` or `process_elevate`.

        Only the logon service calls this, after it has checked who is there.

        Args:    pid: the process that gets the grant, in place of any that it has. ring: 2.5 or 3.
        Returns: True.
        Raises:  NO_SUCH_PROCESS; INVALID_PARAMETER for a ring that a user cannot have.
        """
        if ring not in (2.5, 3):
            raise StatusError(Status.INVALID_PARAMETER, f"process_grant: users have ring 2.5 or 3, not {ring}")
        self.find(pid).grant = (uid, gid, tuple(groups), ring)
        return True

    @syscall(rings=(3,))
    def process_elevate(self, thread: Thread, ring: int | float) -> bool:
        """Go from ring 3 to ring 2.5, with a grant of the logon service for it; the synapse token is rotated.

        Every handle that was open has expired afterwards (503), the standard slots are empty: open /dev/tty again.
        Returns: True.
        Raises:  INVALID_PARAMETER for another ring; ACCESS_DENIED without a grant; QUOTA_EXCEEDED (user_processes).
        """
        process = thread.process
        if ring != 2.5:
            raise StatusError(Status.INVALID_PARAMETER, f"process_elevate: to ring 2.5 only, not {ring}")
        grant = process.grant
        if grant is None or grant[3] > 2.5:
            process.grant = None
            raise StatusError(
                Status.ACCESS_DENIED, "process_elevate: the logon service has not granted ring 2.5 to you"
            )
        account = self.limits.account(grant[0], 2.5)
        if account is not process.account:  # what it made before counts for whom it was made, until it is gone
            counted = charge((account,), "processes")
            process.charge.release()  # type: ignore[union-attr]  # every process has one
            process.account.held_bytes -= process.ledger.held_bytes
            account.held_bytes += process.ledger.held_bytes
            process.account, process.limits, process.charge = account, account.limits, counted
            process.ledger.limits = account.limits
        process.grant = None
        process.uid, process.gid, process.groups, process.ring = grant
        process.calls = self._table.by_ring[2.5]
        if process.sandbox is not None:
            process.sandbox.set_ring(2.5)
        self.rotate_token(process)
        self._log.kprint("sec", f"process {process.pid} ({process.image}) is elevated to ring 2.5, uid {process.uid}")
        return True

    def rotate_token(self, process: Process) -> str:
        """Give a process a new synapse token; what it had open is closed and its standard slots are empty.

        Who still uses one of the old handles is told that it has expired (503), not that there is no such handle.
        """
        self._ob.expire_handles(process)
        process.token = new_process_token(self._token_hex)
        return process.token

    # --- ending processes --------------------------------------------------------------------------------------

    def terminate(self, process: Process, exit_status: int, reason: str) -> None:
        """End a process, whatever the cause. When the caller is a thread of it, it must leave by ProcessKilled.

        Args: exit_status: 0 to 255. reason: one line for people, "exited" for a normal end.
        """
        if process.status is not DEAD:
            with_headroom(self._terminate, process, exit_status, reason)

    def _terminate(self, process: Process, exit_status: int, reason: str) -> None:
        process.status = DEAD
        process.exit_status = exit_status
        process.exit_reason = reason
        process.alarm = True
        process.stopped = False
        if process.sandbox is not None:
            process.sandbox.raise_flag()
        for thread in process.threads:
            thread.killed = True  # all at once: what one of them leaves behind goes to none that dies with it
        for thread in list(process.threads):
            self._end_thread(thread)
        self._ob.destroy_process(process)
        process.charge.release()  # type: ignore[union-attr]  # every process has one
        process.account.held_bytes -= process.ledger.held_bytes
        process.ledger.held_bytes = 0
        self._wait_any.pop(process.pid, None)
        parent = process.parent
        if parent is not None:
            parent.children.pop(process.pid, None)
            self._adopt_orphans(process)
            if parent.status is not DEAD:
                self._record_exit(parent, process.pid, exit_status, reason)
                self.signals.send_from_kernel(parent, SIGCHLD)
            if 0 < parent.ring <= 1:
                self.messages.post(parent.pid, "process_exited", process.pid)
        if process.ring <= 2:
            self.on_service_death(process)
        if self.on_end is not None:
            self.on_end(process)

    def _end_thread(self, thread: Thread) -> None:
        """Take a thread out of everything it stands in."""
        if self.threads.get(thread.pid) is not thread:
            return
        del self.threads[thread.pid]
        if thread.charge is not None:
            thread.charge.release()
        self.messages.cancel_request(thread.wait)
        if thread.is_system:
            self.messages.drop_server(thread)
        for concerned in self.on_thread_end:
            concerned(thread)
        self._scheduler.doom(thread)
        for watcher in thread.watchers:
            self._scheduler.wake(watcher, True)
        thread.watchers.clear()
        thread.messages.clear()

    def _record_exit(self, parent: Process, pid: int, exit_status: int, reason: str) -> None:
        records = parent.ended_children
        if len(records) >= MAX_EXIT_RECORDS:
            del records[next(iter(records))]
        records[pid] = (exit_status, reason)
        for waiter in self._wait_any.pop(parent.pid, ()):
            self._scheduler.wake(waiter, None)

    def _adopt_orphans(self, process: Process) -> None:
        """Children of the dead go to its parent; the kernel's own parent of all is the last resort."""
        heir = process.parent
        while heir is not None and heir.status is DEAD:
            heir = heir.parent
        heir = heir or self.kernel_process
        for child in process.children.values():
            child.parent = heir
            heir.children[child.pid] = child
        process.children.clear()
        process.ended_children.clear()

    def thread_ended(self, thread: Thread, error: BaseException | None) -> None:
        """What the end of a thread's code means; runs as that thread, which may still write to its stderr."""
        process = thread.process
        if thread.killed:
            return
        exit_status, reason = self._last_words(thread, error)
        if thread.is_main:
            self.terminate(process, exit_status, reason)
            return
        self._end_one(thread)

    def _end_one(self, thread: Thread) -> None:
        """End a thread and not its process."""
        process = thread.process
        process.threads.remove(thread)
        if len(process.ended_threads) >= MAX_EXIT_RECORDS:
            del process.ended_threads[next(iter(process.ended_threads))]
        process.ended_threads[thread.pid] = None
        self._end_thread(thread)

    def _last_words(self, thread: Thread, error: BaseException | None) -> tuple[int, str]:
        """What a thread's end says of its process: exit status and reason. Writes the traceback and the buffers.

        The program's own code runs here (`__str__`, handlers, streams); whatever it raises, the thread has ended.
        """
        process = thread.process
        exit_status, reason = 0, "exited"
        try:
            if type(error) is KeyboardInterrupt and thread.is_main:
                exit_status, reason = 128 + SIGINT, f"signal {NAMES[SIGINT]}"  # said by the status, as for any signal
            elif error is not None:
                if not isinstance(error, SystemExit):
                    exit_status, reason = 1, UNCAUGHT
                    reason = f"{UNCAUGHT}: {self._report_crash(process, error)}"
                elif thread.is_main:
                    exit_status = 1
                    exit_status = self._exit_code(process, error)
            if thread.is_main and process.sandbox is not None:
                process.sandbox.flush()
        except ProcessKilled:
            raise
        except BaseException as late:
            kind = type.__dict__["__name__"].__get__(type(late))
            self._log.kprint("proc", f"process {process.pid} ({process.image}): {kind} in its last words")
            if exit_status == 0:
                exit_status, reason = 1, f"{UNCAUGHT}: {kind} in its last words"
        return exit_status, reason

    def _exit_code(self, process: Process, error: SystemExit) -> int:
        """As Python has it: None is 0, a number is itself (modulo 256), anything else is printed and 1."""
        code = error.code
        if code is None:
            return 0
        if isinstance(code, int):
            return int(code) & 0xFF
        self._write_stderr(process, f"{code}\n")
        return 1

    def _report_crash(self, process: Process, error: BaseException) -> str:
        """Log an uncaught error and write it to the process's stderr. Returns its last line."""
        sandbox = process.sandbox
        text = sandbox.format_exception(error) if sandbox is not None else f"{type(error).__name__}: {error}\n"
        level = "fail" if process.ring <= 2 else "proc"
        *before, last = text.strip().splitlines() or [type(error).__name__]
        self._log.kprint(level, f"process {process.pid} ({process.image}) crashed: {last}")
        if process.ring <= 2:
            for line in before:
                self._log.kprint(level, line)
        self._write_stderr(process, text)
        return last

    def _write_stderr(self, process: Process, text: str) -> None:
        """The last words of a process, if it has somewhere to write them."""
        if -12 in process.handles.standard and process.syscall is not None:
            handlers = process.signal_handlers
            before = handlers.get(SIGPIPE)
            handlers[SIGPIPE] = SIG_IGN  # how it ended counts, not who listened
            try:
                process.syscall("vfs_write", -12, text.encode("utf-8", "replace"))
            except StatusError:
                pass  # its terminal or pipe is gone: the log has the essence
            finally:
                if before is None:
                    handlers.pop(SIGPIPE, None)
                else:
                    handlers[SIGPIPE] = before

    def violation(self, thread: Thread, name: str) -> None:
        """A call that is closed to the caller's ring: log it and end the caller (manual, chapter 3.3)."""
        process = thread.process
        reason = f"called {name}, which is closed to ring {process.ring}"
        self._log.kprint("fail", f"ring violation: process {process.pid} ({process.image}) {reason}")
        self._log.kprint("sec", {"event": "ring_violation", "pid": process.pid, "ring": process.ring, "syscall": name})
        self.kill_by_system(process, f"ring violation: {reason}")
        raise ProcessKilled

    def flood(self, thread: Thread) -> None:
        """More system calls in a second than the limit allows: log it and end the caller (manual, chapter 3)."""
        process = thread.process
        limit = process.limits.syscalls_per_second
        self._log.kprint("sec", {"event": "syscall_flood", "pid": process.pid, "limit": limit})
        self.kill_by_system(process, f"it made more than {limit} system calls in a second (limit syscalls_per_second)")
        raise ProcessKilled

    def complain(self, process: Process, complaint: Exception) -> None:
        """Have an error raised in a program at its next checkpoint or system call."""
        process.complaint = complaint
        process.alarm = True
        if process.sandbox is not None:
            process.sandbox.raise_flag()

    def kill_by_system(self, process: Process, reason: str) -> None:
        """End a process that broke a rule or a limit."""
        self._write_reason(process, reason)
        self.terminate(process, KILLED_BY_SYSTEM, reason)

    def _write_reason(self, process: Process, reason: str) -> None:
        self._log.kprint("proc", f"process {process.pid} ({process.image}) was ended: {reason}")

    @syscall(rings=ANY_RING)
    def process_exit(self, thread: Thread, code: int = 0) -> None:
        """End the calling process at once, all its threads with it.

        Args:    code: its exit status, 0 to 255 (modulo 256).
        Returns: never.
        """
        self.terminate(thread.process, code & 0xFF, "exited")
        raise ProcessKilled

    # --- waiting -----------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def process_wait(self, thread: Thread, pid: int, timeout_ms: int | float | None = None) -> bool:
        """Wait until a process or thread has ended; a child that ended already counts.

        Returns: True; the exit status stays to be asked for.
        Blocks:  the calling thread.
        Raises:  NO_SUCH_PROCESS; INVALID_PARAMETER for oneself, an ancestor, pid 0 or 1; TIMEOUT; WOULD_BLOCK (IRQL).
        """
        if pid in thread.process.ended_children or pid in thread.process.ended_threads:
            return True
        target = self._waitable(thread, pid)
        self._wait_for(thread, target, timeout_ms)
        return True

    @syscall(rings=ANY_RING)
    def process_wait_status(self, thread: Thread, pid: int, timeout_ms: int | float | None = None) -> int:
        """Wait for a child's end and take its exit status.

        Returns: 0 to 255; 128 + n for a process that signal n ended. The record is gone afterwards.
        Blocks:  the calling thread.
        Raises:  as process_wait; NO_SUCH_PROCESS for a process that is not a child.
        """
        records = thread.process.ended_children
        if pid not in records:
            target = self._waitable(thread, pid)
            if target.process.parent is not thread.process:
                raise StatusError(Status.NO_SUCH_PROCESS, f"process_wait_status: process {pid} is not a child of yours")
            self._wait_for(thread, target, timeout_ms)
        record = records.pop(pid, None)
        if record is None:
            raise StatusError(
                Status.NO_SUCH_PROCESS, f"process_wait_status: another thread has taken the status of {pid}"
            )
        return record[0]

    @syscall(rings=ANY_RING)
    def process_poll(self, thread: Thread, pid: int) -> int | None:
        """Ask for a child's exit status without waiting.

        Returns: the status, which stays to be asked for; None while the child lives.
        Raises:  NO_SUCH_PROCESS for a process that is not a child.
        """
        record = thread.process.ended_children.get(pid)
        if record is not None:
            return record[0]
        if pid not in thread.process.children:
            raise StatusError(Status.NO_SUCH_PROCESS, f"process_poll: process {pid} is not a child of yours")
        return None

    @syscall(rings=ANY_RING)
    def process_wait_any(self, thread: Thread, timeout_ms: int | float | None = None, untraced: bool = False) -> object:
        """Wait until any child has ended, or with *untraced* was stopped, and take its status.

        Returns: (pid, exit status) or (pid, "stopped").
        Blocks:  the calling thread.
        Raises:  NO_SUCH_PROCESS if there are no children; TIMEOUT.
        """
        process = thread.process
        deadline_ns = None if timeout_ms is None else self._scheduler.after_ms(timeout_ms)
        while True:
            for pid, (exit_status, _reason) in process.ended_children.items():
                del process.ended_children[pid]
                return pid, exit_status
            if untraced:
                for child in process.children.values():
                    if child.stopped and not child.stop_reported:
                        child.stop_reported = True
                        return child.pid, "stopped"
            if not process.children:
                raise StatusError(Status.NO_SUCH_PROCESS, "process_wait_any: there are no children to wait for")
            require_passive(thread, "process_wait_any")
            self._wait_any.setdefault(process.pid, []).append(thread.wait)
            thread.wait.on = process
            deadline = None
            if deadline_ns is not None:
                deadline = self._scheduler.call_at(deadline_ns, self._time_out, thread.wait)
            try:
                outcome = self._scheduler.block(thread, WAIT_EXIT)
            finally:
                if deadline is not None:
                    deadline.cancel()
                waiting = self._wait_any.get(process.pid)
                if waiting and thread.wait in waiting:
                    waiting.remove(thread.wait)
                    if not waiting:
                        del self._wait_any[process.pid]
            if outcome is _TIMED_OUT:
                raise StatusError(Status.TIMEOUT, f"process_wait_any: no child ended within {timeout_ms} ms")

    def _waitable(self, thread: Thread, pid: int) -> Thread:
        target = self.threads.get(pid)
        if target is None or pid <= 1:
            status = Status.INVALID_PARAMETER if pid in (0, 1) else Status.NO_SUCH_PROCESS
            raise StatusError(status, f"there is no process {pid} to wait for")
        if target is thread or (target.is_main and self.is_ancestor(target.process, thread.process)):
            raise StatusError(
                Status.INVALID_PARAMETER, f"process {pid} cannot end before the one that would wait for it"
            )
        return target

    def _wait_for(self, thread: Thread, target: Thread, timeout_ms: int | float | None) -> None:
        require_passive(thread, "process_wait")
        deadline = None
        if timeout_ms is not None:  # first, as it may be refused
            deadline = self._scheduler.call_in_ms(timeout_ms, self._time_out, thread.wait)
        target.watchers.append(thread.wait)
        thread.wait.on = target
        try:
            outcome = self._scheduler.block(thread, WAIT_EXIT)
        finally:
            if deadline is not None:
                deadline.cancel()
            thread.wait.on = None  # or the waiter would keep all that the dead one had
            if thread.wait in target.watchers:
                target.watchers.remove(thread.wait)
        if outcome is _TIMED_OUT:
            raise StatusError(Status.TIMEOUT, f"process {target.pid} did not end within {timeout_ms} ms")

    def _time_out(self, wait: Wait) -> None:
        self._scheduler.wake(wait, _TIMED_OUT)

    def child_stopped(self, process: Process) -> None:
        """A process was stopped: tell the parent that waits for such news."""
        process.stop_reported = False
        parent = process.parent
        if parent is not None:
            for waiter in self._wait_any.pop(parent.pid, ()):
                self._scheduler.wake(waiter, None)
            self.signals.send_from_kernel(parent, SIGCHLD)

    # --- small calls -------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def process_yield(self, thread: Thread) -> bool:
        """Let all other ready threads run once. Returns: True. Blocks: for that long."""
        self._scheduler.give_way(thread)
        return True

    @syscall(rings=ANY_RING)
    def process_sleep(self, thread: Thread, duration_ms: int | float) -> bool:
        """Sleep for *duration_ms* milliseconds of machine time, never less; 0 or less only yields.

        Returns: True.
        Blocks:  the calling thread.
        Raises:  WOULD_BLOCK (IRQL), INVALID_PARAMETER (not a number).
        """
        if duration_ms <= 0:
            self._scheduler.give_way(thread)
            return True
        require_passive(thread, "process_sleep")
        deadline = self._scheduler.call_in_ms(duration_ms, self._time_out, thread.wait)
        try:
            self._scheduler.block(thread, WAIT_SLEEP)
        finally:
            deadline.cancel()
        return True

    # --- who may do what to whom -------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def process_kill(self, thread: Thread, pid: int, signal: int = SIGTERM) -> bool:
        """Send a POSIX signal to a process (manual, chapter 4).

        Args:    signal: its number; 15 (SIGTERM) by default, 9 (SIGKILL) cannot be refused.
        Returns: True.
        Raises:  NO_SUCH_PROCESS; ACCESS_DENIED for pids 0 and 1, an ancestor, another user's process;
                 PRIVILEGE_NOT_HELD for a process of a more privileged ring; INVALID_PARAMETER for no signal.
        """
        target = self.find(pid)
        self.check_kill(thread, target)
        self.signals.send(target, signal)
        self.take_own_signals(thread)
        return True

    def take_own_signals(self, thread: Thread) -> None:
        """Who has just signalled itself dies, stops or handles it before its call returns.

        Raises: ProcessKilled; HandlerRaised with what a handler raised.
        """
        if thread.killed:
            raise ProcessKilled
        if thread.process.alarm:
            self._scheduler.attend(thread)

    def check_kill(self, thread: Thread, target: Process) -> None:
        """Whether the caller may signal *target*: four rules, in this order.

        Raises: ACCESS_DENIED for pids 0 and 1 (unless ring 0), for an ancestor of the caller, and for another user's
                process (unless uid 0); PRIVILEGE_NOT_HELD for a process of a more privileged ring.
        """
        caller = thread.process
        if target.pid <= 1 and caller.ring > 0:
            self._deny(caller, target, Status.ACCESS_DENIED, "it is protected")
        if caller.ring > target.ring:
            self._deny(caller, target, Status.PRIVILEGE_NOT_HELD, f"it runs at ring {target.ring}")
        if target is not caller and self.is_ancestor(target, caller):
            self._deny(caller, target, Status.ACCESS_DENIED, "it is an ancestor of yours")
        if caller.ring >= 2.5 and caller.uid != 0 and target.uid != caller.uid:
            self._deny(caller, target, Status.ACCESS_DENIED, "it belongs to another user")

    def _deny(self, caller: Process, target: Process, status: Status, why: str) -> None:
        self._log.kprint("sec", f"process {caller.pid} (uid {caller.uid}) may not signal process {target.pid}: {why}")
        raise StatusError(status, f"process {target.pid} may not be signalled: {why}")

    @staticmethod
    def is_ancestor(elder: Process, process: Process) -> bool:
        """Whether *elder* is *process* or stands above it in the tree of parents."""
        at: Process | None = process
        while at is not None:
            if at is elder:
                return True
            at = at.parent
        return False

    def processes(self) -> list[Process]:
        """All living processes, by pid."""
        return [thread.process for _, thread in sorted(self.threads.items()) if thread.is_main]

    def raise_all_flags(self) -> None:
        """Have every program come to the kernel at its next checkpoint. May be called from any thread of the host."""
        for thread in list(self.threads.values()):
            if thread.is_main and thread.process.sandbox is not None:
                thread.process.sandbox.raise_flag()

    def _group_exists(self, pgid: int) -> bool:
        return any(thread.process.pgid == pgid for thread in self.threads.values())

    def find_thread(self, pid: int) -> Thread:
        """The thread of that id; a process's pid is its main thread's. Raises: NO_SUCH_PROCESS."""
        target = self.threads.get(pid)
        if target is None:
            raise StatusError(Status.NO_SUCH_PROCESS, f"there is no process {pid}")
        return target

    def find(self, pid: int) -> Process:
        """The process that thread *pid* belongs to. Raises: NO_SUCH_PROCESS."""
        return self.find_thread(pid).process


_TIMED_OUT = object()
