"""Requests to drivers: what is open, what is under way, and what happens when an answer comes.

    caller          Pipeline Manager           DKMS             driver
      | vfs_read        |                        |                 |
      |---------------->| vfs_io_request(irp)    |                 |
      | sleeps          |----------------------->| irp_dispatch    |
      |                 | serves others          |---------------->|
      |                 |   irp_complete(id, status, information)  |
      |<----------------|<-----------------------|<----------------|

The terminal is written to directly: the request goes to its driver, which answers the Pipeline Manager itself; the
writer still waits for that answer, so nobody can write faster than the terminal shows.

Called by   the vfs calls, and the message loop for what drivers and DKMS send.
Owns        the requests under way, by number, and the open devices, by file id. A request made for a call carries
            that call's number; those of the Pipeline Manager itself count down from -1.
Always so   nothing here waits; an answer is used once, and only from whom the question went to. A caller that has gone
            is not answered, and a device that was opened for it meanwhile is closed again.
"""

from __future__ import annotations

from abi.irp import (
    IRP_FLAG_DIRECT,
    IRP_FLAG_NO_REPLY,
    IRP_MJ_CLOSE,
    IRP_MJ_CREATE,
    IRP_MJ_DEVICE_CONTROL,
    IRP_MJ_READ,
    IRP_MJ_WRITE,
    Irp,
)
from abi.names import DEVICE_GPU, DEVICE_TTY
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.request import SyscallRequest
    from system.vfs.files import OpenFile

    Syscall = Callable[..., Any]
    Finish = Callable[[SyscallRequest, Irp, int, object, OpenFile], object]

BUILT_IN = {"/dev/tty": DEVICE_TTY, "/dev/gpu0": DEVICE_GPU}  # /dev names that need no asking


