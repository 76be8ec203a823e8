r"""Requests to drivers: what is open, what is under way, and what happens when an answer comes.

DKMS knows the names. It brings the first request for each to its driver; the answer tells who that is, and from then on
requests go straight there and back, until DKMS says that names or drivers have changed:

    caller          Pipeline Manager           DKMS             driver
      | vfs_open        |                        |                 |
      |---------------->| vfs_io_request(irp)    |                 |
      | sleeps          |----------------------->| irp_dispatch    |
      |                 | serves others          |---------------->|
      |<----------------|<-----------------------|<----------------|
      | vfs_read        |                                          |
      |---------------->| irp_dispatch(irp)                        |
      |                 |----------------------------------------->|
      |                 |   irp_complete(id, status, information)  |
      |<----------------|<-----------------------------------------|

They go through DKMS again while the driver cannot take them: it is starting, was restarted, runs under the verifier, or
lives at another ring.

The life of a request here:

    caller asks --> PENDING --- answer ------------------------------> caller has it
                     |   |----- time limit, driver gone -------------> caller gets the error; a late answer is nobody's
                     |   `----- caller's own limit, Ctrl+C, death ---> CANCELLED: caller is free, the driver is told and
                     |                                                 still owes the answer, within CANCEL_LIMIT_S
                     `--------- no driver takes it ------------------> caller gets the error

Called by   the vfs calls, and the message loop for what drivers and DKMS send.
Owns        the requests under way, by number, the open devices, by file id, and the routes found. A request made for a
            call carries that call's number; those of the Pipeline Manager itself count down from -1.
Always so   nothing here waits; an answer is used once, and only from whom the question went to. A caller that has gone
            is not answered, and a device that was opened for it meanwhile is closed again.
"""

from __future__ import annotations

from functools import partial

from abi.driver import DEVICE_FLAG_DIRECT, DEVICE_FLAG_SEEKABLE, DeviceObject
from abi.irp import (
    IRP_FLAG_DIRECT,
    IRP_MJ_CLOSE,
    IRP_MJ_CREATE,
    IRP_MJ_DEVICE_CONTROL,
    IRP_MJ_READ,
    IRP_MJ_WRITE,
    NEVER_STAMPED,
    Irp,
    irp_for_call,
)
from abi.names import DEVICE_GPU, DEVICE_TTY
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.request import SyscallRequest
    from system.timekeeper import Timekeeper
    from system.vfs.files import OpenFile

    Syscall = Callable[..., Any]
    Finish = Callable[[SyscallRequest, Irp, int, object, OpenFile], object]
    Then = Callable[[int], object]

BUILT_IN = {"/dev/tty": DEVICE_TTY, "/dev/gpu0": DEVICE_GPU}  # /dev names that need no asking

LOOK_EVERY_S = 1.0  # while requests with a time limit are pending
TIME_LIMITS_S = {IRP_MJ_CREATE: 5.0, IRP_MJ_CLOSE: 5.0, IRP_MJ_WRITE: 10.0, IRP_MJ_DEVICE_CONTROL: 30.0}  # READ: none
FOREVER_MS = 1e15  # longer than any machine runs, in seconds as well
MAX_STATUS = 2**31
CANCEL_LIMIT_S = 5.0  # in which a driver lets go of a request that nobody waits for any more


class Pending:
    """One request under way."""

    __slots__ = ("body", "driver_pid", "finish", "irp", "number", "request", "since_s", "then", "withdrawn")

    def __init__(
        self, request: SyscallRequest | None, irp: Irp, finish: Finish | None, body: OpenFile | None,
        then: Then | None = None,
    ) -> None:
        self.request = request  # None: nobody waits (any more)
        self.irp = irp
        self.number = irp.irp_id  # as it was sent: what stands in the IRP is the driver's to spoil
        self.driver_pid = 0  # of the driver that it was sent to directly; 0: DKMS has it
        self.finish = finish  # makes the caller's answer
        self.body = body  # the open device; None for the Pipeline Manager's own requests
        self.then = then  # hears the status of the Pipeline Manager's own
        self.withdrawn = False  # its driver was told that nobody waits for it
        self.since_s: float | None = None  # machine time of its first look, for those that no thread waits for


