# Run it: PYTHONHASHSEED=0 python own_limits.py
import os
import tempfile

from axisos import Machine, host
from axisos.machine.disk import overlay
from axisos.machine.memory_storage import MemoryStorage

LIMITS = b"""
[limits]
syscalls_per_second = 1000
threads = 10

[users.1000]
threads = 5               # uid 1000 is guest
user_processes = 3        # the program counts as well
"""
PROGRAMS = {
    "threads": """
from threading import Event, Thread

while True:
    Thread(target=Event().wait, daemon=True).start()
""",
    "processes": """
import subprocess

while True:
    subprocess.Popen(["sleep", "100"])
""",
    "calls": """
while True:
    syscall("process_get_pid")
""",
}

for name, text in PROGRAMS.items():
    disk = overlay(MemoryStorage(), simulated=True)  # the packaged disk, and what is changed of it
    file = disk.open("etc/limits.toml", "w")
    file.write(LIMITS)
    file.close()
    with tempfile.TemporaryDirectory() as directory:
        program = os.path.join(directory, f"{name}.py")
        with open(program, "w") as source:
            source.write(text)
        result = host.run(Machine(disk, seed=7), program)
    print(f"{name:9} {result.exit_code:3} {result.reason or result.stderr.decode().splitlines()[-1]}")
