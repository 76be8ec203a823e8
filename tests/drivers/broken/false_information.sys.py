"""Gives a number where bytes are asked for."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "FalseInformation", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\FalseInformation0", "/dev/false_information"


def on_read(device, irp):  # <- false-information
    return 1


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
