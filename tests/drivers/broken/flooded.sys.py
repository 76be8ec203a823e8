"""Has room for four, and no word for the fifth."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "Flooded", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\Flooded0", "/dev/flooded"


waiting = []


def on_write(device, irp):  # <- never-completes
    if len(waiting) < 4:
        waiting.append(irp)
    return dk.PENDING


def on_idle():
    for irp in waiting:
        dk.complete_request(irp, dk.Status.SUCCESS, len(irp.parameters.data))
    waiting.clear()
    return 0.05


def on_cancel(irp):
    if irp in waiting:
        waiting.remove(irp)


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload, on_idle=on_idle, on_cancel=on_cancel)
