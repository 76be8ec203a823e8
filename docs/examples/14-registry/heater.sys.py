"""A driver that keeps a setting and its state in the registry: a number written to /dev/heater is the power wanted."""

from axis import dk

DRIVER_INFO = {"driver_name": "Heater", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}
KEY = "@VT\\DRV\\Heater"  # made by DKMS before the driver starts, and the driver's own


def on_write(device, irp):
    watts = int(irp.parameters.data)
    limit, _type = syscall("reg_get_value", KEY + "\\Limits", "Watts")
    if watts > limit:
        raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"{limit} W at most")
    syscall("reg_set_value", KEY, "Watts", watts)


def driver_entry(driver):
    syscall("reg_create_key", KEY + "\\Limits")
    syscall("reg_set_value", KEY + "\\Limits", "Watts", 2000)
    syscall("reg_set_value", KEY, "Watts", 0)
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.create_device(driver, "\\Device\\Heater")
    dk.create_symbolic_link("/dev/heater", "\\Device\\Heater")


if __name__ == "__main__":
    dk.run(driver_entry)
