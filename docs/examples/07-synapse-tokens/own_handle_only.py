# Run it: axisos run --seed 7 own_handle_only.py
import sys

from abi.status import StatusError

if len(sys.argv) == 1:
    handle = syscall("vfs_open", "/etc/hostname", "r")
    print("the opener reads:", syscall("vfs_read", handle), flush=True)
    child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": [handle]})  # the token, as a text
    syscall("process_wait", child)
else:
    try:
        syscall("vfs_read", sys.argv[1])
    except StatusError as error:
        print("somebody else: ", int(error.status), error.status.name)
