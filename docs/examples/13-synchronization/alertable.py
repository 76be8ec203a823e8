# Run it: axisos run --seed 7 alertable.py
import sys
import time

from axis import signals, sync

if len(sys.argv) == 1:
    child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})
    for _ in range(2):
        syscall("process_sleep", 100)
        signals.send(child, signals.SIGUSR1)
        syscall("process_sleep", 150)
    syscall("process_wait", child)
    sys.exit()

signals.handle(signals.SIGUSR1, lambda number: print("  the handler runs"))
event = sync.create_event()
for alertable in (False, True):
    before = time.monotonic()
    result = syscall("ke_wait_single", event, 200, alertable)
    print(f"alertable={alertable}: {result} after {round((time.monotonic() - before) * 1000)} ms", flush=True)
