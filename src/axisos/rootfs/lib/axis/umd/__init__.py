r"""The kit of user-mode drivers: `from axis import umd` (manual, chapters 9 to 12; docs/drivers/user-mode.md).

A user-mode driver is a driver at ring 3: sandboxed, preempted, held to limits, with a user that owns nothing. Its file
looks like any driver's, with DRIVER_TYPE_UMD, `um_driver_entry` and `umd` in the place of `dk`:

    from axis import umd

    DRIVER_INFO = {"driver_name": "Echo", "driver_type": "UserModeDriver", "load_priority": 500, "version": "1.0"}

    def um_driver_entry(driver):
        driver.dispatch[umd.IRP_MJ_READ] = lambda device, irp: b"hello"
        umd.create_device(driver, r"\Device\Echo0")
        umd.create_symbolic_link("/dev/echo", r"\Device\Echo0")

    umd.run(um_driver_entry)

Handlers, what they may return, `PENDING` and `on_cancel` are those of `axis.dk`. There is no hardware: neither proxies
nor interrupts. All else goes through the driver's host (/system/driverhost.py), whose pid is `env["host_pid"]`.

Called by   user-mode drivers, in any of their threads.
Owns        nothing: what a driver has is in the objects that it is given.
Raises      StatusError with the status named at each function. Each call but `complete_request` blocks until the host
            has answered, which it does at once.
"""

from __future__ import annotations

from abi.driver import DRIVER_TYPE_UMD, DeviceObject, DriverObject, unlink
from abi.irp import (
    IRP_FLAG_NO_REPLY,
    IRP_MJ_CLOSE,
    IRP_MJ_CREATE,
    IRP_MJ_DEVICE_CONTROL,
    IRP_MJ_READ,
    IRP_MJ_WRITE,
    MAJOR_NAMES,
    Irp,
)
from abi.status import Status, StatusError
from axis.umd.loop import run
from axis.umd.requests import PENDING, ask, complete_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

__all__ = [
    "DRIVER_TYPE_UMD", "IRP_FLAG_NO_REPLY", "IRP_MJ_CLOSE", "IRP_MJ_CREATE", "IRP_MJ_DEVICE_CONTROL", "IRP_MJ_READ",
    "IRP_MJ_WRITE", "MAJOR_NAMES", "PENDING", "DeviceObject", "DriverObject", "Irp", "Status", "StatusError",
    "complete_request", "create_device", "create_symbolic_link", "delete_device", "delete_symbolic_link", "print",
    "run", "set_seekable", "set_time_limit",
]


def create_device(driver: DriverObject, name: str) -> DeviceObject:
    r"""Make the device *name* (`\Device\Echo0`) of this driver, at the head of the driver's list.

    Raises: 406 the name is taken; 601 not a name of this form.
    """
    facts = ask("create_device", {"device_type": "virtual", "device_name": name})
    device = DeviceObject(name, driver)
    device.registry_id, device.registry_path = facts["registry_id"], facts["registry_path"]
    device.next_device = driver.device_object
    driver.device_object = device
    return device


def delete_device(device: DeviceObject | str) -> None:
    """Delete one device of this driver, given as its object or its name; its links go too.

    Raises: 405 no such device; 500 it is another driver's.
    """
    ask("delete_device", {"device_name": device if isinstance(device, str) else device.device_name})
    if isinstance(device, DeviceObject):
        unlink(device.driver_object, device)


def create_symbolic_link(link: str, device_name: str) -> None:
    """Give this driver's device the name *link* (`/dev/echo`), under which programs open it.

    Raises: 405 no such device; 406 the link belongs to another device; 500 not this driver's device; 601 a bad name.
    """
    ask("create_symlink", {"link_name": link, "device_name": device_name})


def delete_symbolic_link(link: str) -> None:
    """Delete a link of this driver.

    Raises: 405 no such link; 500 it is another driver's.
    """
    ask("delete_symlink", {"link_name": link})


def set_seekable(device: DeviceObject, size: int | None = None) -> None:
    """Let each open of the device have a position, `irp.parameters.offset`: reads, writes and seeks move it.

    Args:   size: bytes, for seeks from the end; None if there is none. It may be set again when it changes.
    Raises: 405 no such device; 601 no such size.
    """
    ask("set_device", {"device_name": device.device_name, "facts": {"seekable": True, "size": size}})
    device.size = size


def set_time_limit(device: DeviceObject, major: int, seconds: float | None) -> None:
    """Give requests of one kind another time limit on this device; None is none at all.

    Without this, opens and closes have 5 s, writes 10 s, controls 30 s, reads no limit.

    Raises: 405 no such device; 601 not a major function, or not a number above 0.
    """
    ask("set_device", {"device_name": device.device_name, "facts": {"time_limits": {major: seconds}}})
    device.time_limits[major] = seconds


def print(*values: object) -> None:
    """Write one line to the kernel log, marked `[DK]`."""
    syscall("kernel_log", "[DK] " + " ".join(map(str, values)), "info")


def __getattr__(name: str) -> Status:
    """The manual's names of statuses: `umd.STATUS_NO_SUCH_DEVICE` is `umd.Status.NO_SUCH_DEVICE`."""
    if name.startswith("STATUS_"):
        status = getattr(Status, name[7:], None)
        if type(status) is Status:
            return status
    raise AttributeError(f"the kit of user-mode drivers has no {name}")
