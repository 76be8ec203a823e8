"""Waits in a handler for what only its own loop could bring."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "Hangs", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\Hangs0", "/dev/hangs"


def on_write(device, irp):
    syscall("process_sleep", 10**9)  # <- holds-up-others


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
