"""Messages between processes, and system calls that are forwarded to a ring-1 server.

`signal_send` puts `(sender pid, name, *args)` into the receiver's queue; `signal_pull` takes the oldest. An overridden
system call travels the same way: the caller sleeps, the server receives a request, and only the answer with that
request's id, sent by that server, wakes the caller.

    caller            kernel              server (waiting in signal_pull)
      | vfs_read        |                    |
      |---------------->| (0, "syscall", request)
      | sleeps          |------------------->|   the processor goes over directly
      |                 |  signal_send(pid, "syscall_return", id, status, value)
      |<----------------|<-------------------|
      | value or StatusError                 |

Owns        the overrides and the requests under way.
Always so   a request is answered once or cancelled once: when its caller dies or leaves, the server is told; when its
            server dies, the caller gets CANCELLED. The processor time that a server spends is charged to the thread
            whose call it serves, so nobody gains a longer turn by having services work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.names import DISPATCH_LEVEL, RESERVED_MESSAGES
from abi.request import SyscallRequest
from abi.status import Status, StatusError
from executive.headroom import with_headroom
from executive.limits import LIMITS_PATH
from executive.plain import MAX_BYTES, MAX_INT, SCALARS, SIZED, copy_plain
from executive.process import DEAD, SLEEPING
from executive.syscalls import ANY_RING, SERVICE_ONLY, refuse_argument, syscall

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.process import Thread, Wait
    from executive.scheduler import Scheduler
    from executive.syscalls import SyscallTable

NOT_DIRECT = object()  # "not mine": the call goes on to the server that overrides it
TAKES_OBJECTS = frozenset({"dkms_complete_irp"})  # the forwarded calls to which drivers pass more than plain data
WAIT_MESSAGE = "signal"
WAIT_ANSWER = "syscall"


def require_passive(thread: Thread, call: str) -> None:
    """Raises WOULD_BLOCK when the thread runs at an IRQL at which it may not sleep."""
    if thread.irql >= DISPATCH_LEVEL:
        raise StatusError(Status.WOULD_BLOCK, f"{call}: a thread at IRQL {thread.irql} may not sleep")


class Messages:
    """The message queues of one machine and the calls that are forwarded through them."""

    def __init__(self, scheduler: Scheduler, table: SyscallTable, threads: dict[int, Thread]) -> None:
        self._scheduler = scheduler
        self._table = table
        self._threads = threads
        self._overrides: dict[str, Thread] = {}  # name -> who answers it
        self._requests: dict[int, Wait] = {}  # id -> the caller's wait for it
        self._last_request = 0
        self.direct: dict[
            str, Callable[..., object]
        ] = {}  # what the kernel answers of an overridden call, or NOT_DIRECT

    # --- messages ----------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING, checks_itself=True)
    def signal_send(self, thread: Thread, pid: int, name: str, *args: object) -> bool:
        """Send a message to a process (not to be confused with POSIX signals).

        Args:    pid: the receiver. name: what it is about. args: plain data; between rings <= 2 any object.
        Returns: True.
        Blocks:  never.
        Raises:  NO_SUCH_PROCESS; QUOTA_EXCEEDED when the receiver's queue is full, or has as many messages of the
                 caller's as messages_per_sender allows; ACCESS_DENIED for a name that is reserved to the system;
                 INVALID_PARAMETER for data that is not plain.
        """
        if type(pid) is not int:
            refuse_argument("signal_send", "pid", "int", pid)
        if type(name) is not str:
            refuse_argument("signal_send", "name", "str", name)
        if name == "syscall_return":
            return self._answer(thread, pid, args)
        receiver = self._threads.get(pid)
        if receiver is None or not pid:
            raise StatusError(Status.NO_SUCH_PROCESS, f"signal_send: no process {pid} takes messages")
        process = thread.process
        if process.ring > 2:
            if name in RESERVED_MESSAGES:
                raise StatusError(Status.ACCESS_DENIED, f"signal_send: the message name {name!r} is the system's own")
            args = tuple([copy_plain(arg, "signal_send") for arg in args])
            queued = receiver.messages
            if len(queued) >= process.limits.messages_per_sender:
                own = sum(1 for message in queued if message[0] == thread.pid)
                if own >= process.limits.messages_per_sender:
                    raise StatusError(
                        Status.QUOTA_EXCEEDED,
                        f"signal_send: {own} messages of yours wait at process {pid} already "
                        f"(limit messages_per_sender in {LIMITS_PATH})",
                    )
            if len(queued) >= min(process.limits.messages, receiver.process.limits.messages):
                raise StatusError(
                    Status.QUOTA_EXCEEDED,
                    f"signal_send: the queue of process {pid} is full (limit messages in {LIMITS_PATH})",
                )
        elif receiver.process.ring > 2:
            args = tuple([copy_plain(arg, "signal_send") for arg in args])
        else:
            receiver.payer = thread.payer  # what a service hands on to another is done for the same client
        self.deliver(receiver, (thread.pid, name, *args))
        return True

    @syscall(rings=ANY_RING, checks_itself=True)
    def signal_pull(self, thread: Thread, timeout_ms: int | float | None = None) -> object:
        """Take the oldest message.

        Args:    timeout_ms: milliseconds to wait at most; None for ever, 0 not at all.
        Returns: (sender pid, name, *args), or None when the time is over.
        Blocks:  the calling thread, while there is no message.
        Raises:  WOULD_BLOCK (IRQL).
        """
        if thread.messages:
            message = thread.messages.popleft()
            if thread.is_system and type(message[-1]) is SyscallRequest:
                self._work_for(thread, message[-1])
            return message
        if timeout_ms is None:
            if thread.irql:
                require_passive(thread, "signal_pull")
            return self._scheduler.block(thread, WAIT_MESSAGE)
        if type(timeout_ms) is not int and type(timeout_ms) is not float:
            refuse_argument("signal_pull", "timeout_ms", "int | float | None", timeout_ms)
        if timeout_ms <= 0:
            return None
        if thread.irql:
            require_passive(thread, "signal_pull")
        deadline = self._scheduler.call_in_ms(timeout_ms, self._time_out, thread.wait)
        try:
            return self._scheduler.block(thread, WAIT_MESSAGE)
        finally:
            deadline.cancel()

    def _work_for(self, server: Thread, request: SyscallRequest) -> None:
        """From now on the server's time is charged to the one whose request it has taken out of its queue."""
        client = self._threads.get(request.sender_pid)
        if client is not None and client.payer is not server.payer:
            self._scheduler.settle(server)
            server.payer = client.payer

    def _time_out(self, wait: Wait) -> None:
        self._scheduler.wake(wait, None)

    def deliver(self, receiver: Thread, message: tuple[object, ...]) -> None:
        """Hand a message over: to a waiting receiver at once, else into its queue."""
        wait = receiver.wait
        if wait.active and wait.reason is WAIT_MESSAGE:
            self._scheduler.wake(wait, message)
        else:
            receiver.messages.append(message)

    def post(self, pid: int, name: str, *args: object) -> None:
        """A message of the kernel's own (sender 0); nobody to receive it is no error."""
        receiver = self._threads.get(pid)
        if receiver is not None:
            self.deliver(receiver, (0, name, *args))

    # --- forwarded calls ---------------------------------------------------------------------------------------

    @syscall(rings=SERVICE_ONLY)
    def syscall_override(self, thread: Thread, name: str, rings: list[float] | tuple[float, ...] | None = None) -> bool:
        """Answer a system call in the kernel's place (manual, chapter 8.2).

        Args:    name: the call; the kernel need not know it. rings: who may call it; None means as the kernel
                 declares it, or all rings for a name that the kernel does not know.
        Returns: True. Each call arrives as the message (0, "syscall", request).
        Raises:  ACCESS_DENIED when another live process answers it already.
        """
        holder = self._overrides.get(name)
        if holder is not None and holder.process is not thread.process:
            raise StatusError(Status.ACCESS_DENIED, f"syscall_override: {name} is answered by process {holder.pid}")
        if rings is None:
            entry = self._table.entries.get(name)
            rings = entry.rings if entry else ANY_RING
        elif any(type(ring) not in (int, float) or ring not in ANY_RING for ring in rings):
            raise StatusError(Status.INVALID_PARAMETER, f"syscall_override {name}: rings are 0, 1, 2, 2.5 and 3")
        self._overrides[name] = thread
        self._table.replace(name, self._forwarder(name, thread), rings)
        return True

    def server_of(self, name: str) -> Thread | None:
        """The thread that answers an overridden call, None if the kernel does."""
        return self._overrides.get(name)

    def forward(self, thread: Thread, server: Thread, name: str, args: tuple[object, ...]) -> object:
        """Ask *server* on behalf of *thread*, and sleep until it has answered."""
        scheduler = self._scheduler
        process = thread.process
        self._last_request = request_id = self._last_request + 1
        request = SyscallRequest(request_id, name, args, thread.pid, process)
        wait = thread.wait
        message = (0, "syscall", request)
        successor = None
        idle = server.wait
        if idle.active and idle.reason is WAIT_MESSAGE and server.status is SLEEPING:
            idle.active = False
            idle.result = message
            server.payer = thread.payer
            successor = server
        else:
            self.deliver(server, message)
        self._requests[request_id] = wait
        wait.request_id = request_id
        wait.server = server
        try:
            answer = scheduler.block(thread, WAIT_ANSWER, successor)
        except BaseException:
            if successor is not None and idle.result is message and server.status is SLEEPING:
                idle.active = True  # no stack was left to hand over, nor to call anything here: as if never asked
                idle.result = None
                del self._requests[request_id]
                wait.request_id = 0
                wait.server = None
            with_headroom(self.cancel_request, wait)
            raise
        status: int
        value: object
        status, value = answer  # type: ignore[misc]  # what `_answer` woke it with
        if status == 0:
            return value
        raise StatusError(status, value if type(value) is str else "")

    def _forwarder(self, name: str, server: Thread) -> Callable[..., object]:
        """The body that forwards calls of *name*. A server that calls what it answers itself gets the native call."""
        entry = self._table.entries.get(name)
        direct = self.direct.get(name)
        forward = self.forward

        def forwarded(thread: Thread, *args: object) -> object:
            process = thread.process
            if process is server.process:
                if entry is None:
                    raise StatusError(Status.WOULD_DEADLOCK, f"{name}: process {thread.pid} is the one that answers it")
                return entry.body(thread, *args)
            if process.ring > 2 or name not in TAKES_OBJECTS:
                for arg in args:
                    kind = type(arg)
                    if (
                        kind not in SCALARS
                        or (kind in SIZED and len(arg) > MAX_BYTES)  # type: ignore[arg-type]
                        or (kind is int and not -MAX_INT <= arg <= MAX_INT)
                    ):
                        args = tuple([copy_plain(arg, name) for arg in args])
                        break
            if thread.irql:
                require_passive(thread, name)
            return forward(thread, server, name, args)

        def directly_or_forwarded(thread: Thread, *args: object) -> object:
            result = direct(thread, *args)  # type: ignore[misc]  # not None where this is used
            return forwarded(thread, *args) if result is NOT_DIRECT else result

        body = forwarded if direct is None else directly_or_forwarded
        return entry.behind_checks(body) if entry is not None else body

    def _answer(self, thread: Thread, pid: int, args: tuple[object, ...]) -> bool:
        """A server's answer. One that nobody waits for any more is dropped; one from another process is refused."""
        if len(args) != 3:
            raise StatusError(Status.INVALID_PARAMETER, "syscall_return takes a request id, a status and a value")
        request_id, status, value = args
        if type(request_id) is not int:
            refuse_argument("syscall_return", "request_id", "int", request_id)
        wait = self._requests.get(request_id)  # type: ignore[call-overload]
        if wait is None or wait.thread.pid != pid or wait.request_id != request_id:
            return False
        if wait.server is None or wait.server.process is not thread.process:
            raise StatusError(Status.ACCESS_DENIED, f"syscall_return: request {request_id} was not sent to you")
        refused = None
        if type(status) is not int and type(status) is not Status:
            refused = StatusError(Status.INVALID_PARAMETER, "syscall_return: the status is an int")
        elif type(value) not in SCALARS and wait.thread.process.ring > 2:
            try:
                value = copy_plain(value, "result")
            except StatusError as error:
                refused = error
        if refused is not None:  # nobody is left waiting for a better answer
            status, value = Status.UNSUCCESSFUL, f"the answer cannot be passed on: {refused.detail}"
        del self._requests[request_id]  # type: ignore[arg-type]
        wait.request_id = 0
        wait.server = None
        self._scheduler.wake(wait, (status, value))
        if refused is not None:
            raise refused
        return True

    def cancel_request(self, wait: Wait) -> None:
        """The caller will not wait for its forwarded call any more: tell the server."""
        request_id = wait.request_id
        if request_id:
            del self._requests[request_id]
            server = wait.server
            wait.request_id = 0
            wait.server = None
            if server is not None and server.status is not DEAD:
                self.deliver(server, (0, "request_cancelled", request_id))

    def drop_server(self, thread: Thread) -> None:
        """A thread is gone: what it answered goes back to the kernel, what it owed fails."""
        for name, server in list(self._overrides.items()):
            if server is thread:
                del self._overrides[name]
                self._table.restore(name)
        for request_id, wait in list(self._requests.items()):
            if wait.server is thread:
                del self._requests[request_id]
                wait.request_id = 0
                wait.server = None
                self._scheduler.wake(wait, (Status.CANCELLED, f"process {thread.pid}, which was to answer, is gone"))
