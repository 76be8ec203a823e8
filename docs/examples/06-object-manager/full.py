# Run it: axisos run --seed 7 full.py
from abi.status import StatusError

handles = []
try:
    while True:
        handles.append(syscall("ke_create_event"))
except StatusError as error:
    print(int(error.status), error)
syscall("vfs_close", handles.pop())
print("after one was closed:", syscall("ke_create_event")[:2])
