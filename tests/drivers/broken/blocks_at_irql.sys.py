"""Asks for the file system's help while it holds a spin lock."""

from axis import dk
from axis.dk import spinlock

DRIVER_INFO = {
    "driver_name": "BlocksAtIrql", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\BlocksAtIrql0", "/dev/blocks_at_irql"


lock = spinlock.initialize()


def on_control(device, irp):
    old_irql = spinlock.acquire(lock)
    try:
        syscall("vfs_list", "/etc")  # <- blocks-at-raised-irql
    finally:
        spinlock.release(lock, old_irql)


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
