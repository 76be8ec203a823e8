"""A mailbox: what one process writes, another reads, or waits for."""

from axis import dk

DRIVER_INFO = {"driver_name": "Mailbox", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

letters = []
readers = []


def deliver():
    while letters and readers:
        dk.complete_request(readers.pop(0), dk.STATUS_SUCCESS, letters.pop(0))


def on_write(device, irp):
    letters.append(irp.parameters.data)  # returning nothing completes it: all of it was written
    deliver()


def on_read(device, irp):
    irp.step = "waiting for a letter"  # for those who ask who holds their request
    readers.append(irp)
    deliver()
    return dk.PENDING  # it is completed, or will be


def on_control(device, irp):
    if irp.parameters.method != "count":
        raise dk.StatusError(dk.STATUS_NOT_IMPLEMENTED, "a mailbox only knows count")
    return len(letters)


def on_cancel(irp):
    readers.remove(irp)  # nobody waits any more; the kit completes it with CANCELLED


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, r"\Device\Mailbox")
    dk.create_symbolic_link("/dev/mailbox", r"\Device\Mailbox")


dk.run(driver_entry, on_cancel=on_cancel)