class Devices:
    """The device side of the file system of one machine."""

    def __init__(self, syscall: Syscall, own_pid: int) -> None:
        self._syscall = syscall
        self._own_pid = own_pid
        self.dkms_pid = 0
        self.on_unheard: Callable[[SyscallRequest, object], object] = lambda _request, _value: None
        self.pending: dict[int, tuple[SyscallRequest | None, Irp, Finish, OpenFile]] = {}
        self._open: dict[int, OpenFile] = {}  # file id -> an open device
        self._lists: dict[int, tuple[SyscallRequest, Callable[..., object], object]] = {}
        self._last_file_id = 0
        self._last_own_id = 0
        self._own: dict[int, Callable[[int], object]] = {}  # its own requests: what happens at the answer

    # --- asking ------------------------------------------------------------------------------------------------

    def open(self, request: SyscallRequest, body: OpenFile, finish: Finish) -> None:
        """Ask the driver behind `body.path` to open it; *finish* makes the answer of the call."""
        self._last_file_id += 1
        body.file_id = self._last_file_id
        body.device_name = BUILT_IN.get(body.path, body.path)
        irp = self._irp(request, IRP_MJ_CREATE, body)
        irp.parameters.args = [body.mode]
        self.pending[irp.irp_id] = (request, irp, finish, body)
        self._syscall("signal_send", self.dkms_pid, "vfs_io_request", irp)

    def read(self, request: SyscallRequest, body: OpenFile, count: int | None) -> None:
        """Ask for up to *count* bytes, None for whatever there is."""
        irp = self._irp(request, IRP_MJ_READ, body)
        irp.parameters.length = count
        self.pending[irp.irp_id] = (request, irp, _finish_read, body)
        self._syscall("signal_send", self.dkms_pid, "vfs_io_request", irp)

    def write(self, request: SyscallRequest, body: OpenFile, data: bytes) -> None:
        """Hand bytes to the driver; the terminal's at once, any other's through DKMS."""
        irp = self._irp(request, IRP_MJ_WRITE, body)
        irp.parameters.data = data
        self.pending[irp.irp_id] = (request, irp, _finish_write, body)
        if body.device_name == DEVICE_TTY and body.driver_pid:
            irp.flags = IRP_FLAG_DIRECT
            irp.driver_pid = body.driver_pid
            try:
                self._syscall("signal_send", body.driver_pid, "irp_dispatch", irp)
                return
            except StatusError:  # it is not there: DKMS knows why, and holds the request until it is again
                irp.flags = 0
                irp.driver_pid = 0
        self._syscall("signal_send", self.dkms_pid, "vfs_io_request", irp)

    def control(self, request: SyscallRequest, body: OpenFile, method: str, args: list[object]) -> None:
        """Ask the driver to do *method*."""
        irp = self._irp(request, IRP_MJ_DEVICE_CONTROL, body)
        irp.parameters.method = method
        irp.parameters.args = args
        self.pending[irp.irp_id] = (request, irp, _finish_control, body)
        self._syscall("signal_send", self.dkms_pid, "vfs_io_request", irp)

    def close(self, body: OpenFile, request: SyscallRequest | None = None) -> None:
        """Tell the driver that the last handle went; with a *request*, answer it when the driver has heard."""
        self._open.pop(body.file_id, None)
        if request is None:
            irp = self._own_irp(IRP_MJ_CLOSE, body.device_name)
            irp.file_id = body.file_id
            irp.flags = IRP_FLAG_NO_REPLY
        else:
            irp = self._irp(request, IRP_MJ_CLOSE, body)
            self.pending[irp.irp_id] = (request, irp, _finish_close, body)
        try:
            self._syscall("signal_send", self.dkms_pid, "vfs_io_request", irp)
        except StatusError:
            self.pending.pop(irp.irp_id, None)
            if request is not None:
                raise

    def ask_names(self, request: SyscallRequest, finish: Callable[..., object], context: object) -> None:
        """Ask DKMS which names there are below /dev; *finish*(request, names, context) makes the answer."""
        self._lists[request.request_id] = (request, finish, context)
        self._syscall("signal_send", self.dkms_pid, "dkms_list_devices_request", request.request_id)

    def send(
        self, device_name: str, major: int, then: Callable[[int], object] | None = None, **parameters: object
    ) -> None:
        """A request of the Pipeline Manager's own (the log, the size of its ring); *then* hears its status."""
        irp = self._own_irp(major, device_name)
        if then is None:
            irp.flags = IRP_FLAG_NO_REPLY
        else:
            self._own[irp.irp_id] = then
        for name, value in parameters.items():
            setattr(irp.parameters, name, value)
        try:
            self._syscall("signal_send", self.dkms_pid, "vfs_io_request", irp)
        except StatusError:
            self._own.pop(irp.irp_id, None)
            raise

    # --- answers -----------------------------------------------------------------------------------------------

    def complete(self, sender: int, irp_id: int, status: int, information: object) -> None:
        """A driver, or DKMS in its name, has answered. Late and forged answers are ignored."""
        then = self._own.pop(irp_id, None) if sender == self.dkms_pid else None
        if then is not None:
            then(status)
            return
        entry = self.pending.get(irp_id)
        if entry is None:
            return
        request, irp, finish, body = entry
        if sender != (irp.driver_pid if irp.flags & IRP_FLAG_DIRECT else self.dkms_pid):
            self._syscall("kernel_log", f"process {sender} answered {irp}, which was not sent to it: ignored", "sec")
            return
        del self.pending[irp_id]
        if status == 0 and irp.major_function == IRP_MJ_CREATE:
            self._opened(irp, body, information)
            if request is None:  # nobody is there any more to use it
                self.close(body)
        if request is None:
            return
        try:
            value = finish(request, irp, status, information, body)
        except StatusError as error:
            status, value = int(error.status), error.detail
        else:
            status = 0
        if not self._syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status, value):
            self.on_unheard(request, value)

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

    # --- what goes wrong ---------------------------------------------------------------------------------------

    def cancel(self, request_id: int) -> None:
        """The caller is gone or was interrupted: withdraw its request. The driver still completes it."""
        self._lists.pop(request_id, None)
        entry = self.pending.get(request_id)
        if entry is None:
            return
        _, irp, finish, body = entry
        self.pending[request_id] = (None, irp, finish, body)  # its answer is still to come, and answers nobody
        if irp.major_function == IRP_MJ_CLOSE:
            return  # it is to be closed all the same
        irp.cancelled = True
        holder = irp.driver_pid if irp.flags & IRP_FLAG_DIRECT else self.dkms_pid
        try:
            self._syscall("signal_send", holder, "irp_cancel", irp.irp_id)
        except StatusError:
            del self.pending[request_id]

    def driver_gone(self, pid: int) -> None:
        """A driver died: what was sent to it directly will not be answered (the rest is DKMS's to complete)."""
        for _, irp, _, _ in list(self.pending.values()):
            if irp.flags & IRP_FLAG_DIRECT and irp.driver_pid == pid:
                self.complete(pid, irp.irp_id, int(Status.DEVICE_NOT_READY), None)

    def driver_restarted(self, device_name: str, pid: int) -> None:
        """A driver is back under another number."""
        for body in self._open.values():
            if body.device_name == device_name:
                body.driver_pid = pid

    # --- inside ------------------------------------------------------------------------------------------------

    def _irp(self, request: SyscallRequest, major: int, body: OpenFile) -> Irp:
        return Irp(
            request.request_id, major, body.device_name, sender_pid=request.sender_pid, reply_pid=self._own_pid,
            requester_uid=request.sender_uid, requester_gid=request.sender_gid, requester_ring=request.sender_ring,
            file_id=body.file_id,
        )

    def _own_irp(self, major: int, device_name: str) -> Irp:
        self._last_own_id -= 1
        return Irp(
            self._last_own_id, major, device_name, sender_pid=self._own_pid, reply_pid=self._own_pid, requester_ring=1
        )

    def _opened(self, irp: Irp, body: OpenFile, information: object) -> None:
        body.device_name = irp.device_name  # the dispatcher has put the device's own name in place of a link
        body.driver_pid = information if type(information) is int else irp.driver_pid
        self._open[body.file_id] = body


def failed(status: int, information: object, body: OpenFile, action: str) -> StatusError:
    """What a driver's failure means to the caller."""
    said = information if type(information) is str and information else Status(status).meaning
    return StatusError(status, f"{body.path}: cannot {action}: {said}")


def _finish_read(request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile) -> object:
    if status == 0:
        if type(information) is bytes:
            return information
        if information is None:
            return b""
        if type(information) is str:
            return information.encode()
        raise StatusError(
            Status.UNSUCCESSFUL, f"{body.path}: its driver answered a read with {type(information).__name__}, not bytes"
        )
    if status == Status.END_OF_FILE:
        return b""
    raise failed(status, information, body, "read")


def _finish_write(request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile) -> object:
    if status != 0:
        raise failed(status, information, body, "write")
    return information if type(information) is int else len(irp.parameters.data)


def _finish_control(request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile) -> object:
    if status != 0:
        raise failed(status, information, body, f"do {irp.parameters.method!r}")
    return information


def _finish_close(request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile) -> object:
    return True
