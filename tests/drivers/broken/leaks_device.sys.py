"""Makes a device for each volume it is asked for, and remembers only the first."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "LeaksDevice", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\LeaksDevice0", "/dev/leaks_device"


def on_control(device, irp):
    if irp.parameters.method == "mount":
        dk.create_device(None, DEVICE + "Volume")  # <- leaks-device
    return True


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
