"""The bit bucket and its cousins: devices without hardware that shells and programs count on.

    /dev/null   swallows what is written; reading it is the end of file at once
    /dev/zero   swallows what is written; reading it gives zero bytes, as many as are asked for
"""

from __future__ import annotations

from axis import dk

DRIVER_INFO = {"driver_name": "AxisNull", "driver_type": "KernelModeDriver", "load_priority": 90, "version": "1.0.0"}

NULL, ZERO = "\\Device\\Null", "\\Device\\Zero"
LINKS = {NULL: "/dev/null", ZERO: "/dev/zero"}
MOST_ZEROS = 65_536  # bytes in one answer


def on_read(device: dk.DeviceObject, irp: dk.Irp) -> bytes:
    """Nothing, or zeros."""
    if device.device_name == NULL:
        return b""
    length = irp.parameters.length
    return bytes(MOST_ZEROS if length is None else max(0, min(length, MOST_ZEROS)))


def on_write(device: dk.DeviceObject, irp: dk.Irp) -> int:
    """All of it is taken."""
    return len(irp.parameters.data)


def driver_entry(driver: dk.DriverObject) -> None:
    """Make the devices."""
    driver.dispatch[dk.IRP_MJ_CREATE] = driver.dispatch[dk.IRP_MJ_CLOSE] = lambda device, irp: None
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    for name, link in LINKS.items():
        dk.create_device(driver, name)
        dk.create_symbolic_link(link, name)


def driver_unload(driver: dk.DriverObject) -> None:
    """Take them away; their links go with them."""
    for name in LINKS:
        dk.delete_device(name)


dk.run(driver_entry, driver_unload)
