"""Promises a method that it does not have."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "FalseDriverInfo", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0", "control_methods": ["reset", "status"],
}

DEVICE, LINK = "\\Device\\FalseDriverInfo0", "/dev/false_driver_info"


def on_control(device, irp):  # <- false-driver-info
    method = irp.parameters.method
    if method == "reset":
        return True
    raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"no method {method!r}; not even 'status'")


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
