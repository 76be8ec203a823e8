# Run it: axisos run --seed 7 life.py
import sys
from abi.status import StatusError

if len(sys.argv) > 1:
    sender, word, *rest = syscall("signal_pull")
    print("  the child got", word, rest, "and ends", flush=True)
    sys.exit(7)

child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"], "GREETING": "hello"})
print("a new child is", syscall("process_status", child))
syscall("process_yield")
while syscall("process_status", child) != "sleeping":
    syscall("process_sleep", 1)
print("now it is", syscall("process_status", child), "and waits for", syscall("process_info", child)["wait_reason"])

syscall("ke_signal_send", child, 19)  # SIGSTOP
print("stopped:", syscall("process_status", child), flush=True)
syscall("signal_send", child, "go", 1, [2, 3])
syscall("process_sleep", 10)
print("a message changes nothing:", syscall("process_status", child), flush=True)
syscall("ke_signal_send", child, 18)  # SIGCONT

syscall("process_wait", child)
print("ended:", syscall("process_status", child), syscall("process_info", child))
print("its exit status:", syscall("process_wait_status", child))
try:
    syscall("process_wait_status", child)
except StatusError as error:
    print("asked again:", int(error.status), error.detail)
