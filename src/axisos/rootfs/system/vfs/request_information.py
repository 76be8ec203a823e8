"""Who holds my request? What is told of the requests under way, and the call that withdraws one.

Called by   the Pipeline Manager's table of calls: `irp_query` and `irp_cancel`.
Owns        nothing. A request is not written down anywhere for this: all that is told stands in the request itself, in
            the table of those under way, and in the kernel's books about the two processes, which are only read when
            somebody asks.
Always so   a user sees and withdraws the requests of its own processes only; uid 0 all.
"""

from __future__ import annotations

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, MAJOR_NAMES, NEVER_STAMPED
from abi.status import Status, StatusError
from system.vfs.devices import deadline_of
from system.vfs.paths import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.irp import Irp
    from abi.request import SyscallRequest
    from system.vfs.devices import Devices, Pending

    Syscall = Callable[..., Any]

MAX_NUMBER = 2**63
MAX_TEXT = 200  # characters of it are looked at
WAITS_FOR = {"signal": "its next message", "sleep": "a time to come"}  # a driver's wait reason -> for people


class RequestInformation:
    """The two calls."""

    def __init__(self, syscall: Syscall, devices: Devices) -> None:
        self._syscall = syscall
        self._devices = devices

    def query(self, request: SyscallRequest, irp_id: int | None = None) -> object:
        """Tell which requests to drivers are under way; user 0 sees all, others those of their own processes.

        Args:    irp_id: only this one; None for all.
        Returns: [{irp_id, major, method, bytes, device, path, pid, uid, age, holder, driver, driver_pid, waits_for,
                 step, time_left, cancelled}], oldest first. bytes: how many are to be read (None for all there are) or
                 written; holder: "driver" or "DKMS"; driver: its name, "" while none has it; waits_for: what the driver
                 does just now; step: what happened last; age and time_left: seconds, None when not known or no limit.
        Raises:  INVALID_PARAMETER.
        """
        if irp_id is not None and type(irp_id) is not int:
            raise StatusError(Status.INVALID_PARAMETER, "irp_query takes the number of a request, or None for all")
        now = self._syscall("time_get")[0]
        return [
            self._describe(entry, now)
            for entry in self._devices.pending.values()
            if irp_id in (None, entry.number) and _may_see(request, entry)
        ]

    def cancel(self, request: SyscallRequest, irp_id: int) -> object:
        """Withdraw a request: its caller gets CANCELLED at once, its driver is told to let go of it.

        Returns: True.
        Raises:  INVALID_PARAMETER when it is not pending (any more); ACCESS_DENIED for another user's.
        """
        entry = self._devices.pending.get(irp_id) if type(irp_id) is int else None
        if entry is None:
            raise StatusError(Status.INVALID_PARAMETER, f"there is no request {irp_id!r:.20} under way; see irp_query")
        if not _may_see(request, entry):
            raise StatusError(Status.ACCESS_DENIED, f"request {irp_id} is that of another user")
        self._devices.cancel_for(irp_id, f"it was withdrawn by process {request.sender_tgid}")
        return True

    def _describe(self, entry: Pending, now: float) -> dict[str, object]:
        irp = entry.irp
        major = irp.major_function
        parameters = irp.parameters
        method = getattr(parameters, "method", "") if major == IRP_MJ_DEVICE_CONTROL else ""
        limit = deadline_of(irp)
        pid = irp.driver_pid if type(irp.driver_pid) is int else 0
        return {
            "irp_id": entry.number,
            "major": MAJOR_NAMES.get(major, hex(major)) if type(major) is int else _text(major),
            "method": _text(method),
            "bytes": _size(major, parameters),
            "device": _text(irp.device_name),
            "path": entry.body.path if entry.body is not None else "",
            "pid": irp.sender_pid,
            "uid": irp.requester_uid,
            "age": self._age(entry, now),
            "holder": "driver" if pid else "DKMS",
            "driver": _driver_name(irp),
            "driver_pid": pid,
            "waits_for": self._occupation(pid) if pid else "",
            "step": _text(irp.step) or ("sent to its driver" if pid else "sent to DKMS"),
            "time_left": None if limit is None or limit == NEVER_STAMPED else max(0.0, limit - now),
            "cancelled": irp.cancelled is True,
        }

    def _age(self, entry: Pending, now: float) -> float | None:
        """Its caller has slept since it asked; for those that no thread waits for, since they were first looked at."""
        if entry.request is not None:
            slept = self._about(entry.request.sender_pid).get("slept")
            if isinstance(slept, float):
                return slept
        return None if entry.since_s is None else now - entry.since_s

    def _occupation(self, pid: int) -> str:
        """What the driver's main thread does."""
        about = self._about(pid)
        if not about:
            return "nothing: it is gone"
        reason = str(about["wait_reason"] or "")
        if reason == "":
            return "nothing: it works"
        what = WAITS_FOR.get(reason, reason)
        slept = about["slept"]
        return what if slept is None else f"{what}, for {slept:.3f} s"

    def _about(self, pid: int) -> dict[str, Any]:
        try:
            facts: dict[str, Any] = self._syscall("process_info", pid)
        except StatusError:
            return {}
        return facts


def _may_see(request: SyscallRequest, entry: Pending) -> bool:
    return request.sender_uid == 0 or (request.sender_uid == entry.irp.requester_uid and entry.number > 0)


def _text(value: object) -> str:
    """What a driver has put where a short text belongs, for people."""
    text = value if type(value) is str else f"<{type(value).__name__}>"
    return shorten("".join([each if each.isprintable() else "?" for each in text[:MAX_TEXT]]))


def _size(major: int, parameters: object) -> int | None:
    """How many bytes are to be read or written."""
    if major == IRP_MJ_WRITE:
        data = getattr(parameters, "data", b"")
        return len(data) if type(data) is bytes else None
    length = getattr(parameters, "length", None) if major == IRP_MJ_READ else None
    return length if type(length) is int and length <= MAX_NUMBER else None  # who wants more wants all there is


def _driver_name(irp: Irp) -> str:
    driver = getattr(irp.device_object, "driver_object", None)
    info = getattr(driver, "driver_info", None)
    return _text(info.get("driver_name", "")) if type(info) is dict else ""
