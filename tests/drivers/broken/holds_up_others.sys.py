"""Waits for its hardware in the middle of a request."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "HoldsUpOthers", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\HoldsUpOthers0", "/dev/holds_up_others"


def on_control(device, irp):
    syscall("process_sleep", 2500)  # <- holds-up-others
    return True


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