class Devices:
    """The device side of the file system of one machine."""

    def __init__(self, syscall: Syscall, own_pid: int, clock: Timekeeper) -> None:
        self._syscall = syscall
        self._own_pid = own_pid
        self._clock = clock
        self.dkms_pid = 0
        self.on_unheard: Callable[[SyscallRequest, object], object] = lambda _request, _value: None
        self.pending: dict[int, Pending] = {}
        self._open: dict[int, OpenFile] = {}  # file id -> an open device
        self._lists: dict[int, tuple[SyscallRequest, Callable[..., object], object]] = {}
        self._routes: dict[str, tuple[DeviceObject, int, str]] = {}  # path -> device, its driver, its name
        self._last_file_id = 0
        self._last_own_id = 0
        self._limited: set[int] = set()  # the requests whose callers have set a limit of their own
        self._looking = False  # an alarm is set for `_look`

    # --- asking ------------------------------------------------------------------------------------------------

    def open(self, request: SyscallRequest, body: OpenFile, finish: Finish) -> None:
        """Ask the driver behind `body.path` to open it; *finish* makes the answer of the call."""
        self._last_file_id += 1
        body.file_id = self._last_file_id
        route = self._routes.get(body.path)
        if route is not None:
            body.device_object, body.driver_pid, body.device_name = route
        else:
            body.device_name = BUILT_IN.get(body.path, body.path)
        irp = self._irp(request, IRP_MJ_CREATE, body)
        irp.parameters.args = [body.mode]
        self._issue_limited(Pending(request, irp, finish, body))

    def read(self, request: SyscallRequest, body: OpenFile, count: int | None) -> None:
        """Ask for up to *count* bytes, None for whatever there is. Only a device that says so limits how long."""
        irp = self._irp(request, IRP_MJ_READ, body)
        irp.parameters.length = count
        irp.parameters.offset = body.position
        entry = Pending(request, irp, _finish_read, body)
        if IRP_MJ_READ in _time_limits(body.counted):
            self._issue_limited(entry)
        else:  # nearly every read: nothing to look at
            self._issue(entry)

    def take_rest(self, body: OpenFile, count: int | None) -> bytes:
        """Bytes that the driver gave before anybody asked for them."""
        rest, body.rest = body.rest, b""
        return _taken(body, rest, count)

    def write(self, request: SyscallRequest, body: OpenFile, data: bytes) -> None:
        """Hand bytes to the driver; the writer waits until it has taken them."""
        irp = self._irp(request, IRP_MJ_WRITE, body)
        irp.parameters.data = data
        irp.parameters.offset = body.position
        self._issue_limited(Pending(request, irp, _finish_write, body))

    def control(
        self, request: SyscallRequest, body: OpenFile, method: str, args: list[object], timeout_ms: float | None = None
    ) -> None:
        """Ask the driver to do *method*."""
        irp = self._irp(request, IRP_MJ_DEVICE_CONTROL, body)
        irp.parameters.method = method
        irp.parameters.args = args
        self._issue_limited(Pending(request, irp, _finish_control, body))
        if timeout_ms is not None:
            self._limit(request.request_id, min(timeout_ms, FOREVER_MS))

    def seek(self, body: OpenFile, whence: str, offset: int) -> int:
        """Move the position of an open device, if it has one. Returns the new one.

        Raises: INVALID_PARAMETER when it has none, or the new one would lie before the start.
        """
        device = body.counted
        if device is None or not _flags(device) & DEVICE_FLAG_SEEKABLE:
            raise StatusError(Status.INVALID_PARAMETER, f"{body.path} is a device: it has no position to move")
        size = device.size if type(device.size) is int and device.size >= 0 else None
        base = {"set": 0, "cur": body.position, "end": size}[whence]
        if base is None:
            raise StatusError(Status.INVALID_PARAMETER, f"{body.path}: nobody knows where it ends")
        if base + offset < 0:
            raise StatusError(Status.INVALID_PARAMETER, f"{body.path}: {offset} from {whence} lies before its start")
        body.position = base + offset
        return body.position

    def close(self, body: OpenFile, request: SyscallRequest | None = None) -> None:
        """Tell the driver that the last handle went; with a *request*, answer it when the driver has heard.

        Who still waits for a request on it gets CANCELLED.
        """
        self._open.pop(body.file_id, None)
        if body.counted is not None:
            _count(body.counted, -1)
            body.counted = None
        if body.under_way:
            for entry in list(self.pending.values()):
                if entry.body is body and entry.request is not None:
                    self.cancel_for(entry.number, f"{body.path} was closed")
        if request is None:
            irp = self._own_irp(IRP_MJ_CLOSE, body.device_name)
            irp.file_id = body.file_id
            self._issue_limited(Pending(None, irp, None, body))
        else:
            self._issue_limited(Pending(request, self._irp(request, IRP_MJ_CLOSE, body), _finish_close, body))

    def ask_names(self, request: SyscallRequest, finish: Callable[..., object], context: object) -> None:
        """Ask DKMS which names there are below /dev; *finish*(request, names, context) makes the answer."""
        self._lists[request.request_id] = (request, finish, context)
        self._syscall("signal_send", self.dkms_pid, "dkms_list_devices_request", request.request_id)

    def send(self, device_name: str, major: int, then: Then | None = None, **parameters: object) -> None:
        """A request of the Pipeline Manager's own (the log, the size of its ring); *then* hears its status."""
        irp = self._own_irp(major, device_name)
        for name, value in parameters.items():
            setattr(irp.parameters, name, value)
        self._issue_limited(Pending(None, irp, None, None, then))

    # --- on the way --------------------------------------------------------------------------------------------

    def _issue_limited(self, entry: Pending) -> None:
        """Send a request that has a time limit, which is worked out at the first look."""
        entry.irp.deadline = NEVER_STAMPED
        if not self._looking:
            self._look_later()
        self._issue(entry)

    def _issue(self, entry: Pending) -> None:
        """Send a request to its driver, or to DKMS, which knows what is to be done with it."""
        irp, body = entry.irp, entry.body
        self.pending[entry.number] = entry
        if body is not None:
            body.under_way += 1
            device = body.device_object
            if device is not None:
                irp.flags = IRP_FLAG_DIRECT
                irp.driver_pid = entry.driver_pid = body.driver_pid
                irp.device_object = device
                try:
                    self._syscall("signal_send", body.driver_pid, "irp_dispatch", irp, irp.major_function)
                    return
                except StatusError:  # it has just died: DKMS knows what becomes of its devices
                    body.device_object = None
                    irp.flags = irp.driver_pid = entry.driver_pid = 0
                    irp.device_object = None
            if body.lost and irp.major_function not in (IRP_MJ_CREATE, IRP_MJ_CLOSE):
                self._forget(entry)
                raise StatusError(Status.DEVICE_NOT_READY, f"{body.path}: {body.lost}; open it again")
        self._syscall("signal_send", self.dkms_pid, "vfs_io_request", irp)

    def _limit(self, number: int, timeout_ms: float) -> None:
        """Let the caller go after so long, whatever the driver does."""
        self._limited.add(number)
        self._clock.set_in(("caller", number), timeout_ms / 1000, lambda: self._caller_is_out_of_time(number))

    def _caller_is_out_of_time(self, number: int) -> None:
        self._limited.discard(number)
        entry = self.pending.get(number)
        if entry is None or entry.request is None:
            return
        assert entry.body is not None, "only a caller's request has a caller's limit"
        request, path = entry.request, entry.body.path
        self.cancel(number)
        self._answer(request, int(Status.TIMEOUT), f"{path}: its driver has not answered in the time given")

    def cancel(self, request_id: int) -> bool:
        """Nobody waits for a request any more: its driver is told, and still completes it.

        Returns: whether there was such a request.
        """
        self._lists.pop(request_id, None)
        entry = self.pending.get(request_id)
        if entry is None or entry.withdrawn:
            return False
        irp = entry.irp
        entry.request = None  # its answer is still to come, and answers nobody
        if irp.major_function == IRP_MJ_CLOSE:
            return False  # it is to be closed all the same
        irp.cancelled = entry.withdrawn = True
        irp.step = "cancelled, its driver was told"
        irp.deadline = NEVER_STAMPED
        if not self._looking:
            self._look_later()
        try:
            self._syscall("signal_send", entry.driver_pid or self.dkms_pid, "irp_cancel", entry.number)
        except StatusError:
            self._forget(entry)
        return True

    def cancel_for(self, irp_id: int, reason: str) -> None:
        """Withdraw a request in its caller's stead, who gets CANCELLED.

        Raises: INVALID_PARAMETER when there is none of that number, or it is withdrawn already.
        """
        entry = self.pending.get(irp_id)
        request = None if entry is None else entry.request
        if not self.cancel(irp_id):
            raise StatusError(Status.INVALID_PARAMETER, f"request {irp_id} is not pending, or withdrawn already")
        if request is not None:
            self._answer(request, int(Status.CANCELLED), reason)

    # --- answers -----------------------------------------------------------------------------------------------

    def complete(self, sender: int, irp_id: int, status: int, information: object) -> None:
        """A driver, or DKMS in its name, has answered. Late and forged answers are ignored."""
        entry = self.pending.get(irp_id)
        if entry is None:
            return
        irp, request, body = entry.irp, entry.request, entry.body
        if type(status) is not Status and (type(status) is not int or abs(status) > MAX_STATUS):
            status = Status.UNSUCCESSFUL  # a driver of its own form may have put anything
        if (
            sender != entry.driver_pid and sender != self.dkms_pid
            and not self._is_thread_of(sender, entry.driver_pid)
        ):  # fmt: skip
            self._syscall("kernel_log", f"process {sender} answered {irp}, which was not sent to it: ignored", "sec")
            return
        self._forget(entry)
        if status == 0 and body is not None and irp.major_function == IRP_MJ_CREATE:
            is_wanted = request is not None or body.file_id in self._open
            self._opened(entry, body, information)
            if not is_wanted:  # nobody is there any more to use it
                self.close(body)
        if request is None:
            if entry.then is not None:
                entry.then(status)
            return
        assert entry.finish is not None and body is not None, "a caller's request knows how to answer it"
        try:
            value = entry.finish(request, irp, status, information, body)
        except StatusError as error:
            status, value = int(error.status), error.detail
        except Exception as error:  # what the driver has left in its answer is of no form that we know
            status = int(Status.UNSUCCESSFUL)
            value = f"{body.path}: its driver's answer makes no sense: {type(error).__name__}: {error}"
        else:
            status = 0
        self._answer(request, status, value)

    def _answer(self, request: SyscallRequest, status: int, value: object) -> None:
        if request.request_id in self._limited:
            self._limited.discard(request.request_id)
            self._clock.clear(("caller", request.request_id))
        if not self._syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status, value):
            self.on_unheard(request, value)

    def _is_thread_of(self, sender: int, driver_pid: int) -> bool:
        """Whether the driver that a request went to has answered it from another of its threads."""
        try:
            return driver_pid != 0 and bool(self._syscall("process_info", sender)["tgid"] == driver_pid)
        except StatusError:
            return False

    def _forget(self, entry: Pending) -> None:
        """A request is not under way any more."""
        if self.pending.pop(entry.number, None) is not None and entry.body is not None:
            entry.body.under_way -= 1

    def listed(self, ticket: int, names: list[str]) -> None:
        """DKMS has told which devices there are."""
        entry = self._lists.pop(ticket, None)
        if entry is None:
            return
        request, finish, context = entry
        status = 0
        try:
            value = finish(request, names, context)
        except StatusError as error:
            status, value = int(error.status), error.detail
        self._syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status, value)

    # --- time limits -------------------------------------------------------------------------------------------

    def _look_later(self) -> None:
        self._looking = True
        self._clock.set_in("look", LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        """Answer the requests whose time limit has passed."""
        self._looking = False
        now = self._clock.now()
        late = []
        for entry in self.pending.values():
            irp = entry.irp
            if irp.deadline is None:
                continue
            deadline = deadline_of(irp)
            if deadline == NEVER_STAMPED:
                limit = _time_limit(irp)
                irp.deadline = deadline = None if limit is None else now + limit
                entry.since_s = now
            if deadline is not None:
                if deadline <= now:
                    late.append(entry)
                else:
                    self._looking = True
        try:
            for entry in late:
                self._give_up(entry)
        finally:  # one that failed must not end the time limits of the others
            if self._looking:
                self._look_later()

    def _give_up(self, entry: Pending) -> None:
        """The driver was too slow: the caller gets the error, DKMS looks after the driver."""
        irp = entry.irp
        self._forget(entry)
        irp.cancelled = True
        self._syscall("signal_send", self.dkms_pid, "irp_late", irp)
        if irp.major_function == IRP_MJ_CREATE and entry.body is not None and entry.body.file_id not in self._open:
            self.close(entry.body)  # should it still open it, then for nobody
        if entry.request is not None:
            assert entry.body is not None, "a caller's request is for an open device"
            self._answer(
                entry.request, int(Status.TIMEOUT), f"{entry.body.path}: its driver did not answer in time"
            )
        elif entry.then is not None:
            entry.then(int(Status.TIMEOUT))

    # --- what becomes of drivers -------------------------------------------------------------------------------

    def routes_changed(self) -> None:
        """Names lead elsewhere, or nowhere, from now on: DKMS is to be asked again."""
        self._routes.clear()

    def driver_gone(self, pid: int, status: int, reason: str) -> None:
        """A driver will answer no more: what was sent to it directly ends with *status*."""
        self._detach(pid)
        for entry in list(self.pending.values()):
            if entry.driver_pid == pid:
                self.complete(pid, entry.number, status, reason)

    def driver_detach(self, pid: int) -> None:
        """A driver is about to be replaced: nothing more goes to it directly, and DKMS hears that."""
        self._detach(pid)
        self._syscall("signal_send", self.dkms_pid, "driver_detached", pid)

    def _detach(self, pid: int) -> None:
        """Send no more to a driver directly, neither for what is open nor for what is being opened."""
        self._routes.clear()
        opening = [entry.body for entry in self.pending.values() if entry.body is not None]
        for body in [*self._open.values(), *opening]:
            if body.driver_pid == pid:
                body.device_object = None

    def driver_restarted(self, device_names: list[str], pid: int) -> None:
        """Devices have another driver now, which has not seen their opens: it gets them again, before what follows."""
        for body in list(self._open.values()):
            if body.device_name in device_names:
                body.driver_pid = pid
                body.device_object = None
                irp = self._own_irp(IRP_MJ_CREATE, body.device_name)
                irp.file_id = body.file_id
                irp.parameters.args = [body.mode]
                self._issue_limited(Pending(None, irp, None, body, partial(_reopened, body)))
        self._syscall("signal_send", self.dkms_pid, "driver_reopened", pid)

    # --- inside ------------------------------------------------------------------------------------------------

    def _irp(self, request: SyscallRequest, major: int, body: OpenFile) -> Irp:
        return irp_for_call(request, major, body.device_name, self._own_pid, body.file_id)

    def _own_irp(self, major: int, device_name: str) -> Irp:
        self._last_own_id -= 1
        return Irp(
            self._last_own_id, major, device_name, sender_pid=self._own_pid, reply_pid=self._own_pid, requester_ring=1
        )

    def _opened(self, entry: Pending, body: OpenFile, information: object) -> None:
        irp = entry.irp
        self._open[body.file_id] = body
        is_direct = entry.driver_pid != 0
        device = body.device_object if is_direct else irp.device_object
        if not is_direct:
            if type(irp.device_name) is str:
                body.device_name = irp.device_name  # the dispatcher has put the device's own name in place of a link
            body.driver_pid = information if type(information) is int else irp.driver_pid
        if type(device) is DeviceObject:
            body.counted = device
            _count(device, 1)
            if not is_direct and _flags(device) & DEVICE_FLAG_DIRECT:
                body.device_object = device
                self._routes[body.path] = device, body.driver_pid, body.device_name


def deadline_of(irp: Irp) -> float | None:
    """A request's deadline. A driver may set it; what is no machine time is as if it had not."""
    deadline = irp.deadline
    if deadline is None or (type(deadline) in (int, float) and deadline == deadline):
        return None if deadline is None else float(min(max(deadline, 0.0), FOREVER_MS))
    return NEVER_STAMPED


def _time_limit(irp: Irp) -> float | None:
    """How many seconds a request may take: its device's word, if that makes sense, else the rule."""
    if irp.cancelled:
        return CANCEL_LIMIT_S
    major = irp.major_function
    if type(major) is not int:
        return CANCEL_LIMIT_S
    limits = _time_limits(irp.device_object)
    if major in limits:
        limit = limits[major]
        if limit is None or (type(limit) in (int, float) and limit > 0):
            return None if limit is None else float(min(limit, FOREVER_MS))
    return TIME_LIMITS_S.get(major)


def _time_limits(device: object) -> dict[int, Any]:
    """A device's own time limits, in seconds by major function, which are its driver's to set and to spoil."""
    limits = getattr(device, "time_limits", None)  # no device yet, or none any more: none
    return limits if type(limits) is dict else {}


def _flags(device: DeviceObject) -> int:
    """A device's flags, which are its driver's to set and to spoil."""
    return device.flags if type(device.flags) is int else 0


def _count(device: DeviceObject, opens: int) -> None:
    """Enter that a device was opened or closed."""
    count = device.open_count
    device.open_count = (count if type(count) is int else 0) + opens


def _reopened(body: OpenFile, status: int) -> None:
    """The new driver has heard of an open that its predecessor had, and may have refused it."""
    body.lost = "" if status == 0 else "its driver was restarted and does not know this open"


def failed(status: int, information: object, body: OpenFile, action: str) -> StatusError:
    """What a driver's failure means to the caller."""
    said = information if type(information) is str and information else Status(status).meaning
    return StatusError(status, f"{body.path}: cannot {action}: {said}")


def _finish_read(request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile) -> object:
    if status == 0:
        if type(information) is str:
            information = information.encode()
        if type(information) is bytes:
            return _taken(body, information, irp.parameters.length)
        if information is None:
            return b""
        raise StatusError(
            Status.UNSUCCESSFUL, f"{body.path}: its driver answered a read with {type(information).__name__}, not bytes"
        )
    if status == Status.END_OF_FILE:
        return b""
    raise failed(status, information, body, "read")


def _taken(body: OpenFile, data: bytes, count: int | None) -> bytes:
    """What a reader gets of what there is. What a driver gives beyond what it was asked for is kept for the next read,
    unless the device has positions: then that begins there, and gets it again."""
    if count is not None and len(data) > count:
        device = body.counted
        if device is None or not _flags(device) & DEVICE_FLAG_SEEKABLE:
            body.rest = data[count:]
        data = data[:count]
    body.position += len(data)
    return data


def _finish_write(request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile) -> object:
    if status != 0:
        raise failed(status, information, body, "write")
    given = len(irp.parameters.data)
    written = information if type(information) is int else given
    if not 0 <= written <= given:
        raise StatusError(Status.UNSUCCESSFUL, f"{body.path}: its driver says that it took {written} of {given} bytes")
    body.position += written
    return written


def _finish_control(request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile) -> object:
    if status != 0:
        raise failed(status, information, body, f"do {irp.parameters.method!r}")
    return information


def _finish_close(request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile) -> object:
    return True
