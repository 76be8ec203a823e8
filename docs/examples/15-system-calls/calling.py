# Run it: axisos run --seed 7 calling.py
from abi.status import Status, StatusError


def attempt(name, *args):
    try:
        print(f"{name}{args} -> {syscall(name, *args)!r}")
    except StatusError as error:
        print(f"{name}{args} -> {int(error.status)} {error.status.name}: {error.detail}")


attempt("process_get_uid")
attempt("process_status", 20)  # a default left out
attempt("random_bytes", -1)  # the right type, the wrong range
attempt("random_bytes", True)  # exact types: a bool is no int
attempt("random_bytes")
attempt("make_coffee")
attempt("vfs_stat", "/etc/hostname")  # answered by the Pipeline Manager
attempt("vfs_stat", "/nowhere")

try:
    syscall("vfs_open", "/nowhere")
except StatusError as error:
    print("the same by name:", error.status == Status.NO_SUCH_FILE)
