# Run it: PYTHONHASHSEED=0 python who_may.py
from axisos import Machine

OWNER = """
for mode in ("600", "640", "644", "666", "060"):
    syscall("ke_create_event", True, True, f"bell {mode}", mode)
syscall("signal_pull")
"""
OTHER = r"""
from abi import access
from abi.status import StatusError


def attempt(name, *args):
    try:
        return syscall(name, *args)
    except StatusError as error:
        return int(error.status)


names = ("READ", "WRITE", "EXECUTE", "DEVICE_CONTROL", "DELETE", "READ_ATTRIBUTES", "SYNCHRONIZE")
for mode in ("600", "640", "644", "666", "060"):
    handle = attempt("ob_open_object", rf"\Event\bell {mode}")
    if handle == 500:
        told = "500"
    else:
        (granted,) = [each["granted_access"] for each in syscall("ob_list_handles") if each["token"] == handle]
        told = " ".join(name for name in names if granted & getattr(access, name))
    syscall("kernel_log", f"uid {syscall('process_get_uid')} {mode}: {told}", "info")
wanted = attempt("ob_open_object", r"\Event\bell 644", access.WRITE)
syscall("kernel_log", f"uid {syscall('process_get_uid')} wishes to write to 644: {str(wanted)[:3]}", "info")
"""

with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until_idle()
    kernel = machine.kernel
    kernel.spawn_source(OWNER, uid=1000)
    machine.run_until_idle()
    for uid in (1000, 1001, 0):
        kernel.spawn_source(OTHER, uid=uid)
        machine.run_until_idle()
    for entry in kernel.log.newest(100):
        if entry["msg"].startswith("uid "):
            print(entry["msg"])
