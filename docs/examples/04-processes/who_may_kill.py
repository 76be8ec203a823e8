# Run it: axisos run --seed 7 who_may_kill.py
import sys

from abi.status import StatusError


def attempt(title, pid):
    try:
        result = syscall("process_kill", pid, 15)
    except StatusError as error:
        result = f"{int(error.status)} {error.status.name}: {error.detail}"
    print(f"{title:22} {result}")


if len(sys.argv) > 1:
    syscall("signal_pull")  # wait for ever

own = [syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["wait"]}) for _ in range(2)]
attempt("the kernel", 0)
attempt("a driver", 6)
attempt("my parent", syscall("process_info")["parent"])
attempt("my child", own[0])
attempt("nobody", 999)

syscall("auth_login", "root", "root")  # from here on a child of mine can be root's
roots = syscall("process_spawn", sys.argv[0], None, {"ARGS": ["wait"]}, None, None, True)
print("ring of root's process:", syscall("process_info", roots)["ring"], "and uid", syscall("process_get_uid", roots))
attempt("my child, but root's", roots)
