# Run it: axisos run --seed 7 signals.py
import sys

from axis import signals, sync

if len(sys.argv) > 1:
    signals.handle(signals.SIGTERM, lambda number: sys.exit(3))
    sync.wait(sync.create_event())

signals.handle(signals.SIGCHLD, lambda number: print("  a child has ended", flush=True))

for word, number in (("asked to end", signals.SIGTERM), ("killed", signals.SIGKILL)):
    child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})
    while syscall("process_info", child)["wait_reason"] != "ke_wait":
        syscall("process_sleep", 1)
    signals.send(child, number)
    print(word, "-", syscall("process_wait_status", child), flush=True)

order = []
signals.handle(signals.SIGUSR1, order.append)
signals.handle(signals.SIGUSR2, order.append)
signals.mask([signals.SIGUSR1])
for number in (signals.SIGUSR1, signals.SIGUSR1, signals.SIGUSR2):
    signals.send(syscall("process_get_pid"), number)
print("while SIGUSR1 is blocked:", order)
signals.mask([])
print("afterwards, once:", order)
try:
    signals.handle(signals.SIGKILL, order.append)
except ValueError as error:
    print(error)
