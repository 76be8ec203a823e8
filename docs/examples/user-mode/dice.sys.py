from axis import umd

DRIVER_INFO = {"driver_name": "Dice", "driver_type": umd.DRIVER_TYPE_UMD, "load_priority": 500, "version": "1.0"}

rolls = []


def on_read(device, irp):
    rolls.append(1 + 4 * len(rolls) % 6)
    return b"%d\n" % rolls[-1]


def on_control(device, irp):
    if irp.parameters.method == "rolls":
        return rolls
    raise umd.StatusError(umd.Status.NOT_IMPLEMENTED, "a dice can only say its rolls")


def um_driver_entry(driver):
    driver.dispatch[umd.IRP_MJ_READ] = on_read
    driver.dispatch[umd.IRP_MJ_DEVICE_CONTROL] = on_control
    umd.create_device(driver, r"\Device\Dice0")
    umd.create_symbolic_link("/dev/dice", r"\Device\Dice0")


umd.run(um_driver_entry)
