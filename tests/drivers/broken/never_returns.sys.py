"""Looks for a divisor, of one too."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "NeverReturns", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\NeverReturns0", "/dev/never_returns"


def on_write(device, irp):
    size, divisor = len(irp.parameters.data), 2
    while size % divisor:  # <- never-returns
        divisor += 1  # <- never-returns


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
