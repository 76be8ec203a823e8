"""I/O request packets: one question to a driver and its answer (manual, chapter 10).

An IRP goes down as a question and comes up as an answer: PM -> driver -> PM, or over DKMS both ways while PM does not
know the driver yet or may not send to it. Between rings <= 2 the same object passes; a ring-3 driver gets its fields as
plain data.
"""

from __future__ import annotations

from abi.status import Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from abi.request import SyscallRequest

IRP_MJ_CREATE = 0x00
IRP_MJ_CLOSE = 0x02
IRP_MJ_READ = 0x03
IRP_MJ_WRITE = 0x04
IRP_MJ_DEVICE_CONTROL = 0x0E

MAJOR_NAMES = {
    IRP_MJ_CREATE: "CREATE",
    IRP_MJ_CLOSE: "CLOSE",
    IRP_MJ_READ: "READ",
    IRP_MJ_WRITE: "WRITE",
    IRP_MJ_DEVICE_CONTROL: "DEVICE_CONTROL",
}

IRP_FLAG_NO_REPLY = 0x10  # nobody waits for the completion
IRP_FLAG_DIRECT = 0x20  # PM gave it straight to the driver, which answers `irp_complete` to `reply_pid` itself

NEVER_STAMPED = 0.0  # deadline of a request with a time limit, until PM looks at it: setting it must cost nothing


class IoStatus:
    """How an IRP ended: `status`, and `information` (data read, bytes written, control result)."""

    __slots__ = ("information", "status")

    def __init__(self) -> None:
        self.status = Status.SUCCESS
        self.information: object = None


class IrpParameters:
    """The question's details; which ones count depends on the major function."""

    __slots__ = ("args", "data", "length", "method", "offset")

    def __init__(self, data: bytes, length: int | None, method: str, args: list[object]) -> None:
        self.data = data  # WRITE: what to write
        self.length = length  # READ: bytes wanted at most, None = whatever there is
        self.offset = 0  # READ, WRITE: position of this open, in bytes; a device that has no positions may ignore it
        self.method = method  # DEVICE_CONTROL
        self.args = args  # DEVICE_CONTROL


class Irp:
    """One request on its way to a device and back."""

    __slots__ = (
        "cancelled",
        "deadline",
        "device_name",
        "device_object",
        "driver_pid",
        "file_id",
        "flags",
        "io_status",
        "irp_id",
        "major_function",
        "parameters",
        "reply_pid",
        "requester_gid",
        "requester_ring",
        "requester_uid",
        "sender_pid",
        "step",
    )

    def __init__(
        self,
        irp_id: int,
        major_function: int,
        device_name: str,
        sender_pid: int,
        reply_pid: int,
        requester_uid: int = 0,
        requester_gid: int = 0,
        requester_ring: float = 0,
        file_id: int = 0,
        *,
        data: bytes = b"",
        length: int | None = None,
        method: str = "",
        args: list[object] | None = None,
        flags: int = 0,
    ) -> None:
        self.irp_id = irp_id  # unique in the machine's life
        self.major_function = major_function
        self.device_name = device_name  # \Device\... or /dev/...; the dispatcher rewrites a link to the real name
        self.device_object: object = None  # the driver's DeviceObject, set when dispatched
        self.parameters = IrpParameters(data, length, method, args if args is not None else [])
        self.io_status = IoStatus()
        self.sender_pid = sender_pid  # who asked
        self.reply_pid = reply_pid  # who hears of the completion (PM)
        self.requester_uid = requester_uid
        self.requester_gid = requester_gid
        self.requester_ring = requester_ring
        self.file_id = file_id  # which open of the device; 0 = none
        self.flags = flags
        self.deadline: float | None = None  # machine time in seconds, None = never; a driver may set it
        self.driver_pid = 0  # who works on it, 0 = nobody yet
        self.cancelled = False
        self.step = ""  # what has been done last, for those who look; a driver may say what it waits for

    def __repr__(self) -> str:
        major = MAJOR_NAMES.get(self.major_function, hex(self.major_function))
        return f"<Irp {self.irp_id} {major} {self.device_name} from {self.sender_pid}>"


def irp_for_call(request: SyscallRequest, major_function: int, device_name: str, reply_pid: int, file_id: int) -> Irp:
    """The IRP that a forwarded call becomes: it carries the call's number and its caller's identity."""
    sender = request.sender
    return Irp(
        request.request_id, major_function, device_name, request.sender_pid, reply_pid, sender.uid, sender.gid,
        sender.ring, file_id,
    )
