"""Says that it has taken a block, whatever was given."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "FalseCount", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\FalseCount0", "/dev/false_count"


def on_write(device, irp):  # <- false-information
    return 512


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
