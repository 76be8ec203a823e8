"""From a machine's records to what a trace viewer shows: tracks, slices, arrows.

    processor        who runs: one slice a turn
    each thread      its system calls; within them, what it waited for; of a service or driver, what it works on, from
                     the message that it took to the next one
    kernel           requests to devices (IRPs) from the first step to the answer, counters
    arrows           a call: from the caller to the service, over the steps of its IRP, and back to the caller;
                     a message: from who sent it to who took it

A record tells of one thing that happened. What belongs together is found here: messages are taken in the order in
which they came, so the first that waits at a thread is the one that its `signal_pull` has returned; a request that
Pipeline Manager makes for a call carries the call's number.

Called by   `write_file`.
Owns        what is under way: calls, requests, messages, who waits.
Always so   what began ends in the file: answered, cancelled, or cut off where the trace ends.
"""

from __future__ import annotations

from collections import deque

from axisos.tracing.spool import read_back
from axisos.tracing.viewer_file import ViewerFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import IO, Any

FROM_BOOT, FROM_PROGRAM = "boot", "program"
KERNEL = 1  # the viewer's number for process 0, which viewers take for an idle processor; no process of ours has it
KERNEL_NAME = "kernel and processor"
PULL = "signal_pull"
READY, STOPPED = "ready", "stopped"  # how a thread leaves the processor that waits for nothing
WAIT_MESSAGE, WAIT_ANSWER = "signal", "syscall"  # what the kernel calls these waits
SYSTEM_RING = 2  # services and drivers run here and below
CUT_OFF, CANCELLED = '"cut_off":true', '"cancelled":true'


class Call:
    """A forwarded call under way, or a request of a service's own: the places where it has been."""

    __slots__ = ("at", "cancelled", "name", "points", "request", "returned", "server", "tid")

    def __init__(self, request: int, at: int, tid: int, server: int, name: str) -> None:
        self.request = request
        self.at = at
        self.tid = tid
        self.server = server
        self.name = name
        self.points: list[tuple[int, int]] = [(at, tid)]  # (when, which thread)
        self.returned = False
        self.cancelled = False


class Request:
    """An IRP under way."""

    __slots__ = ("device", "flow", "major", "no_reply", "requester", "start", "steps")

    def __init__(self, start: int, major: str, device: str, requester: int, no_reply: bool, flow: Call) -> None:
        self.start = start
        self.major = major
        self.device = device
        self.requester = requester
        self.no_reply = no_reply
        self.flow = flow
        self.steps: list[tuple[int, str]] = []


class Message:
    """A message on its way."""

    __slots__ = ("at", "flow", "irp", "label", "name", "sender")

    def __init__(
        self, at: int, sender: int, name: str, label: str, flow: Call | None = None, irp: int | None = None
    ) -> None:
        self.at = at
        self.sender = sender
        self.name = name
        self.label = label
        self.flow = flow
        self.irp = irp


class Track:
    """One thread, and what is under way there."""

    __slots__ = (
        "calls", "done", "image", "inbox", "is_quiet", "left_as", "left_at", "online", "overslept", "pid", "serves",
        "tid", "work", "work_at",
    )  # fmt: skip

    def __init__(self, tid: int, pid: int, ring: float, image: str) -> None:
        self.tid = tid
        self.pid = pid
        self.image = image
        self.serves = self.is_quiet = ring <= SYSTEM_RING  # quiet: a switch says that it has taken a message
        self.inbox: deque[Message] = deque()
        self.calls: list[Call] = []  # forwarded by it; a signal handler may call while another one waits
        self.done: list[tuple[Call, int]] = []  # those that are answered; the system call around them still goes on
        self.overslept = False
        self.left_at: int | None = None  # when it gave the processor away
        self.left_as = ""
        self.work: Message | None = None  # what a service is doing
        self.work_at = 0
        self.online: tuple[int, list[tuple[int, str]]] | None = None  # a driver's life so far

    @property
    def label(self) -> str:
        return f"{self.image.rpartition('/')[2]} {self.tid}"


