# Run it: axisos run --seed 7 rights.py
from abi import access
from abi.status import StatusError


def attempt(title, name, *args):
    try:
        result = syscall(name, *args)
    except StatusError as error:
        result = f"{int(error.status)} {error.status.name}: {error.detail}"
    print(f"{title:24} {result}")


me = syscall("process_get_pid")
event = syscall("ke_create_event")
waiter = syscall("ob_duplicate_handle", me, event, me, access.SYNCHRONIZE)

attempt("set by the first:", "ke_set_event", event)
attempt("wait by the second:", "ke_wait_single", waiter, 0)
attempt("set by the second:", "ke_set_event", waiter)
attempt("wish for more:", "ob_duplicate_handle", me, waiter, me, access.SYNCHRONIZE | access.WRITE)
attempt("a mutex, says who asks:", "ke_release_mutex", event)
attempt("not a handle:", "ke_set_event", "H-000000-00000-0000-0000")
