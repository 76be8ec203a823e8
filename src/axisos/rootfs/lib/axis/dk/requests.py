"""Completing a request: the one call that both the kit's loop and a driver's own code make.

Always so: a request loses its `device_object` before its answer leaves. The loop sees by that that a handler has
completed it, and one that came straight from PM is never answered twice.
"""

from __future__ import annotations

from abi.irp import IRP_FLAG_DIRECT, IRP_FLAG_NO_REPLY
from abi.names import DISPATCH_LEVEL, DKMS_PID
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from abi.irp import Irp
    from axis.guest import syscall

PENDING = Status.PENDING  # a handler returns this very object to say: `complete_request` comes later


def complete_request(irp: Irp, status: int, information: object = None) -> None:
    """Answer *irp*: with a status, and the data read, the bytes written, or the result of a control method.

    For a status other than 0 *information* is a line that says what went wrong.

    Raises: 601 the request is not this driver's to complete: answered already, withdrawn after its time limit, or
            another driver's. Nobody is told anything then.
    """
    io_status = irp.io_status
    io_status.status = status if type(status) is Status else Status(status)
    io_status.information = information
    irp.device_object = None  # nobody works on it any more
    if not irp.flags & IRP_FLAG_DIRECT:
        if syscall("ke_get_irql") >= DISPATCH_LEVEL:
            syscall("signal_send", DKMS_PID, "dkms_complete_irp", irp)  # the same, without waiting for its end
        else:
            syscall("dkms_complete_irp", irp)
        return
    reply_pid, irp.reply_pid = irp.reply_pid, 0
    if not reply_pid:
        raise StatusError(Status.INVALID_PARAMETER, f"{irp} was completed already")
    if not irp.flags & IRP_FLAG_NO_REPLY:
        syscall("signal_send", reply_pid, "irp_complete", irp.irp_id, io_status.status, information)
