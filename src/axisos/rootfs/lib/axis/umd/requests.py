"""What a user-mode driver says to its host, which does for it what ring 3 may not.

Called by   the kit's functions and its loop, in any thread of the driver.
Always so   an answer comes to the thread that has asked: a question is asked by a thread made for it, so that the main
            thread's messages stay where they are, in order.
"""

from __future__ import annotations

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from abi.irp import Irp
    from axis.guest import env, syscall

PENDING = Status.PENDING  # a handler returns this very object to say: `complete_request` comes later


def complete_request(irp: Irp, status: int, information: object = None) -> None:
    """Answer *irp*: with a status, and the data read, the bytes written, or the result of a control method.

    For a status other than 0 *information* is a line that says what went wrong. Never blocks for long: what becomes of
    the answer is not waited for. One that came too late, after a time limit, is logged.

    Raises: 601 the request was completed already, or *information* is not plain data.
    """
    if irp.device_object is None:
        raise StatusError(Status.INVALID_PARAMETER, f"{irp} was completed already")
    tell("complete_request", {"irp": irp.irp_id, "status": int(status), "info": information}, quiet=True)
    irp.io_status.status = status if type(status) is Status else Status(status)
    irp.io_status.information = information
    irp.device_object = None  # nobody works on it any more


def ask(kind: str, payload: dict[str, object]) -> Any:
    """Have the host do something, and wait for its answer. Returns: what it says. Raises: as it says."""
    answers: list[dict[str, Any]] = []

    def exchange() -> None:
        tell(kind, payload)
        while not answers:
            message = syscall("signal_pull")
            if message[0] == env["host_pid"] and message[1] == "umd_reply":
                answers.append(message[2])

    syscall("process_wait", syscall("process_thread", exchange))
    if not answers:
        raise StatusError(Status.INVALID_PARAMETER, f"{kind}: what was asked for is not plain data")
    if answers[0]["status"]:
        raise StatusError(answers[0]["status"], answers[0]["data"] or "")
    return answers[0]["data"]


def tell(kind: str, payload: dict[str, object], quiet: bool = False) -> None:
    """Send the host a request; while its queue is full, let it catch up. With *quiet* it answers only if that fails.

    Raises: 601 something in it is not plain data.
    """
    request: dict[str, object] = {"type": kind, "payload": payload}
    if quiet:
        request["quiet"] = True
    while True:
        try:
            syscall("signal_send", env["host_pid"], "umd_request", request)
            return
        except StatusError as error:
            if error.status != Status.QUOTA_EXCEEDED:
                raise
        syscall("process_sleep", 1)
