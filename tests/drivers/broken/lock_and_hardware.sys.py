"""Minds that its hardware may fail, and not what it holds then."""

from axis import dk
from axis.dk import spinlock

DRIVER_INFO = {
    "driver_name": "LockAndHardware", "driver_type": "KernelModeDriver",
    "load_priority": 500, "version": "1.0",
}

DEVICE, LINK = "\\Device\\LockAndHardware0", "/dev/lock_and_hardware"


lock = spinlock.initialize()


def on_control(device, irp):
    for address in syscall("raw_component_list", "gpu"):
        card = dk.get_hardware_proxy(address)
        old_irql = spinlock.acquire(lock)  # <- irql-left-raised
        try:
            size = list(card.maxResolution())
        except Exception as error:
            lock.held = False
            raise dk.StatusError(dk.Status.DEVICE_NOT_READY, f"no answer: {error}") from None
        spinlock.release(lock, old_irql)
        return size
    return None


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver):
    dk.delete_device(DEVICE)


dk.run(driver_entry, driver_unload)
