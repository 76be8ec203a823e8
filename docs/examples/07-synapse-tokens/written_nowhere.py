# Run it: PYTHONHASHSEED=0 python written_nowhere.py
import re

from axisos import Machine

TOKEN = re.compile(r"SYN-[0-9a-f]{4}|H-[0-9a-f]{6}")
trace = []
with Machine(seed=7, trace=trace.append) as machine:
    machine.power_on()
    machine.run_until("login:")
    machine.type("guest\nguest\n")
    machine.run_until("guest@")
    machine.type("cat /etc/hostname | wc -c\n")
    machine.run_until_idle()

    kernel = machine.kernel
    print("open handles:", sum(len(each.handles.entries) for each in kernel.processes.processes()))
    kernel.spawn_source("syscall('kernel_panic', 'to see what it shows')", ring=2)  # as a driver in despair
    machine.run_until("System halted")

    disk = kernel.primitive_fs
    (name,) = [name for name in disk.list("/log") if name.endswith(".dump")]
    handle = disk.open(f"/log/{name}", "r")
    dump = disk.read(handle, 1 << 20).decode().splitlines()
    log = [entry["msg"] for entry in kernel.log.newest(1000)]
    for place, lines in (("log", log), ("trace", trace), ("dump", dump), ("panic screen", machine.screen.lines())):
        found = [line for line in lines if TOKEN.search(line)]
        print(f"{place:12}", found or f"no token{' in many lines' if len(lines) > 10 else ''}")
