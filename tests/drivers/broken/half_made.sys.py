"""Swallows that its link could not be made, and stops its hardware before it knows that there is some."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "HalfMade", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\HalfMade0", "/dev/half_made"


def driver_entry(driver):
    dk.create_device(driver, DEVICE)
    try:
        dk.create_symbolic_link(LINK, DEVICE)
    except dk.StatusError:
        pass


def driver_unload(driver):
    dk.delete_symbolic_link(LINK)  # fails when there is none: the driver can never go
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
