# Run it: axisos run --seed 7 counts.py
import sys


def show(when, handle):
    (row,) = [each for each in syscall("ob_list_handles") if each["token"] == handle]
    print(f"{when:32} {row['type']}  handles {row['handle_count']}  references {row['ref_count']}", flush=True)


if len(sys.argv) > 1:
    _sender, _word, handle = syscall("signal_pull")
    show("the child sees the same object:", handle)
    sys.exit()

me = syscall("process_get_pid")
event = syscall("ke_create_event")
show("just made:", event)
second = syscall("ob_duplicate_handle", me, event, me)
show("a second handle:", event)

child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})
theirs = syscall("ob_duplicate_handle", me, event, child)
print("tokens:", len({event, second, theirs}), "different ones")
syscall("signal_send", child, "here", theirs)
syscall("process_wait", child)
show("the child has ended:", event)
syscall("vfs_close", second)
show("the second handle is closed:", event)
