"""Says that it could not, and then that it could."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "CompletesTwice", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\CompletesTwice0", "/dev/completes_twice"


def on_read(device, irp):
    if irp.parameters.length == 0:
        dk.complete_request(irp, dk.Status.INVALID_PARAMETER, "a read of nothing")
    dk.complete_request(irp, dk.Status.SUCCESS, b"x"[: irp.parameters.length])  # <- completes-twice


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
