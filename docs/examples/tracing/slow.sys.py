# A driver that lets every reader wait for a quarter of a second.
from axis import dk

DRIVER_INFO = {"driver_name": "Slow", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}
waiting = []  # (machine time at which it is to be answered, request)


def on_read(device, irp):
    waiting.append((syscall("time_get")[0] + 0.25, irp))
    return dk.PENDING


def on_idle():
    while waiting and waiting[0][0] <= syscall("time_get")[0]:
        dk.complete_request(waiting.pop(0)[1], dk.STATUS_SUCCESS, b"at last")
    return waiting[0][0] - syscall("time_get")[0] if waiting else None


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, r"\Device\Slow")
    dk.create_symbolic_link("/dev/slow", r"\Device\Slow")


dk.run(driver_entry, on_idle=on_idle)
