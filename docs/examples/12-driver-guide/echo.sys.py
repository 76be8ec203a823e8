"""The smallest driver that does something: reading gives back what was written last."""

from axis import dk

DRIVER_INFO = {"driver_name": "Echo", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}


def on_write(device, irp):
    device.device_extension["last"] = irp.parameters.data


def on_read(device, irp):
    return device.device_extension.pop("last", b"")


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, r"\Device\Echo0")
    dk.create_symbolic_link("/dev/echo", r"\Device\Echo0")


dk.run(driver_entry)
