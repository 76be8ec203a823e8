# Run it: PYTHONHASHSEED=0 python namespace.py
from axisos import Machine

SERVICE = r'''
from abi.status import StatusError


def attempt(name, *args):
    try:
        result = syscall(name, *args)
    except StatusError as error:
        result = f"{int(error.status)} {error.status.name}: {error.detail}"
    shown = [arg if isinstance(arg, str) else "..." for arg in args]
    syscall("kernel_log", f"{name}({', '.join(shown)}): {result}", "dev")


clock = syscall("ob_create_object", "IoDeviceObject", {})
attempt("ob_insert_object", clock, r"\Lab\Clock")
syscall("ob_insert_object", syscall("ob_create_object", "ObpDirectory", {}), r"\Lab")
attempt("ob_insert_object", clock, r"\Lab\Clock")
attempt("ob_insert_object", clock, r"\Lab\Watch")
attempt("ob_insert_object", syscall("ob_create_object", "IoDeviceObject", {}), r"\Lab\Clock")
attempt("ob_lookup_object", "Clock")
attempt("ob_lookup_object", r"\lab\clock")

syscall("ob_create_symlink", r"\DosDevices\lab", r"\Lab")
attempt("ob_lookup_object", r"\DosDevices\lab\Clock")
for number in range(9):
    syscall("ob_create_symlink", rf"\L{number}", rf"\L{number - 1}" if number else r"\Lab\Clock")
attempt("ob_lookup_object", r"\L7")
attempt("ob_lookup_object", r"\L8")

attempt("ob_delete_object", r"\Device")
attempt("ob_delete_object", r"\Lab")
handle = syscall("ob_create_handle", syscall("process_get_pid"), clock)
attempt("ob_delete_object", r"\Lab\Clock")
attempt("ob_lookup_object", r"\L0")
attempt("ob_create_handle", 0, clock)
attempt("ob_delete_object", r"\Lab")
objects, handles = syscall("ob_query_types")["IoDeviceObject"]
syscall("kernel_log", f"with its last handle: {objects} devices, {handles} handle", "dev")
syscall("vfs_close", handle)
objects, handles = syscall("ob_query_types")["IoDeviceObject"]
syscall("kernel_log", f"without it: {objects} devices, {handles} handles", "dev")
'''

with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until_idle()
    machine.kernel.spawn_source(SERVICE, ring=1)
    machine.run_until_idle()
    for entry in machine.kernel.log.newest(100):
        if entry["level"] in ("dev", "proc"):
            print(entry["msg"])
