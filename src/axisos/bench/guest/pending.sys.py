"""A slow device: a read of `/dev/pending` waits until a control `release` lets the oldest one go, and the other way."""

from __future__ import annotations

from collections import deque

from axis import dk

DRIVER_INFO = {"driver_name": "Pending", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

DEVICE = r"\Device\Pending"
LINK = "/dev/pending"


class Slow:
    """The reads that wait for a release, oldest first, or the releases that wait for a read."""

    def __init__(self) -> None:
        self.readers: deque[dk.Irp] = deque()
        self.releasers: deque[dk.Irp] = deque()

    def read(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        if self.releasers:
            dk.complete_request(self.releasers.popleft(), 0)
            return b"x"
        self.readers.append(irp)
        return dk.PENDING

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        if irp.parameters.method == "count":
            return len(self.readers)
        if not self.readers:
            self.releasers.append(irp)
            return dk.PENDING
        dk.complete_request(self.readers.popleft(), 0, b"x")
        return None

    def cancelled(self, irp: dk.Irp) -> None:
        (self.readers if irp.major_function == dk.IRP_MJ_READ else self.releasers).remove(irp)


def driver_entry(driver: dk.DriverObject) -> None:
    driver.dispatch[dk.IRP_MJ_READ] = slow.read
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = slow.control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


slow = Slow()
dk.run(driver_entry, on_cancel=slow.cancelled)
