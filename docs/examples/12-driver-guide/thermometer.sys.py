"""A component driver: one process for each thermometer that is plugged in, `/dev/thermometer_<address>_<number>`."""

from axis import dk

DRIVER_INFO = {
    "driver_name": "Thermometer",
    "driver_type": "ComponentModeDriver",
    "supported_component": "thermometer",
    "load_priority": 500,
    "version": "1.0",
}


def on_read(device, irp):
    return f"{device.device_extension['board'].read_celsius():.1f}\n".encode()


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    device = dk.create_component_device(driver, "thermometer")  # for the address that this process was started for
    device.device_extension["board"] = dk.get_hardware_proxy(env["address"])


def driver_unload(driver):
    dk.delete_device(driver.device_object)  # its link goes with it


dk.run(driver_entry, driver_unload)
