"""The trace: what happens in a machine, written down as it happens, to be read when it is over.

Where something happens, one short record of plain values goes to the end of one flat list, which the machine keeps:

    SWITCH 1304000 20 ready | CALL 1304000 1309000 20 time_get 0 | FORWARD 1310000 20 2 7 vfs_open | ...

That is all that a traced program pays for. The machine takes the list away whenever the host has control, and has it
turned into something for people there: lines of text (`Lines` below), or a file for a trace viewer (`axisos trace`).

    0.001304000 switch 20
    0.001309000 syscall 20 time_get SUCCESS 5.000
    0.001310000 forward 20 -> 2 #7 vfs_open
    0.001310000 wait 20 syscall
    0.001326456 irp 7 CREATE \\Device\\TTY0 2 -> 3 vfs_io_request
    0.001331456 return 20 #7 SUCCESS
    0.001331456 signal 21 SIGINT

A machine that is not traced never meets this code: the classes here take the plain ones' places at boot. Under one seed
two runs make the same records.

Called by   the kernel, at boot.
Owns        nothing but where the records go and who has the processor.
Always so   a record is appended whole or not at all; it holds ints, floats, strings and None, of bounded size, and
            never a token or the data of a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.irp import IRP_FLAG_NO_REPLY, MAJOR_NAMES, Irp
from abi.request import SyscallRequest
from abi.signals import NAMES
from abi.status import Status, all_statuses
from executive.headroom import ROOM
from executive.log import KernelLog, printable
from executive.messages import Messages
from executive.process import SLEEPING, HandlerRaised
from executive.scheduler import Scheduler
from executive.syscalls import SIMULATED_SYSCALL_NS, Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from executive.process import Process, Thread, Wait
    from executive.syscalls import SyscallTable

    Append = Callable[[tuple[object, ...]], None]

MAX_WORD = 60  # characters of a name that a program chose
MAX_REASON = 200  # characters of a sentence
PULL, SEND = "signal_pull", "signal_send"
# A service or driver does hardly anything but taking and sending messages: that it has sent one, the message's own
# record says, and that it has taken one for which it had to sleep, the switch to it.
QUIET_RING = 2
KILLED = -1  # in the place of a status: the caller died in the call
FAILED = -2  # it raised something that has no status
UNKNOWN = int(Status.UNKNOWN_SYSCALL)

# The records by kind: what follows the kind's number, and when there is one. Times are in nanoseconds, as the scheduler
# counts them.
KINDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("switch", ("at", "tid", "left_as"), "the processor goes to a thread, 0 for nobody; how the last one has left it"),
    ("done", ("start", "end", "name"), "a system call of the running thread has succeeded; of services and drivers not "
     "`signal_send`, nor a `signal_pull` that had to sleep"),
    ("call", ("start", "end", "tid", "name", "status"), "a system call has ended in any other way"),
    ("forward", ("at", "tid", "server", "request", "name"), "a call goes to the service that answers it"),
    ("return", ("at", "server", "tid", "request", "status"), "the service has answered"),
    ("cancel", ("at", "tid", "request"), "the caller does not wait any more, or the service is gone"),
    ("message", ("at", "sender", "receiver", "name"), "a message is on its way"),
    ("answer", ("at", "sender", "receiver", "name", "number", "status"), "a message about the IRP of that number, or "
     "how a driver's start or unloading went"),
    ("irp", ("at", "sender", "receiver", "name", "irp", "major", "device", "requester", "no_reply"),
     "a message or call that brings an IRP"),
    ("overslept", ("tid",), "its wait for a message has ended without one"),
    ("thread", ("at", "tid", "pid", "parent", "ring", "uid", "image"), "a thread runs for the first time"),
    ("end", ("at", "tid", "status", "reason"), "a thread has ended; the main one with its process's exit status"),
    ("signal", ("at", "sender", "pid", "number"), "a POSIX signal is sent"),
    ("log", ("at", "pid", "level", "text"), "a line of the kernel's log"),
    ("count", ("at", "ready", "memory"), "at each poll: threads that could run; bytes in use, not in a simulation"),
)  # fmt: skip
SWITCH, DONE, CALL, FORWARD, RETURN, CANCEL, MESSAGE, ANSWER, IRP, OVERSLEPT, THREAD, END, SIGNAL, LOG, COUNT = range(
    len(KINDS)
)
# Messages whose first value is worth a record, and the second too if it is a status.
NUMBERED = frozenset({"irp_complete", "irp_cancel", "driver_init_complete", "driver_unload_complete"})


class Trace:
    """Where the records of one machine go."""

    def __init__(self, computer: Any) -> None:
        clock = computer.clock
        self.now_ns: Callable[[], int] = clock.ticks_ns
        self.records: list[object] = computer.trace.records
        self.append: Append = self.records.extend
        self.running: Thread  # who has the processor; the scheduler sets it
        # What the host's process takes; of a simulation nobody tells, for it would not be the same again.
        self.memory_bytes: Callable[[], int] | None = None if clock.simulated else computer.resident_bytes
        now_ns = self.now_ns()
        computer.trace.begin(
            {
                "kinds": [(name, list(fields)) for name, fields, _when in KINDS],
                "statuses": {int(status): status.name for status in all_statuses()},
                "majors": dict(MAJOR_NAMES),
                "signals": dict(NAMES),
                "killed": KILLED,
                "failed": FAILED,
                "lifetime_ns": clock.lifetime_ns() - now_ns,  # what makes a record's time one since the making,
                "uptime_ns": clock.now_ns() - now_ns,  # or since power-on
            },
            Lines(clock.now_ns() - now_ns),
        )

    def signal(self, process: Process, signum: int) -> None:
        """A POSIX signal is sent."""
        self.append((SIGNAL, self.now_ns(), self.running.pid, process.pid, signum))

    def thread_ended(self, thread: Thread) -> None:
        """A thread's life is over."""
        process = thread.process
        reason = printable(process.exit_reason)[:MAX_REASON]
        self.append((END, self.now_ns(), thread.pid, process.exit_status, reason))


