# Run it: PYTHONHASHSEED=0 python stick.py
from axisos import Machine
from axisos.machine.components.filesystem import Filesystem
from axisos.machine.memory_storage import MemoryStorage

PROGRAM = """
def say(*words):
    syscall("kernel_log", " ".join(map(str, ("program:", *words))), "info")


def place():
    return [row["point"] for row in syscall("vfs_mounts") if row["label"] == "stick"]


syscall("vfs_mount", "label:stick", "/", "/mnt")
handle = syscall("vfs_open", "/mnt/letter", "w")
syscall("vfs_write", handle, b"dear reader")
syscall("vfs_chmod", "/mnt/letter", "600")
say("the stick is at", place())
syscall("process_sleep", 1000)
say("the stick is at", place())
try:
    syscall("vfs_write", handle, b"!")
except Exception as error:
    say(int(error.status), error.detail)
say("closed:", syscall("vfs_close", handle))
syscall("process_sleep", 1000)
syscall("vfs_mkdir", "/elsewhere")
syscall("vfs_mount", "57100000", "/", "/elsewhere", "homefs", "ro")
handle = syscall("vfs_open", "/elsewhere/letter")
say(syscall("vfs_read", handle), "with mode", syscall("vfs_stat", "/elsewhere/letter")["mode"])
"""

with Machine(seed=7) as machine:
    stick = Filesystem("57100000-0000-5000-a000-000000000000", MemoryStorage(), "stick")
    machine.bus.attach(stick)
    machine.power_on()
    machine.run_until("login:")
    machine.kernel.spawn_source(PROGRAM)
    machine.run_for(0.5)
    machine.bus.detach(stick)
    machine.run_for(1)
    machine.bus.attach(stick)
    machine.run_for(1)
    for entry in machine.kernel.log.newest(20):
        if "program" in entry["msg"] or "unmounted" in entry["msg"] or "is mounted at" in entry["msg"]:
            print(entry["msg"])
