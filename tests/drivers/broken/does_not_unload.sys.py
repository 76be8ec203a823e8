"""Counts who opens it, and does not count who has closed it."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "DoesNotUnload", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\DoesNotUnload0", "/dev/does_not_unload"


opens = 0


def on_create(device, irp):
    global opens
    opens += 1


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_CREATE] = on_create
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):  # <- does-not-unload
    if opens:
        return dk.Status.DEVICE_BUSY
    dk.delete_device(DEVICE)
    return dk.Status.SUCCESS


dk.run(driver_entry, driver_unload)