class TracedScheduler(Scheduler):
    """A scheduler that writes down who gets the processor, and as what the last one left it."""

    def __init__(self, computer: Any, kernel_thread: Thread, trace: Trace) -> None:
        super().__init__(computer, kernel_thread)
        self._trace = trace
        self._known: set[int] = set()
        trace.running = kernel_thread

    def resumer(self, thread: Thread) -> Callable[..., object]:
        switch = super().resumer(thread)
        trace, append, tid = self._trace, self._trace.append, thread.pid
        if tid not in self._known:
            self._known.add(tid)
            process = thread.process
            parent = process.parent.pid if process.parent is not None else 0
            append((
                THREAD, self.now_ns(), tid, process.pid, parent, process.ring, process.uid,
                printable(process.image)[:MAX_REASON],
            ))  # fmt: skip

        def resume(first: Thread | None = None) -> object:
            left = trace.running
            trace.running = thread
            state = left.status
            if state is SLEEPING:
                wait = left.wait
                state = wait.reason if not wait.objects and wait.on is None else _in_words(wait)
            append((SWITCH, self.slice_start_ns, tid, state))
            return switch() if first is None else switch(first)

        return resume

    def _enter_hub(self) -> None:
        left = self.current
        self._to_hub(left, self.slice_start_ns + left.last_slice_ns)
        super()._enter_hub()

    def _live(self, thread: Thread) -> None:
        super()._live(thread)
        self._to_hub(thread, self.slice_start_ns + thread.last_slice_ns)

    def _bury(self, thread: Thread) -> None:
        trace = self._trace
        if thread.task is None:
            super()._bury(thread)
            return
        trace.append((SWITCH, self.now_ns(), thread.pid, ""))
        trace.running = thread
        super()._bury(thread)
        if trace.running is thread:
            self._to_hub(thread, self.now_ns())

    def _to_hub(self, left: Thread, at_ns: int) -> None:
        trace = self._trace
        trace.running = self.kernel_thread
        trace.append((SWITCH, at_ns, 0, left.status if left.status is not SLEEPING else _in_words(left.wait)))

    def _deliver(self, signal: tuple[object, ...] | None) -> None:
        ready = len(self._system) + len(self._woken) + len(self._expired)
        trace = self._trace
        memory = None if trace.memory_bytes is None else trace.memory_bytes()
        trace.append((COUNT, self.now_ns(), ready, memory))
        super()._deliver(signal)


