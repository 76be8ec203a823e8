"""Takes writes to work on them later, and forgets them."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "NeverCompletes", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\NeverCompletes0", "/dev/never_completes"


def on_write(device, irp):  # <- never-completes
    return dk.PENDING


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
