"""The trivial driver at ring 3: `/dev/userland` gives the same bytes to every reader, through a host of its own."""

from __future__ import annotations

from axis import umd

DRIVER_INFO = {"driver_name": "Userland", "driver_type": "UserModeDriver", "load_priority": 500, "version": "1.0"}

DEVICE = r"\Device\Userland"
LINK = "/dev/userland"


def on_read(device: umd.DeviceObject, irp: umd.Irp) -> bytes:
    return b"hello"


def um_driver_entry(driver: umd.DriverObject) -> None:
    driver.dispatch[umd.IRP_MJ_READ] = on_read
    umd.create_device(driver, DEVICE)
    umd.create_symbolic_link(LINK, DEVICE)


umd.run(um_driver_entry)
