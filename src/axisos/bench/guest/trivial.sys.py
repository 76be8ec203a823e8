"""The least that a driver can be: `/dev/trivial` gives the same bytes to every reader, and takes everything."""

from __future__ import annotations

from axis import dk

DRIVER_INFO = {"driver_name": "Trivial", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

DEVICE = r"\Device\Trivial"
LINK = "/dev/trivial"


def on_read(device: dk.DeviceObject, irp: dk.Irp) -> bytes:
    return b"hello"


def accept(device: dk.DeviceObject, irp: dk.Irp) -> None:
    """All else: done."""


def driver_entry(driver: dk.DriverObject) -> None:
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    for major in (dk.IRP_MJ_CREATE, dk.IRP_MJ_CLOSE, dk.IRP_MJ_WRITE, dk.IRP_MJ_DEVICE_CONTROL):
        driver.dispatch[major] = accept
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver: dk.DriverObject) -> None:
    dk.delete_symbolic_link(LINK)
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
