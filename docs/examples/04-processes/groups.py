# Run it: axisos run --seed 7 groups.py
import sys

if len(sys.argv) > 1:
    syscall("signal_pull")

first = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["wait"]}, None, 0)  # 0: a group of its own
second = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["wait"]}, None, first)  # joins that one
other = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["wait"]})  # stays with its parent
group = syscall("ke_getpgid", second)
print("one group:", group == first, "- the third one in mine:", syscall("ke_getpgid", other) == syscall("ke_getpgid"))

syscall("ke_signal_group", first, 15)
print("ended:", [syscall("process_wait_any")[1] for _ in range(2)])
print("the third one is", syscall("process_status", other))
syscall("process_kill", other)
