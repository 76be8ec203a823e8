"""Has no unload routine to speak of."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "LeaksLink", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\LeaksLink0", "/dev/leaks_link"


def driver_entry(driver):
    dk.create_device(driver, DEVICE)  # <- leaks-device
    dk.create_symbolic_link(LINK, DEVICE)  # <- leaks-link


def driver_unload(driver):
    pass


dk.run(driver_entry, driver_unload)
