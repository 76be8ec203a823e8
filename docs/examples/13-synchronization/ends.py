# Run it: axisos run --seed 7 ends.py
import sys

from axis import sync

if len(sys.argv) > 1:
    syscall("process_sleep", int(sys.argv[1]))
    sys.exit(int(sys.argv[1]) % 100)

children = [syscall("process_spawn", sys.argv[0], 3, {"ARGS": [str(ms)]}) for ms in (903, 301, 602)]
ends = [syscall("process_open", pid) for pid in children]
late = sync.create_timer()
sync.set_timer(late, 500)
print("the first that comes:", sync.wait_multiple([*ends, late]))
print("it has ended for good:", sync.wait(ends[1], 0), sync.wait(ends[1], 0))
print("the next:", sync.wait_multiple([ends[0], ends[2], late]), "- the time is over")
print("all of them:", sync.wait_multiple(ends, wait_all=True))
print("exit statuses:", [syscall("process_wait_status", pid) for pid in children])
