from abi.status import StatusError


def dare(*call):
    try:
        return syscall("vfs_device_control", device, "try", list(call))
    except StatusError as error:
        return f"{error.status.name}: the driver is gone"


def state():
    return next(driver["state"] for driver in syscall("driver_query") if driver["name"] == "Curious")


device = syscall("vfs_open", "/dev/curious", "r")
print("uid", dare("process_get_uid"), "ring", dare("process_get_ring"))
print("read the accounts:", dare("vfs_open", "/etc/passwd.toml", "r"))
print("load a driver:", dare("driver_load", "/drivers/null.sys.py"))
print("kill DKMS:", dare("process_kill", 3, 9))
print("answer in DKMS's name:", dare("signal_send", 2, "irp_complete", 1, 0, b"forged"))
print("make a device past its host:", dare("dkms_create_device", r"\Device\Own"))
print("which ended it; now it is", state())
syscall("process_sleep", 1100)
print("a second later:", state(), "and answers:", dare("process_get_ring"))
