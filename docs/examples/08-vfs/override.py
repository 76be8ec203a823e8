# Run it: PYTHONHASHSEED=0 python override.py
from axisos import Machine

SERVER = """
syscall("syscall_override", "weather")
while True:
    sender, name, request = syscall("signal_pull")
    if name == "syscall":
        who = f"process {request.sender_pid}, uid {request.sender_uid}, ring {request.sender_ring}"
        syscall("kernel_log", f"asked by {who}: {request.args}", "info")
        if request.args == ("sea",):
            syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, 0, "calm")
        else:
            syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, 603, "no such place")
"""
CLIENT = """
for place in ("sea", "moon"):
    try:
        answer = syscall("weather", place)
    except Exception as error:
        answer = f"{int(error.status)}, {error.detail}"
    syscall("kernel_log", f"{place}: {answer}", "info")
"""

with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until_idle()
    machine.kernel.spawn_source(SERVER, ring=1)
    machine.run_until_idle()
    machine.kernel.spawn_source(CLIENT, uid=1000)
    machine.run_until_idle()
    for entry in machine.kernel.log.newest(4):
        print(entry["msg"])
