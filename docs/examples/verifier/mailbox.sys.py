"""A mailbox: what is written is one letter; a read takes the oldest, or waits for one. It has three mistakes."""

from axis import dk

DRIVER_INFO = {"driver_name": "Mailbox", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

letters = []
readers = []


def on_write(device, irp):
    letters.append(irp.parameters.data)
    while letters and readers:
        dk.complete_request(readers.pop(0), dk.Status.SUCCESS, letters.pop(0))
    return len(letters)


def on_read(device, irp):
    if letters:
        return letters.pop(0)
    readers.append(irp)
    return dk.PENDING


def on_control(device, irp):
    if irp.parameters.method == "peek":
        return letters[irp.parameters.args[0]]
    raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, "a mailbox can only be peeked into")


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, r"\Device\Mailbox")
    dk.create_symbolic_link("/dev/mailbox", r"\Device\Mailbox")


def driver_unload(driver):
    dk.delete_device(r"\Device\Mailbox")


dk.run(driver_entry, driver_unload)
