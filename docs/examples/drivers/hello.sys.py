from axis import dk

DRIVER_INFO = {"driver_name": "Hello", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = lambda device, irp: b"hello\n"
    dk.create_device(driver, r"\Device\Hello")
    dk.create_symbolic_link("/dev/hello", r"\Device\Hello")


dk.run(driver_entry)