def _in_words(wait: Wait) -> str:
    """What a sleeping thread waits for, in a few words."""
    if wait.objects:
        kinds = (" and " if wait.wait_all else " or ").join([type(each).__name__ for each in wait.objects[:4]])
        return f"{wait.reason}: {kinds}"
    on = wait.on
    if on is None:
        return wait.reason
    pid = getattr(on, "pid", None)
    return f"{wait.reason}: {type(on).__name__}" if pid is None else f"{wait.reason}: {pid}"


class TracedMessages(Messages):
    """Messages that are written down: forwarded calls, answers, IRPs."""

    def __init__(
        self, scheduler: Scheduler, table: SyscallTable, threads: dict[int, Thread], trace: Trace
    ) -> None:
        super().__init__(scheduler, table, threads)
        self._trace = trace

    def forward(self, thread: Thread, server: Thread, name: str, args: tuple[object, ...]) -> object:
        trace = self._trace
        now_ns = trace.now_ns()
        trace.append((FORWARD, now_ns, thread.pid, server.pid, self._last_request + 1, name))
        if args and type(args[0]) is Irp:
            self._write_irp(now_ns, thread.pid, server.pid, name, args[0])
        return Messages.forward(self, thread, server, name, args)

    def deliver(self, receiver: Thread, message: tuple[object, ...]) -> None:
        trace = self._trace
        first = message[2] if len(message) > 2 else None
        kind = type(first)
        if kind is Irp:
            self._write_irp(trace.now_ns(), message[0], receiver.pid, message[1], first)  # type: ignore[arg-type]
        elif kind is not SyscallRequest:  # of which `forward` has told
            name = message[1]
            if name in NUMBERED:
                number = _number(message[3] if len(message) > 3 else first)
                first = _number(first)
                trace.append((ANSWER, trace.now_ns(), message[0], receiver.pid, name, first, number))
            else:
                trace.append((MESSAGE, trace.now_ns(), message[0], receiver.pid, name[:MAX_WORD]))  # type: ignore[index]
        Messages.deliver(self, receiver, message)

    def _write_irp(self, now_ns: int, sender: object, receiver: int, name: object, irp: Irp) -> None:
        self._trace.append((
            IRP, now_ns, sender, receiver, name, irp.irp_id, irp.major_function, str(irp.device_name)[:MAX_WORD],
            irp.sender_pid, irp.flags & IRP_FLAG_NO_REPLY,
        ))  # fmt: skip

    def _answer(self, thread: Thread, pid: int, args: tuple[object, ...]) -> bool:
        if len(args) == 3:
            request_id, status = args[0], args[1]
            if type(request_id) is int and 0 < request_id <= self._last_request:
                trace = self._trace
                number = status if status == 0 and type(status) is int else _number(status)
                trace.append((RETURN, trace.now_ns(), thread.pid, pid, request_id, number))
        return Messages._answer(self, thread, pid, args)

    def _time_out(self, wait: Wait) -> None:
        if wait.active:
            self._trace.append((OVERSLEPT, wait.thread.pid))
        super()._time_out(wait)

    def cancel_request(self, wait: Wait) -> None:
        if wait.request_id:
            self._trace.append((CANCEL, self._trace.now_ns(), wait.thread.pid, wait.request_id))
        super().cancel_request(wait)

    def drop_server(self, thread: Thread) -> None:
        for request_id, wait in self._requests.items():
            if wait.server is thread:
                self._trace.append((CANCEL, self._trace.now_ns(), wait.thread.pid, request_id))
        super().drop_server(thread)


