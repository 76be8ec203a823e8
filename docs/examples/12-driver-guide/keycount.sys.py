"""Counts the keys that are pressed. The terminal hears of them all the same: an interrupt goes to all who asked."""

from axis import dk

DRIVER_INFO = {"driver_name": "KeyCount", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

DEVICE = r"\Device\KeyCount"
counts = {"keys": 0, "enter": 0}


def on_key_down(keyboard, character, code):
    counts["keys"] += 1
    counts["enter"] += character == 13


def on_control(device, irp):
    return counts


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link("/dev/keycount", DEVICE)
    dk.register_interrupt("key_down")


dk.run(driver_entry, on_interrupt={"key_down": on_key_down})
