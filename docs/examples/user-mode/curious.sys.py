"""A driver that tries what it may not, and says how that went."""
from axis import umd

DRIVER_INFO = {"driver_name": "Curious", "driver_type": "UserModeDriver", "load_priority": 500, "version": "1.0"}


def try_out(*call):
    try:
        return syscall(*call)
    except umd.StatusError as error:
        return error.status.name


def on_control(device, irp):
    return try_out(*irp.parameters.args)


def um_driver_entry(driver):
    driver.dispatch[umd.IRP_MJ_DEVICE_CONTROL] = on_control
    umd.create_device(driver, r"\Device\Curious")
    umd.create_symbolic_link("/dev/curious", r"\Device\Curious")


umd.run(um_driver_entry)
