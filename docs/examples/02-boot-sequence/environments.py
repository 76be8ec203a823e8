# Run it: PYTHONHASHSEED=0 python environments.py
from axisos import Machine

with Machine(seed=7, boot_args={"timeout": 0, "safe": True}) as machine:
    machine.power_on()
    machine.run_until("login:")
    for pid, thread in sorted(machine.kernel.processes.threads.items()):
        process = thread.process
        if process.env and process.pid == pid:
            print(f"{process.image} (ring {process.ring})")
            for name, value in sorted(process.env.items()):
                print(f"    {name} = {value!r}")
