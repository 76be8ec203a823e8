# Run it: PYTHONHASHSEED=0 python lines.py
import os

from axisos import Machine, host

PROGRAM = os.path.join(os.path.dirname(__file__), "sleeper.py")

lines = []
result = host.run(Machine(seed=7, trace=lines.append), PROGRAM)
pid = result.stdout.decode().strip()
start = next(number for number, line in enumerate(lines) if f" thread {pid} of {pid} " in line)
for line in lines[start:]:
    when, what, *rest = line.split()
    if what in ("thread", "signal", "end") or (what in ("wait", "syscall") and rest[:2] == [pid, "sleep"]):
        print(what, *rest)
