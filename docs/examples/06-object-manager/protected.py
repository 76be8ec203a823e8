# Run it: axisos run --seed 7 protected.py
from abi.status import StatusError

event = syscall("ke_create_event")
syscall("ob_set_handle_flags", event, None, True)
try:
    syscall("vfs_close", event)
except StatusError as error:
    print(int(error.status), error.status.name)
syscall("ob_set_handle_flags", event, None, False)
print("taken back:", syscall("vfs_close", event))
