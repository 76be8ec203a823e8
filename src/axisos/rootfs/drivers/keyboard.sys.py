"""Keyboards: their keys reach the terminal as interrupts (`key_down`), so there is nothing to serve.

Loaded once for each of them, so that each shows in the registry with its driver.
"""

from axis import dk

DRIVER_INFO = {
    "driver_name": "AxisKeyboardStub", "driver_type": "KernelModeDriver",
    "load_priority": 200, "version": "1.0.0",
}


def driver_entry(driver: dk.DriverObject) -> None:
    """Nothing to set up."""


dk.run(driver_entry)
