# Run it: PYTHONHASHSEED=0 python kernel_log.py
from axisos import Machine

with Machine(seed=7, boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until("login:")
    for entry in machine.kernel.log.newest(1000):
        if entry["level"] in ("ok", "info", "drv"):
            print(f"{entry['pid']:2}", entry["level"].upper().ljust(5), entry["msg"])
