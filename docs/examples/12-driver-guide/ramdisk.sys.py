"""A disk of one kilobyte in memory. Each open has a position of its own."""

from axis import dk

DRIVER_INFO = {"driver_name": "RamDisk", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

DEVICE = r"\Device\Ram0"
memory = bytearray(1024)


def on_read(device, irp):
    start, length = irp.parameters.offset, irp.parameters.length
    return bytes(memory[start:] if length is None else memory[start : start + length])


def on_write(device, irp):
    start, data = irp.parameters.offset, irp.parameters.data
    if start + len(data) > len(memory):
        raise dk.StatusError(dk.STATUS_DISK_FULL, f"it holds {len(memory)} bytes")
    memory[start : start + len(data)] = data


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.set_seekable(dk.create_device(driver, DEVICE), size=len(memory))
    dk.create_symbolic_link("/dev/ram0", DEVICE)


dk.run(driver_entry)
