# Run it: PYTHONHASHSEED=0 python who_may_call.py
from axisos import Machine

CALLS = (
    "process_get_pid", "process_elevate", "reg_get_value", "reg_set_value", "raw_component_list", "ob_create_handle",
    "process_grant", "syscall_override",
)  # fmt: skip

with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:  # the kernel without its services
    machine.power_on()
    machine.run_until_idle()
    table = machine.kernel.table
    for name in CALLS:
        print(f"{name:20}", *(f"{ring:>4}" if name in table.by_ring[ring] else "   -" for ring in (0, 1, 2, 2.5, 3)))
