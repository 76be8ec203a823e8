# Run it: axisos run --seed 7 elevate.py
from abi.status import StatusError


def attempt(name, *args):
    try:
        return syscall(name, *args)
    except StatusError as error:
        return f"{int(error.status)} {error.status.name}"


lines = []


def report(*values):
    lines.append(" ".join(map(str, values)))


report("without a grant:", attempt("process_elevate", 2.5))

event = syscall("ke_create_event")
before = syscall("synapse_get_token")
syscall("auth_login", "root", "root")
report("with a grant:   ", attempt("process_elevate", 2.5))

report("ring", syscall("process_get_ring"), "uid", syscall("process_get_uid"))
report("another token:", syscall("synapse_get_token") != before)
report("an old handle:", attempt("ke_set_event", event))
report("standard output:", attempt("vfs_write", -11, b"lost\n"))

output = syscall("vfs_open", "/dev/host_out", "w")  # at a terminal: /dev/tty, which fills the slots by itself
syscall("ob_set_standard_handle", syscall("process_get_pid"), -11, output)
print(*lines, sep="\n")
