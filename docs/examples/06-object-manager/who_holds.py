# Run it: axisos run --seed 7 who_holds.py
import sys


def open_log():
    return open("/tmp/log", "a")


def child():
    log = open_log()
    leak = [syscall("ke_create_event") for _ in range(3)]
    syscall("signal_pull")


if len(sys.argv) > 1:
    child()

pid = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})
while syscall("process_status", pid) != "sleeping":
    syscall("process_sleep", 1)
for handle in syscall("ob_query_handles", pid):
    print(handle["pid"], handle["type"], handle["standard"] or "", handle["origin"], handle["token"] or "")
try:
    syscall("ob_query_handles", 2)
except Exception as error:
    print(error)
