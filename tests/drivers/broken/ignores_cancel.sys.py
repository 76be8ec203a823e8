"""Keeps readers waiting, also those that have gone."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "IgnoresCancel", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\IgnoresCancel0", "/dev/ignores_cancel"


waiting = []


def on_read(device, irp):  # <- ignores-cancel
    waiting.append(irp)
    return dk.PENDING


def on_cancel(irp):
    return dk.PENDING


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload, on_cancel=on_cancel)
