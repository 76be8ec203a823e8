# Run it: axisos run --seed 7 standard.py
import sys

from abi.status import StatusError

STDOUT = -11
if len(sys.argv) > 1:
    handles = syscall("ob_list_handles")
    print(sys.argv[1], "- the child holds", len(handles), "handles of", len({each["token"] for each in handles}))
    sys.exit()

me = syscall("process_get_pid")


def run(word, handles=None):
    sys.stdout.flush()
    syscall("process_wait_status", syscall("process_spawn", sys.argv[0], 3, {"ARGS": [word]}, handles))


run("its parent's slots")

file = syscall("vfs_open", "/tmp/said", "w")
run("slots of its own", {STDOUT: file})
before = syscall("ob_get_standard_handle", me, STDOUT)
syscall("ob_set_standard_handle", me, STDOUT, file)  # as a shell does it for `command > file`
run("the slot is the file's")
syscall("ob_set_standard_handle", me, STDOUT, before)
syscall("vfs_close", file)
print(open("/tmp/said").read(), end="")

try:
    syscall("ob_set_standard_handle", me, STDOUT, file)
except StatusError as error:
    print("a closed handle:", int(error.status))
syscall("ob_set_standard_handle", me, -10, None)
try:
    syscall("vfs_read", -10)
except StatusError as error:
    print("an empty slot:", int(error.status), error.status.name)
