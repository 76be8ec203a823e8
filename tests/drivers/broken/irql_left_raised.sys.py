"""Gives its spin lock back on one path only."""

from axis import dk
from axis.dk import spinlock

DRIVER_INFO = {
    "driver_name": "IrqlLeftRaised", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\IrqlLeftRaised0", "/dev/irql_left_raised"


lock = spinlock.initialize()
total = 0


def on_write(device, irp):
    global total
    old_irql = spinlock.acquire(lock)  # <- irql-left-raised
    lock.held = False
    if len(irp.parameters.data) > 1000:
        raise dk.StatusError(dk.Status.INVALID_PARAMETER, "too much at once")
    total += len(irp.parameters.data)
    lock.held = True
    spinlock.release(lock, old_irql)


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
