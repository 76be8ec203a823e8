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
    return result


clock = attempt("ob_create_object", "IoDeviceObject", {})
attempt("ob_insert_object", clock, r"\Device\Clock")
attempt("ob_insert_object", clock, r"\Device\Clock")
attempt("ob_insert_object", clock, "Clock")
attempt("ob_create_symlink", r"\DosDevices\clock", r"\Device\Clock")
attempt("ob_lookup_object", r"\DosDevices\clock")
attempt("ob_lookup_object", r"\Device\Watch")

for number in range(9):
    syscall("ob_create_symlink", rf"\L{number}", rf"\L{number - 1}" if number else r"\Device\Clock")
attempt("ob_lookup_object", r"\L7")
attempt("ob_lookup_object", r"\L8")

attempt("ob_delete_object", r"\Device")
syscall("ob_create_handle", 0, clock)
attempt("ob_delete_object", r"\Device\Clock")
attempt("ob_lookup_object", r"\DosDevices\clock")
attempt("ob_create_handle", 0, clock)
'''

with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until_idle()
    machine.kernel.spawn_source(SERVICE, ring=1)
    machine.run_until_idle()
    for entry in machine.kernel.log.newest(100):
        if entry["level"] == "dev":
            print(entry["msg"])
