"""Notes that it is there, and never that it has gone."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "DoesNotLoad", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\DoesNotLoad0", "/dev/does_not_load"


def driver_entry(driver):
    try:
        syscall("vfs_mkdir", "/tmp/does_not_load.lock")
    except dk.StatusError:
        raise dk.StatusError(dk.Status.DEVICE_BUSY, "another one is at work") from None
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
