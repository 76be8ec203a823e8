"""A driver in the manual's own form: it answers its messages itself, without the kit's loop."""

from axis import dk

DRIVER_INFO = {"driver_name": "ByHand", "driver_type": dk.DRIVER_TYPE_KMD, "load_priority": 500, "version": "1.0"}

DEVICE = r"\Device\ByHand"


def handle_open(device, irp):
    dk.complete_request(irp, dk.STATUS_SUCCESS)


def handle_read(device, irp):
    dk.complete_request(irp, dk.STATUS_SUCCESS, b"by hand\n")


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_CREATE] = handle_open
    driver.dispatch[dk.IRP_MJ_CLOSE] = handle_open
    driver.dispatch[dk.IRP_MJ_READ] = handle_read
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link("/dev/by_hand", DEVICE)
    return dk.STATUS_SUCCESS


def driver_unload(driver):
    dk.delete_symbolic_link("/dev/by_hand")
    dk.delete_device(DEVICE)
    return dk.STATUS_SUCCESS


while True:
    sender, name, *values = syscall("signal_pull")
    if name == "driver_init":
        driver = values[0]
        driver.driver_unload = driver_unload
        syscall("signal_send", sender, "driver_init_complete", driver_entry(driver), driver)
    elif name == "irp_dispatch":
        irp, major = values
        driver.dispatch[major](irp.device_object, irp)
    elif name == "driver_ping":
        syscall("signal_send", sender, "driver_pong", values[0])
    elif name == "driver_unload":
        syscall("signal_send", sender, "driver_unload_complete", driver.driver_unload(driver))
