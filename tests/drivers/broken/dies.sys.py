"""Leaves when it is asked to."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "Dies", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\Dies0", "/dev/dies"


def on_control(device, irp):
    if irp.parameters.method == "quit":
        raise SystemExit  # <- dies
    return True


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