class Timeline:
    """One trace on its way into a file.

    Args: start: FROM_BOOT, or FROM_PROGRAM to leave away what came before the job's program.
    """

    def __init__(self, file: ViewerFile, start: str = FROM_PROGRAM) -> None:
        self._file = file
        self._start = start
        self._layout: dict[str, Any] = {}
        self._offset = 0  # makes a record's time one since the machine's making
        self._now = 0
        self._handlers: list[tuple[int, Callable[..., None]]] = []
        self._threads: dict[int, tuple[int, str, str]] = {}  # tid -> pid, process's name, thread's name
        self.processes: dict[int, dict[str, object]] = {}
        self.program = 0  # the job's, once it runs
        self.records = 0
        self._begin_life()

    def _begin_life(self) -> None:
        self._tracks: dict[int, Track] = {0: Track(0, 0, 0, "kernel")}
        self._parents: dict[int, tuple[int, float]] = {}  # pid -> parent, ring
        self._calls: dict[int, Call] = {}
        self._irps: dict[int, Request] = {}
        self._running = 0
        self._since = 0
        self._forwarded: tuple[int, int, int, str] | None = None  # the last one, of which an IRP may be an argument

    # --- in ----------------------------------------------------------------------------------------------------

    def begin(self, layout: dict[str, Any]) -> None:
        """A kernel begins: what its records look like."""
        self._end_life()
        self._begin_life()
        self._layout = layout
        self._offset = layout["lifetime_ns"]
        self._handlers = [
            (1 + len(fields), getattr(self, f"_{name}", self._unknown)) for name, fields in layout["kinds"]
        ]
        if self._start == FROM_BOOT:
            self._file.from_ns = 0

    def take(self, records: Sequence[Any]) -> None:
        """Some records."""
        handlers = self._handlers
        at, end = 0, len(records)
        while at < end:
            size, handle = handlers[records[at]]
            handle(*records[at + 1 : at + size])
            at += size
            self.records += 1

    def finish(self) -> None:
        """The trace ends here."""
        self._end_life()
        file = self._file
        file.head(KERNEL, KERNEL, "process_name", KERNEL_NAME)
        file.head(KERNEL, KERNEL, "thread_name", "processor")
        for tid, (pid, process, thread) in sorted(self._threads.items()):
            if tid == pid:
                file.head(pid, tid, "process_name", process)
                file.head(pid, tid, "process_sort_index", pid)
            file.head(pid, tid, "thread_name", thread)

    def _end_life(self) -> None:
        """Whatever is under way is cut off."""
        now = self._now
        self._leave(now, "")
        for call in list(self._calls.values()):
            pid, tid = self._place(call.tid)
            self._file.slice(pid, tid, call.at, now, call.name, "call", CUT_OFF)
            self._close_flow(call, now - 1, CUT_OFF)
        for number in list(self._irps):
            self._end_irp(number, now, CUT_OFF)
        for track in self._tracks.values():
            self._tell_done(track, now, "")
            self._end_work(track, now)
            self._end_driver(track, now, "")

    # --- the processor -----------------------------------------------------------------------------------------

    def _switch(self, at: int, tid: int, left_as: str) -> None:
        at = self._time(at)
        self._leave(at, left_as)
        self._running = tid
        self._since = at
        track = self._tracks.get(tid)
        if track is None or not tid:
            return
        left_at, track.left_at = track.left_at, None
        if left_at is not None and track.left_as:
            if at > left_at:
                self._file.slice(track.pid, tid, left_at, at, self._in_words(track), "wait")
            if track.is_quiet and track.left_as == WAIT_MESSAGE:
                self._pulled(track, left_at, at, True)
        if track.calls and (track.calls[-1].returned or track.calls[-1].cancelled):
            self._end_call(track, track.calls.pop(), at)

    def _in_words(self, track: Track) -> str:
        """What a thread did while it did not run."""
        if track.left_as in (READY, STOPPED):
            return track.left_as
        if track.left_as == WAIT_ANSWER and track.calls:
            server = self._tracks.get(track.calls[-1].server)
            return "wait: answer" if server is None else f"wait: answer of {server.label}"
        return "wait: message" if track.left_as == WAIT_MESSAGE else f"wait: {track.left_as}"

    def _leave(self, at: int, left_as: str) -> None:
        """The running thread gives the processor away."""
        track = self._tracks.get(self._running)
        if track is None or not self._running:
            return
        if at > self._since:
            then = f',"then":{self._file.json(left_as)}' if left_as else ""
            self._file.slice(
                KERNEL, KERNEL, self._since, at, track.label, "processor", f'"pid":{track.pid},"tid":{track.tid}{then}'
            )
        track.left_at, track.left_as = at, left_as
        self._running = 0

    def _count(self, at: int, ready: int, memory: int | None) -> None:
        at = self._time(at)
        self._file.counter(KERNEL, at, "threads", "ready", ready)
        if memory is not None:
            self._file.counter(KERNEL, at, "memory", "bytes", memory)

    # --- calls -------------------------------------------------------------------------------------------------

    def _done(self, start: int, end: int, name: str) -> None:
        self._call(start, end, self._running, name, 0)

    def _call(self, start: int, end: int, tid: int, name: str, status: int) -> None:
        start, end = start + self._offset, self._time(end)
        pid, viewer_tid = self._place(tid)
        track = self._tracks.get(tid)
        self._file.slice(pid, viewer_tid, start, end, str(name), "call", self._status(status))
        if track is None:
            return
        if name == PULL:
            self._pulled(track, start, end, status == 0)
            return
        while track.calls and track.calls[-1].at >= start:  # the machine is switched off: nobody has cancelled it
            call = track.calls.pop()
            self._close_flow(call, end - 1, CUT_OFF)
            track.done.append((call, end))
        if track.done:
            self._tell_done(track, start, name)

    def _pulled(self, track: Track, start: int, end: int, succeeded: bool) -> None:
        """A thread has asked for a message."""
        self._end_work(track, start)
        if succeeded and not track.overslept and track.inbox:
            self._taken(track, track.inbox.popleft(), end)
        track.overslept = False

    def _status(self, status: int) -> str:
        """The args of something that ended with a status; none for success."""
        if status == 0:
            return ""
        layout = self._layout
        name = {layout["killed"]: "KILLED", layout["failed"]: "FAILED"}.get(status)
        return f'"status":{self._file.json(name or layout["statuses"].get(status, str(status)))}'

    def _forward(self, at: int, tid: int, server: int, request: int, name: str) -> None:
        at = self._time(at)
        call = Call(request, at, tid, server, name)
        self._calls[request] = call
        track = self._tracks.get(tid)
        if track is not None:
            track.calls.append(call)
        self._forwarded = at, tid, server, name
        self._put(server, Message(at, tid, name, f"{name} for {tid}", call))

    def _return(self, at: int, server: int, tid: int, request: int | None, status: int | None) -> None:
        self._time(at)
        call = self._calls.get(request) if request is not None else None
        if call is not None and call.tid == tid and self._place(server)[0] == self._place(call.server)[0]:
            call.returned = True

    def _cancel(self, at: int, tid: int, request: int) -> None:
        self._time(at)
        call = self._calls.get(request)
        if call is not None:
            call.cancelled = True

    def _end_call(self, track: Track, call: Call, at: int) -> None:
        """The caller has its answer, or does not wait for it any more."""
        self._close_flow(call, at - 1, "" if call.returned else CANCELLED)
        track.done.append((call, at))

    def _tell_done(self, track: Track, start: int, name: str) -> None:
        """A system call ends that began at *start*. What was forwarded by another one, or by none, gets a slice."""
        for call, end in track.done:
            if call.at < start or call.name != name:
                self._file.slice(track.pid, track.tid, call.at, end, call.name, "call")
        track.done.clear()

    def _close_flow(self, call: Call, at: int, args: str) -> None:
        """Draw the arrows of a call, back to where it came from."""
        if self._calls.get(call.request) is call:
            del self._calls[call.request]
        self._draw([*call.points, (max(at, call.points[-1][0]), call.tid)], call, args)

    def _draw(self, points: Sequence[tuple[int, int]], call: Call, args: str) -> None:
        self._file.flow([(at, *self._place(tid)) for at, tid in points], "request", "flow", args)

    # --- messages ----------------------------------------------------------------------------------------------

    def _message(self, at: int, sender: int, receiver: int, name: str) -> None:
        at = self._time(at)
        self._put(receiver, Message(at, sender, name, name))
        track = self._tracks.get(receiver)
        if track is not None and name == "driver_init":
            track.online = at, [(at, "load")]
            track.serves = True  # whatever its ring is
        elif track is not None and track.online is not None and name == "driver_unload":
            track.online[1].append((at, "unload"))

    def _answer(self, at: int, sender: int, receiver: int, name: str, number: int | None, status: int | None) -> None:
        at = self._time(at)
        driver = self._tracks.get(sender)
        if driver is not None and driver.online is not None and name.startswith("driver_"):
            word = {"driver_init_complete": "online", "driver_unload_complete": "unloaded"}.get(name, name)
            driver.online[1].append((at, word if number == 0 else f"{word}: status {number}"))
            self._put(receiver, Message(at, sender, name, name))
            return
        request = self._irps.get(number) if number is not None else None
        flow = request.flow if request is not None else None
        label = f"{name} {request.major} {request.device}" if request is not None else name
        self._put(receiver, Message(at, sender, name, label, flow, number))
        if request is None:
            return
        request.steps.append((at, f"{name} {sender} -> {receiver}"))
        if name == "irp_complete":
            assert number is not None
            self._end_irp(number, at, self._status(status or 0))

    def _put(self, receiver: int, message: Message) -> None:
        track = self._tracks.get(receiver)
        if track is None:  # it has never run yet
            track = self._tracks[receiver] = Track(receiver, receiver, SYSTEM_RING, "?")
        track.inbox.append(message)

    def _taken(self, track: Track, message: Message, at: int) -> None:
        """A thread has got a message: a service works on it until it asks for the next one."""
        if track.serves:
            track.work, track.work_at = message, at
        flow = message.flow
        if flow is not None:
            flow.points.append((at, track.tid))
            if flow.tid < 0 and message.name == "irp_complete":
                self._draw(flow.points, flow, "")
        elif message.sender:
            arrival = at if track.serves else max(at - 1, message.at)
            points = [(message.at, *self._place(message.sender)), (arrival, track.pid, track.tid)]
            self._file.flow(points, "message", "message")

    def _end_work(self, track: Track, at: int) -> None:
        message = track.work
        if message is None:
            return
        track.work = None
        pid, tid = self._place(track.tid)
        self._file.slice(pid, tid, track.work_at, at, message.label, "work", f'"from":{message.sender}')
        if message.irp is not None and message.name == "irp_dispatch":
            request = self._irps.get(message.irp)
            if request is not None and request.no_reply:  # whose end nobody is told of
                self._end_irp(message.irp, at, "")

    # --- requests to devices -----------------------------------------------------------------------------------

    def _irp(
        self, at: int, sender: int, receiver: int, name: str, irp: int, major: int, device: str, requester: int,
        no_reply: int,
    ) -> None:
        at = self._time(at)
        request = self._irps.get(irp)
        if request is None:
            flow = self._calls.get(irp)
            if flow is None:
                flow = Call(irp, at, -1, receiver, name)
                flow.points[0] = at, sender
            kind = self._layout["majors"].get(major, hex(major))
            request = self._irps[irp] = Request(at, kind, device, requester, bool(no_reply), flow)
            self._file.counter(KERNEL, at, "requests", "pending", len(self._irps))
        request.device = device
        request.steps.append((at, f"{name} {sender} -> {receiver}"))
        label = f"{name} {request.major} {device}"
        track = self._tracks.get(receiver)
        if track is not None and track.inbox and self._forwarded == (at, sender, receiver, name):
            # The call that brings it waits there already.
            track.inbox[-1].label, track.inbox[-1].irp = label, irp
            request.flow.points.append((at, sender))
        else:
            self._put(receiver, Message(at, sender, name, label, request.flow, irp))
        if no_reply and name == "dkms_complete_irp":
            self._end_irp(irp, at, "")

    def _end_irp(self, irp: int, at: int, args: str) -> None:
        request = self._irps.pop(irp)
        inside = f'"irp":{irp},"requester":{request.requester}' + (f",{args}" if args else "")
        self._file.span(
            KERNEL, request.start, at, f"{request.major} {request.device}", "irp", request.steps, inside
        )
        self._file.counter(KERNEL, at, "requests", "pending", len(self._irps))
        if request.no_reply and request.flow.tid < 0:
            self._draw(request.flow.points, request.flow, args)

    # --- lives -------------------------------------------------------------------------------------------------

    def _thread(self, at: int, tid: int, pid: int, parent: int, ring: float, uid: int, image: str) -> None:
        at = self._time(at)
        track = Track(tid, pid, ring, image)
        early = self._tracks.get(tid)
        if early is not None:
            track.inbox, track.online = early.inbox, early.online
            track.serves |= track.online is not None
        if track.serves:
            track.work, track.work_at = Message(at, 0, "", "starts"), at
        self._tracks[tid] = track
        self._threads[tid] = pid, f"{image} (ring {ring:g}, uid {uid})", "main" if tid == pid else f"thread {tid}"
        self._parents[pid] = parent, ring
        self.processes[pid] = {"image": image, "ring": ring, "uid": uid, "parent": parent}
        grandparent, init_ring = self._parents.get(parent, (0, 0.0))
        service_ring = self._parents.get(grandparent, (0, 9.0))[1]
        if not self.program and ring > SYSTEM_RING < init_ring and service_ring <= SYSTEM_RING:  # a job of init's
            self.program = pid
            if self._start == FROM_PROGRAM:
                self._file.from_ns = at

    def _end(self, at: int, tid: int, status: int | None, reason: str) -> None:
        at = self._time(at)
        track = self._tracks.get(tid)
        if track is None:
            return
        self._tell_done(track, at, "")
        self._end_work(track, at)
        self._end_driver(track, at, reason)
        what = "thread ends" if status is None else f"exit {status}"
        self._file.instant(track.pid, tid, at, what, "life", f'"reason":{self._file.json(reason)}' if reason else "")

    def _end_driver(self, track: Track, at: int, reason: str) -> None:
        if track.online is not None:
            start, steps = track.online
            track.online = None
            name = f"driver {track.image.rpartition('/')[2]}"
            args = f'"reason":{self._file.json(reason)}' if reason else ""
            self._file.span(track.pid, start, at, name, "driver", steps, args)

    def _signal(self, at: int, sender: int, pid: int, number: int) -> None:
        at = self._time(at)
        name = self._layout["signals"].get(number, f"signal {number}")
        self._file.instant(*self._place(pid), at, name, "signal", f'"from":{sender}')

    def _log(self, at: int, pid: int, level: str, text: str) -> None:
        at = self._time(at)
        args = f'"level":{self._file.json(level)}'
        self._file.instant(*self._place(pid), at, text, "log", args)

    def _overslept(self, tid: int) -> None:
        track = self._tracks.get(tid)
        if track is not None:
            track.overslept = True

    def _unknown(self, *_fields: object) -> None:
        """A record of a newer kernel."""

    # --- small things ------------------------------------------------------------------------------------------

    def _time(self, at: int) -> int:
        """A record's time since the machine was made; the newest one is where an unfinished trace is cut off."""
        at += self._offset
        if at > self._now:
            self._now = at
        return at

    def _place(self, tid: int) -> tuple[int, int]:
        """The viewer's numbers of a thread."""
        if tid <= 0:
            return KERNEL, KERNEL
        track = self._tracks.get(tid)
        return (tid if track is None else track.pid), tid


