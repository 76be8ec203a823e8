# Run it: axisos run --seed 7 orphan.py
import sys

if sys.argv[1:] == ["grandchild"]:
    syscall("signal_pull")
elif sys.argv[1:] == ["child"]:
    syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["grandchild"]})
else:
    me = syscall("process_get_pid")
    child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})
    syscall("process_wait_status", child)
    (orphan,) = [each["pid"] for each in syscall("process_list") if each["parent"] == me]
    print("the child's child is mine now:", orphan == child + 1)
    syscall("process_kill", orphan)
    print("and I get its status:", syscall("process_wait_any"))
