"""Believes that its hardware always works."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "UncheckedHardware", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\UncheckedHardware0", "/dev/unchecked_hardware"


def on_control(device, irp):
    for address in syscall("raw_component_list", "gpu"):
        return list(dk.get_hardware_proxy(address).maxResolution())  # <- unhandled-error
    return None


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
