"""Gives up for everybody."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "BreaksTheSystem", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\BreaksTheSystem0", "/dev/breaks_the_system"


def on_control(device, irp):
    if irp.parameters.method == "fatal":
        syscall("kernel_panic", "this cannot go on")
    return True


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
