"""Makes its device anew and goes on counting in the old one."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "FreedDevice", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\FreedDevice0", "/dev/freed_device"


def on_control(device, irp):
    if irp.parameters.method == "renew":
        spare = dk.create_device(None, DEVICE + "Spare")
        spare.device_extension["uses"] = 0
        dk.delete_device(spare)
        spare.device_extension["uses"] += 1  # <- freed-device
    return True


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
