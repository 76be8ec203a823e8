# Run it: PYTHONHASHSEED=0 python keys.py
import os

from axisos import Machine

HERE = os.path.dirname(__file__)

with Machine(seed=7, boot_args={"timeout": 0}) as machine:
    machine.power_on()
    machine.run_until("login:")
    disk = machine.kernel.primitive_fs  # the system disk, as the kernel sees it
    for name, path in (("keycount.sys.py", "/drivers/keycount.sys.py"), ("count.py", "/usr/commands/count.py")):
        handle = disk.open(path, "w")
        disk.write(handle, open(os.path.join(HERE, name), "rb").read())
        disk.close(handle)
    machine.type("root\nroot\n")
    machine.run_until("root@")
    machine.type("insmod keycount; clear\n")
    machine.run_until_idle()
    machine.type("count\n")
    machine.run_until_idle()
    print(*[line for line in machine.screen.lines() if line.startswith("{")], sep="\n")
