# Run it: axisos run --seed 7 rings.py
from abi.status import StatusError

print("ring", syscall("process_get_ring"), "uid", syscall("process_get_uid"))

print("the kernel is", syscall("reg_get_value", r"@VT\SYS\BOOT", "KernelVersion"))  # open to every ring

try:
    syscall("driver_load", "/drivers/tty.sys.py")  # open to every ring, but for uid 0 only
except StatusError as error:
    print(int(error.status), error.status.name, "-", error.detail)

try:
    with open("/etc/passwd.toml"):  # the library turns the status into Python's own exception
        pass
except PermissionError as error:
    print(type(error).__name__, error)