def _number(value: object) -> int | None:
    """A number or a status of somebody else's, if it is a sensible one."""
    if type(value) is not int:
        if type(value) is not Status:
            return None
        value = int(value)
    return value if -(1 << 62) < value < 1 << 62 else None


class TracedLog(KernelLog):
    """A log whose lines are written down as well."""

    def __init__(
        self, trace: Trace, uptime: Callable[[], float], level: str, mirror: Callable[[str], None] | None
    ) -> None:
        super().__init__(uptime, level, mirror)
        self._trace = trace

    def kprint(self, level: str, *parts: object) -> None:
        super().kprint(level, *parts)
        entry = self._entries[-1]
        text = str(entry["msg"])[:MAX_REASON]
        self._trace.append((LOG, self._trace.now_ns(), entry["pid"], str(level)[:MAX_WORD], text))


class TracedGate(Gate):
    """A gate that writes down each call with its start, its end and how it ended."""

    def __init__(self, trace: Trace, *wiring: Any) -> None:
        super().__init__(*wiring)
        self._trace = trace

    def make(self, process: Process) -> Callable[..., object]:
        """The straight path of `Gate.make` and `Gate._counted` in one, with the records in it.

        It is spelt out here once more because a second function around each call would cost more than the record.
        """
        scheduler = self._scheduler
        refuse, fail = self._refuse, self._fail
        left = process.limits.syscalls_per_second
        next_window = self._next_window
        trusted = process.ring <= 1
        serves = process.ring <= QUIET_RING
        advance_ns = self._advance_ns
        step = scheduler.step if scheduler.follows_schedule and process.ring > 2 else None
        now_ns, append, records = self._trace.now_ns, self._trace.append, self._trace.records

        def syscall(name: str, *args: object) -> object:
            nonlocal left, records
            start_ns = now_ns()
            if advance_ns is not None:
                advance_ns(SIMULATED_SYSCALL_NS)
                if step is not None and scheduler.current.process is process:
                    step(scheduler.current)
            thread = scheduler.current
            if thread.process is not process:
                raise GeneratorExit
            if process.alarm:
                scheduler.on_alarm(thread)
            if not trusted:
                isinstance(None, ROOM)
                left -= 1
                if left < 0:
                    left = next_window(thread)
            body = process.calls.get(name) if type(name) is str else None
            if body is None:
                append((CALL, start_ns, now_ns(), thread.pid, _word(name), UNKNOWN))
                refuse(thread, name)
            quiet = serves and (name == SEND or (name == PULL and not thread.messages))
            try:
                if not args:
                    result = body(thread)  # type: ignore[misc]
                else:
                    count = len(args)
                    if count == 1:
                        result = body(thread, args[0])  # type: ignore[misc]
                    elif count == 2:
                        result = body(thread, args[0], args[1])  # type: ignore[misc]
                    elif count == 5:
                        result = body(thread, args[0], args[1], args[2], args[3], args[4])  # type: ignore[misc]
                    else:
                        result = body(thread, *args)  # type: ignore[misc]
                if not quiet:
                    records += (DONE, start_ns, now_ns(), name)  # the cheapest way to append
                return result
            except HandlerRaised as interrupted:
                failure = interrupted.error
            except Exception as error:
                failure = fail(thread, name, args, error)
            except BaseException:
                if quiet:
                    raise
                append((CALL, start_ns, now_ns(), thread.pid, name, KILLED))
                raise
            append((CALL, start_ns, now_ns(), thread.pid, name, _status_of(failure)))
            raise failure

        return syscall


def _word(name: object) -> str:
    return printable(name[:MAX_WORD]) if type(name) is str else "?"