def write_file(
    spool: IO[bytes], file: IO[str], start: str, facts: dict[str, Any], stopped: Callable[[], bool]
) -> dict[str, Any]:
    """Make the readable file out of a spool.

    Args:    start: FROM_BOOT or FROM_PROGRAM. facts: to stand in the file. stopped: asked whether to leave it there.
    Returns: the facts that stand in the file: `events` and `records`, `lost` records, `program` (its pid, 0 if it never
             ran), `complete` (False if the machine's process was killed), `failure` (why the spool could not grow),
             `stopped` (whether the rest was left away).
    Raises:  OSError.
    """
    viewer = ViewerFile(file, stopped)
    timeline = Timeline(viewer, start)
    ending: dict[str, Any] | None = None
    for chunk in read_back(spool):
        if isinstance(chunk, list):
            timeline.take(chunk)
        elif "kinds" in chunk:
            timeline.begin(chunk)
        else:
            ending = chunk
        if stopped():
            break
    timeline.finish()
    facts = {
        **facts, "from": start, "program": timeline.program, "processes": timeline.processes,
        "records": timeline.records, "events": viewer.events, "complete": ending is not None,
        **(ending or {"lost": 0, "failure": ""}),
    }
    return {**facts, "stopped": not viewer.finish(facts)}
