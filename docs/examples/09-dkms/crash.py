from abi.status import StatusError

handle = syscall("vfs_open", "/dev/crasher", "r")


def attempt(*call):
    try:
        return syscall(*call)
    except StatusError as error:
        return f"{int(error.status)} {error.detail}"


def state():
    return next((driver["state"], driver["restarts"]) for driver in syscall("driver_query") if driver["name"] == "Crasher")


for pause_s in (1, 2, 4, 1):
    print(attempt("vfs_device_control", handle, "die"))
    print(state(), attempt("vfs_read", handle))
    syscall("process_sleep", pause_s * 1000 + 200)
    print(state(), attempt("vfs_read", handle))
print(syscall("reg_get_value", "@VT\\DRV\\Crasher", "Reason"))
print(attempt("driver_load", "/drivers/crasher.sys.py").split(" (")[0], state())
