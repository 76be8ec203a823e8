"""The driver kit: all that a driver needs, `from axis import dk` (manual, chapters 9 to 12).

A driver is a file /drivers/<name>.sys.py with a DRIVER_INFO, handlers `(device, irp)`, an entry, an unload routine and
a last line `dk.run(driver_entry, driver_unload)`; see `axis.dk.loop` for what a handler may return. A driver may
also keep a loop of its own over `signal_pull` and complete its requests with `complete_request`.

Called by   drivers (ring 2), in their own process.
Owns        nothing: every function here is one system call to DKMS or the kernel.
Raises      StatusError with the status named at each function. Each call blocks until DKMS has answered, which it does
            at once.
"""

from __future__ import annotations

from abi.driver import (
    DEVICE_FLAG_SEEKABLE,
    DRIVER_TYPE_CMD,
    DRIVER_TYPE_KMD,
    DRIVER_TYPE_UMD,
    DRIVER_TYPES,
    DeviceObject,
    DriverObject,
)
from abi.irp import (
    IRP_FLAG_DIRECT,
    IRP_FLAG_NO_REPLY,
    IRP_MJ_CLOSE,
    IRP_MJ_CREATE,
    IRP_MJ_DEVICE_CONTROL,
    IRP_MJ_READ,
    IRP_MJ_WRITE,
    MAJOR_NAMES,
    Irp,
)
from abi.status import Status, StatusError, all_statuses
from axis.dk.deferred import Timer, queue_dpc
from axis.dk.loop import run
from axis.dk.requests import PENDING, complete_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env, syscall

run_driver = run  # its name in the manual

__all__ = [
    "DRIVER_TYPES", "DRIVER_TYPE_CMD", "DRIVER_TYPE_KMD", "DRIVER_TYPE_UMD", "IRP_FLAG_DIRECT", "IRP_FLAG_NO_REPLY",
    "IRP_MJ_CLOSE", "IRP_MJ_CREATE", "IRP_MJ_DEVICE_CONTROL", "IRP_MJ_READ", "IRP_MJ_WRITE", "MAJOR_NAMES", "PENDING",
    "DeviceObject", "DriverObject", "Irp", "Status", "StatusError", "Timer", "complete_request",
    "create_component_device", "create_device", "create_symbolic_link", "delete_device", "delete_symbolic_link",
    "get_hardware_proxy", "print", "queue_dpc", "register_interrupt", "run", "run_driver", "set_seekable",
    "set_time_limit",
]


def create_device(driver: DriverObject, name: str) -> DeviceObject:
    r"""Make the device *name* (`\Device\Echo0`) of this driver, at the head of the driver's list.

    Raises: 406 the name is taken; 500 the caller is no driver; 601 not a name of this form.
    """
    device: DeviceObject = syscall("dkms_create_device", name)
    return device


def delete_device(device: DeviceObject | str) -> None:
    """Delete one device of this driver, given as its object or its name; its links go too.

    Raises: 405 no such device; 500 it is another driver's; 601 not a device.
    """
    syscall("dkms_delete_device", device.device_name if isinstance(device, DeviceObject) else device)


def create_symbolic_link(link: str, device_name: str) -> None:
    """Give this driver's device the name *link* (`/dev/echo`), under which programs open it.

    Raises: 405 no such device; 406 the link belongs to another device; 500 not this driver's device; 601 a bad name.
    """
    syscall("dkms_create_symlink", link, device_name)


def delete_symbolic_link(link: str) -> None:
    """Delete a link of this driver.

    Raises: 405 no such link; 500 it is another driver's.
    """
    syscall("dkms_delete_symlink", link)


def create_component_device(driver: DriverObject, device_type: str, address: str | None = None) -> DeviceObject:
    r"""Make `\Device\<type>_<short>` and its link `/dev/<type>_<short>_<index>`; `short` = 6 characters of the address.

    Args:    device_type: the component's type; address: None = the one that this process was started for.
    Returns: the device; its `device_extension["auto_symlink"]` is the link.
    Raises:  601 no address; 406 the device exists. Nothing is left behind on failure.
    """
    if address is None:
        address = env.get("address")
    if not address:
        raise StatusError(Status.INVALID_PARAMETER, f"{device_type}: the driver has no component address")
    name = f"{device_type}_{address[:6]}"
    device = create_device(driver, f"\\Device\\{name}")
    try:
        link = f"/dev/{name}_{syscall('dkms_get_next_index', device_type)}"
        create_symbolic_link(link, device.device_name)
    except StatusError:
        delete_device(device)
        raise
    device.device_extension["auto_symlink"] = link
    return device


def set_seekable(device: DeviceObject, size: int | None = None) -> None:
    """Let each open of the device have a position, `irp.parameters.offset`: reads, writes and seeks move it.

    Args: size: bytes, for seeks from the end; None if there is none. It may be set again when it changes.
    """
    device.flags |= DEVICE_FLAG_SEEKABLE
    device.size = size


def set_time_limit(device: DeviceObject, major: int, seconds: float | None) -> None:
    """Give requests of one kind another time limit on this device; None is none at all.

    Without this, opens and closes have 5 s, writes 10 s, controls 30 s, reads no limit. A handler can also set
    `irp.deadline`, in machine time, for the request that it holds.

    Raises: 601 not a major function, or not a number above 0.
    """
    if major not in MAJOR_NAMES or (seconds is not None and not seconds > 0):
        raise StatusError(Status.INVALID_PARAMETER, f"{device.device_name}: {seconds!r} s is no limit for {major!r}")
    device.time_limits[major] = seconds


def get_hardware_proxy(address: str) -> Any:
    """The component at *address*, with one method for each of its own.

    Raises: 405 there is none.
    """
    return syscall("raw_component_proxy", address)


def register_interrupt(event: str) -> None:
    """Have DKMS pass on this machine signal (`key_down`, `host_input`, ...) as message `hardware_interrupt`.

    Raises: 500 the caller is no driver; 601 not a name.
    """
    syscall("dkms_register_interrupt", event)


def print(*values: object) -> None:
    """Write one line to the kernel log, marked `[DK]`."""
    syscall("kernel_log", "[DK] " + " ".join(map(str, values)), "drv")


def __getattr__(name: str) -> Status:
    """The manual's names of statuses: `dk.STATUS_NO_SUCH_DEVICE` is `dk.Status.NO_SUCH_DEVICE`."""
    if name.startswith("STATUS_"):
        for status in all_statuses():
            if status.name == name[7:]:
                return status
    raise AttributeError(f"the driver kit has no {name}")
