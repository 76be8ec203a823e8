# Run it: PYTHONHASHSEED=0 python irql.py
from axisos import Machine

DRIVER = """
from abi.status import StatusError


def say(text):
    syscall("kernel_log", text, "dev")


event = syscall("ke_create_event", True, True)
level = syscall("ke_raise_irql", 2)
say(f"from {level} to {syscall('ke_get_irql')}")
for name, args in (
    ("ke_wait_single", (event,)), ("ke_set_event", (event,)), ("process_sleep", (5,)), ("ke_raise_irql", (1,)),
):
    try:
        say(f"{name}: {syscall(name, *args)}")
    except StatusError as error:
        say(f"{name}: {int(error.status)} {error}")
syscall("ke_lower_irql", level)
say(f"at {syscall('ke_get_irql')} the wait gives {syscall('ke_wait_single', event)}")
"""

with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until_idle()
    machine.kernel.spawn_source(DRIVER, ring=2)
    program = machine.kernel.spawn_source("syscall('ke_raise_irql', 2)", ring=3)
    machine.run_until_idle()
    for entry in machine.kernel.log.newest(100):
        if entry["level"] == "dev":
            print(entry["msg"])
    print("a program of ring 3:", program.exit_status, program.exit_reason)
