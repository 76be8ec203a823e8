"""Trusts its callers to give the argument that it needs."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "UnhandledError", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\UnhandledError0", "/dev/unhandled_error"


def on_control(device, irp):
    return irp.parameters.args[0]  # <- unhandled-error


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
