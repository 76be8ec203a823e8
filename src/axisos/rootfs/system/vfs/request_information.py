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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.irp import Irp
    from abi.request import SyscallRequest
    from system.vfs.devices import Devices, Pending

    Syscall = Callable[..., Any]

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
            if irp_id in (None, entry.irp.irp_id) and _may_see(request, entry.irp)
        ]

    def cancel(self, request: SyscallRequest, irp_id: int) -> object:
        """Withdraw a request: its caller gets CANCELLED at once, its driver is told to let go of it.

        Returns: True.
        Raises:  INVALID_PARAMETER when it is not pending (any more); ACCESS_DENIED for another user's.
        """
        entry = self._devices.pending.get(irp_id) if type(irp_id) is int else None
        if entry is None:
            raise StatusError(Status.INVALID_PARAMETER, f"there is no request {irp_id!r:.20} under way; see irp_query")
        if not _may_see(request, entry.irp):
            raise StatusError(Status.ACCESS_DENIED, f"request {irp_id} is that of another user")
        self._devices.cancel_for(irp_id, f"it was withdrawn by process {request.sender_tgid}")
        return True

    def _describe(self, entry: Pending, now: float) -> dict[str, object]:
        irp = entry.irp
        major = irp.major_function
        parameters = irp.parameters
        size: int | None = None
        if major == IRP_MJ_WRITE:
            size = len(parameters.data)
        elif major == IRP_MJ_READ:
            size = parameters.length
        limit = irp.deadline
        return {
            "irp_id": irp.irp_id,
            "major": MAJOR_NAMES.get(major, hex(major)),
            "method": parameters.method if major == IRP_MJ_DEVICE_CONTROL else "",
            "bytes": size,
            "device": irp.device_name,
            "path": entry.body.path if entry.body is not None else "",
            "pid": irp.sender_pid,
            "uid": irp.requester_uid,
            "age": self._age(entry, now),
            "holder": "driver" if irp.driver_pid else "DKMS",
            "driver": _driver_name(irp),
            "driver_pid": irp.driver_pid,
            "waits_for": self._occupation(irp.driver_pid) if irp.driver_pid else "",
            "step": irp.step or ("sent to its driver" if irp.driver_pid else "sent to DKMS"),
            "time_left": None if limit is None or limit == NEVER_STAMPED else max(0.0, limit - now),
            "cancelled": irp.cancelled,
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


def _may_see(request: SyscallRequest, irp: Irp) -> bool:
    return request.sender_uid == 0 or (request.sender_uid == irp.requester_uid and irp.irp_id > 0)


def _driver_name(irp: Irp) -> str:
    driver = getattr(irp.device_object, "driver_object", None)
    return str(driver.driver_info["driver_name"]) if driver is not None else ""