def _status_of(failure: BaseException) -> int:
    status = getattr(failure, "status", None)
    return FAILED if status is None else int(status)


class Lines:
    """The records as lines of text, in the order in which they came."""

    def __init__(self, uptime_ns: int) -> None:
        self._uptime_ns = uptime_ns  # what makes a record's time one since power-on
        self._running = 0
        self._line_of: tuple[Callable[..., str], ...] = tuple(getattr(self, f"_{name}") for name, *_rest in KINDS)

    def __call__(self, records: Sequence[Any]) -> Iterator[str]:
        """The lines of some records."""
        at, end = 0, len(records)
        while at < end:
            kind = records[at]
            following = at + 1 + len(KINDS[kind][1])
            text = self._line_of[kind](*records[at + 1 : following])
            if text:
                yield from text.split("\n")
            at = following

    def _stamp(self, at_ns: int) -> str:
        now_ns = at_ns + self._uptime_ns
        return f"{now_ns // 1_000_000_000}.{now_ns % 1_000_000_000:09d}"

    def _switch(self, at: int, tid: int, left_as: str) -> str:
        left, self._running = self._running, tid
        text = f"{self._stamp(at)} switch {tid}"
        if left and left_as not in ("", "ready", "dead"):
            text = f"{self._stamp(at)} wait {left} {left_as}\n{text}"
        return text

    def _done(self, start: int, end: int, name: str) -> str:
        return self._call(start, end, self._running, name, 0)

    def _call(self, start: int, end: int, tid: int, name: str, status: int) -> str:
        took = f"{(end - start) // 1000}.{(end - start) % 1000:03d}"
        return f"{self._stamp(end)} syscall {tid} {name} {_outcome(status)} {took}"

    def _forward(self, at: int, tid: int, server: int, request: int, name: str) -> str:
        return f"{self._stamp(at)} forward {tid} -> {server} #{request} {name}"

    def _return(self, at: int, server: int, tid: int, request: int | None, status: int | None) -> str:
        if request is None or status is None:
            return ""
        return f"{self._stamp(at)} return {tid} #{request} {_outcome(status)}"

    def _cancel(self, at: int, tid: int, request: int) -> str:
        return f"{self._stamp(at)} cancel {tid} #{request}"

    def _message(self, at: int, sender: int, receiver: int, name: str) -> str:
        return f"{self._stamp(at)} message {sender} -> {receiver} {printable(name)}"

    def _answer(self, at: int, sender: int, receiver: int, name: str, number: int | None, status: int | None) -> str:
        return f"{self._stamp(at)} message {sender} -> {receiver} {name}"

    def _irp(
        self, at: int, sender: int, receiver: int, name: str, irp: int, major: int, device: str, requester: int,
        no_reply: int,
    ) -> str:
        kind = MAJOR_NAMES.get(major, hex(major))
        return f"{self._stamp(at)} irp {irp} {kind} {printable(device)} {sender} -> {receiver} {name}"

    def _overslept(self, tid: int) -> str:
        return ""

    def _thread(self, at: int, tid: int, pid: int, parent: int, ring: float, uid: int, image: str) -> str:
        return f"{self._stamp(at)} thread {tid} of {pid} ring {ring:g} {image}"

    def _end(self, at: int, tid: int, status: int | None, reason: str) -> str:
        return f"{self._stamp(at)} end {tid}" + ("" if status is None else f" {status} {reason}")

    def _signal(self, at: int, sender: int, pid: int, number: int) -> str:
        return f"{self._stamp(at)} signal {pid} {NAMES[number]}"

    def _log(self, at: int, pid: int, level: str, text: str) -> str:
        return f"{self._stamp(at)} log {pid} {level} {text}"

    def _count(self, at: int, ready: int, memory: int | None) -> str:
        return ""


def _outcome(status: int) -> str:
    """How a call ended, in a word."""
    if status < 0:
        return "KILLED" if status == KILLED else "FAILED"
    return Status(status).name[:MAX_WORD]
