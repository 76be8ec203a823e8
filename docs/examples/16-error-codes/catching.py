# Run it: axisos run --seed 7 catching.py
import os

from abi.status import Status, StatusError
from axis import ipc
from axis.syscall import syscall as call

try:  # as in any Python
    open("/etc/passwd.toml")
except PermissionError as error:
    print("open:", error)
    print("     ", error.errno, error.filename, "and", repr(error.status))

try:  # by status, whatever Python's exception for it is
    os.listdir("/nowhere")
except StatusError as error:
    print("os:", error.status == Status.NO_SUCH_FILE, error.status == 603, type(error).__name__)

try:  # a library of the system: both, too
    ipc.open_section("nothing")
except FileNotFoundError as error:
    print("axis:", error, "-", error.detail)

try:  # the builtin `syscall` raises the bare StatusError
    syscall("vfs_open", "/nowhere")
except StatusError as error:
    print("syscall:", type(error).__name__, isinstance(error, OSError), "-", error)

try:  # the library's `syscall` raises what fits
    call("vfs_open", "/nowhere", about="/nowhere")
except OSError as error:
    print("axis.syscall:", type(error).__name__, "-", error)

try:  # several at once, by their numbers
    syscall("ob_get_standard_handle", 999, -11)
except StatusError as error:
    if error.status in (Status.NO_SUCH_PROCESS, Status.ACCESS_DENIED):
        print("one of two:", error.status.name)
