"""What DKMS and a driver say to each other: driver and device objects (manual, chapter 11)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

DRIVER_TYPE_KMD = "KernelModeDriver"
DRIVER_TYPE_CMD = "ComponentModeDriver"
DRIVER_TYPE_UMD = "UserModeDriver"
DRIVER_TYPES = (DRIVER_TYPE_KMD, DRIVER_TYPE_CMD, DRIVER_TYPE_UMD)

DEVICE_FLAG_DIRECT = 0x1  # PM sends the requests of those who have it open straight to its driver
DEVICE_FLAG_SEEKABLE = 0x2  # its opens have a position that can be moved


class DriverObject:
    """One loaded driver: who it is, and which requests it answers."""

    __slots__ = ("device_object", "dispatch", "driver_info", "driver_path", "driver_pid", "driver_unload")

    def __init__(self, driver_path: str, driver_pid: int, driver_info: dict[str, object]) -> None:
        self.driver_path = driver_path
        self.driver_pid = driver_pid
        self.driver_info = driver_info
        self.device_object: DeviceObject | None = None  # head of the list of its devices
        self.dispatch: dict[int, Callable[..., object]] = {}  # major function -> handler(device, irp)
        self.driver_unload: Callable[[DriverObject], object] | None = None


class DeviceObject:
    """One device of a driver; devices of one driver are linked through `next_device`."""

    __slots__ = (
        "device_extension",
        "device_name",
        "driver_object",
        "flags",
        "next_device",
        "open_count",
        "registry_id",
        "registry_path",
        "size",
        "time_limits",
    )

    def __init__(self, device_name: str, driver_object: DriverObject) -> None:
        self.device_name = device_name
        self.driver_object = driver_object
        self.next_device: DeviceObject | None = None
        self.device_extension: dict[str, object] = {}  # the driver's own
        self.flags = 0
        self.open_count = 0  # kept by PM
        self.registry_id = ""
        self.registry_path = ""
        self.size: int | None = None  # of a seekable one, in bytes; None = not known
        self.time_limits: dict[int, float | None] = {}  # major function -> seconds, None = none; else PM's defaults


def unlink(driver: DriverObject, device: DeviceObject) -> None:
    """Take one device out of its driver's list, which the driver may have cut, or tied into a ring."""
    if driver.device_object is device:
        driver.device_object = device.next_device
        return
    before, seen = driver.device_object, set()
    while type(before) is DeviceObject and before.next_device is not device and id(before) not in seen:
        seen.add(id(before))
        before = before.next_device
    if type(before) is DeviceObject and before.next_device is device:
        before.next_device = device.next_device
