"""Answers in the name of whoever comes next."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "CompletesAnothers", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\CompletesAnothers0", "/dev/completes_anothers"


def on_control(device, irp):
    method = irp.parameters.method
    if method == "skip":
        following = dk.Irp(irp.irp_id + 1, dk.IRP_MJ_READ, DEVICE, irp.sender_pid, irp.reply_pid)
        dk.complete_request(following, dk.Status.SUCCESS, b"")  # <- completes-anothers
    return True


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
