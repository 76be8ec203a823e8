# Run it: PYTHONHASHSEED=0 python one_read.py
import os

from axisos import Machine, host

PROGRAM = os.path.join(os.path.dirname(__file__), "read_device.py")

lines = []
host.run(Machine(seed=7, trace=lines.append), PROGRAM)

start = max(number for number, line in enumerate(lines) if line.endswith("vfs_read"))
program = lines[start].split()[2]  # of "<time> forward <pid> -> 2 #<request> vfs_read"


def name(pid):
    return {program: "program", "2": "PM", "3": "DKMS"}.get(pid, "driver")


for line in lines[start:]:
    match line.split()[1:]:  # other lines tell of each single system call, wait and switch
        case "forward", sender, "->", receiver, _, call:
            print(f"{name(sender):8} -> {name(receiver):8} {call}, while the program sleeps")
        case "irp", _, major, device, sender, "->", receiver, _:
            print(f"{name(sender):8} -> {name(receiver):8} IRP {major} {device}")
        case "message", sender, "->", receiver, message:
            print(f"{name(sender):8} -> {name(receiver):8} {message}")
        case "return", _, _, status:
            print(f"{'PM':8} -> {'program':8} {status}")
            break
