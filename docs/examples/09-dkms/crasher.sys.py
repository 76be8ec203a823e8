"""Dies on request."""

from axis import dk

DRIVER_INFO = {"driver_name": "Crasher", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

DEVICE = r"\Device\Crasher"


def on_read(device, irp):
    return b"alive\n"


def on_control(device, irp):
    raise SystemExit("on request")


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link("/dev/crasher", DEVICE)


dk.run(driver_entry)
