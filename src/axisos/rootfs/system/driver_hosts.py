"""User-mode drivers as DKMS sees them: a host at ring 2.5 in the driver's place, and plain data across that border.

    DKMS (1) -- driver_init, irp_dispatch, irp_cancel, driver_ping, driver_unload --> host (2.5) -- umd_* --> driver (3)
         <------- dkms_* system calls, dkms_host_report -----------------------------      <--- umd_request ---

Each user-mode driver has a user of its own, by path and component: it owns no file, cannot signal another driver's
processes, and what it uses up is nobody else's. Whatever runs as that user ends with the driver.

Called by   the loader (start), `driver_endings` (end) and the dispatcher (the form of a request).
Owns        which driver has which user.
"""

from __future__ import annotations

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, MAJOR_NAMES
from abi.names import FIRST_DRIVER_UID, RING_ELEVATED
from abi.signals import SIGKILL
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.driver import DeviceObject, DriverObject
    from abi.irp import Irp

HOST = "/system/driverhost.py"
OWN_GROUP = 0  # for process_spawn: a new process group


class DriverHosts:
    """The hosts of one machine."""

    def __init__(self, syscall: Callable[..., Any], pm_pid: int) -> None:
        self._syscall = syscall
        self._pm_pid = pm_pid
        self._uids: dict[str, int] = {}  # path of a driver -> its user

    def start(self, path: str, files: dict[str, bytes], closed: bool) -> int:
        """Start the host of the driver at *path*, which will start the driver from the bytes that were judged.

        Returns: its pid.
        Raises:  as process_spawn.
        """
        uid = self._uids.setdefault(path, FIRST_DRIVER_UID + len(self._uids))
        own_pid = self._syscall("process_get_pid")
        env = {
            "driver_path": path, "driver_files": files, "driver_closed": closed, "component_info": None,
            "pm_pid": self._pm_pid, "dkms_pid": own_pid,
        }
        self._syscall("process_grant", own_pid, uid, uid, [], RING_ELEVATED)
        pid: int = self._syscall("process_spawn", HOST, RING_ELEVATED, env, {}, OWN_GROUP, True)
        return pid

    def end(self, path: str) -> None:
        """End what still runs as the user of the driver at *path*: its host first, so that it can start no more."""
        uid = self._uids.get(path)
        rows = [row for row in self._syscall("process_list") if row["uid"] == uid]
        for row in sorted(rows, key=lambda row: float(row["ring"])):
            try:
                self._syscall("process_kill", row["pid"], SIGKILL)
            except StatusError:
                pass  # it went with the one before


def plain_driver(driver: DriverObject) -> dict[str, object]:
    """A driver object as a host gets it."""
    return {
        "driver_path": driver.driver_path, "driver_pid": driver.driver_pid, "driver_info": driver.driver_info,
    }


def plain_device(device: DeviceObject) -> dict[str, object]:
    """A device object as a host gets it."""
    return {
        "device_name": device.device_name, "registry_id": device.registry_id, "registry_path": device.registry_path,
    }


def plain_irp(irp: Irp) -> dict[str, object]:
    """A request as a host gets it: its fields, and those of its parameters that its kind has."""
    parameters, major = irp.parameters, irp.major_function
    fields: dict[str, object] = {
        "irp_id": irp.irp_id,
        "major_function": major,
        "device_name": irp.device_name,
        "sender_pid": irp.sender_pid,
        "requester_uid": irp.requester_uid,
        "requester_gid": irp.requester_gid,
        "requester_ring": irp.requester_ring,
        "file_id": irp.file_id,
        "flags": irp.flags,
    }
    if major == IRP_MJ_READ:
        fields["length"], fields["offset"] = parameters.length, parameters.offset
    elif major == IRP_MJ_WRITE:
        fields["data"], fields["offset"] = parameters.data, parameters.offset
    else:
        fields["args"] = parameters.args
        if major == IRP_MJ_DEVICE_CONTROL:
            fields["method"] = parameters.method
    return fields


def checked_facts(facts: object) -> tuple[dict[int, float | None], bool | None, int | None]:
    """What `dkms_set_device` is given: time limits, whether the device has positions (None: as before), its size.

    Raises: 601.
    """
    known: dict[Any, Any] = facts if type(facts) is dict else {"": None}
    limits, seekable, size = known.get("time_limits", {}), known.get("seekable"), known.get("size")
    well_formed = (
        known.keys() <= {"time_limits", "seekable", "size"}
        and type(limits) is dict
        and all(major in MAJOR_NAMES and _is_time(limit) for major, limit in limits.items())
        and (seekable is None or type(seekable) is bool)
        and (size is None or (type(size) is int and size >= 0))
    )
    if not well_formed:
        text = "facts of a device are time_limits {major: seconds above 0, or None}, seekable and size"
        raise StatusError(Status.INVALID_PARAMETER, text)
    return limits, seekable, size


def _is_time(value: object) -> bool:
    return value is None or (type(value) in (int, float) and value > 0)  # type: ignore[operator]  # a number by then


def served_by_host(device: object, irp: object) -> None:
    """Stands in the dispatch table of a user-mode driver, whose handlers are at ring 3."""
    raise AssertionError("a handler at ring 3 cannot be called from here")
