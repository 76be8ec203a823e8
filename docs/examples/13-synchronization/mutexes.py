# Run it: axisos run --seed 7 mutexes.py
import sys
import threading

from axis import sync

if len(sys.argv) > 1:
    sync.wait(syscall("ke_open_mutex", "door"))
    print("  the child owns it, and does not give it back", flush=True)
    sys.exit()

mutex = syscall("ke_create_mutex", False, "door")


def other():
    print("another thread:", "gets it" if sync.wait(mutex, 0) == 0 else "does not get it")
    try:
        sync.release_mutex(mutex)
    except RuntimeError as error:
        print("another thread:", error)


for _ in range(3):
    sync.wait(mutex)
sync.release_mutex(mutex)
sync.release_mutex(mutex)
thread = threading.Thread(target=other)
thread.start()
thread.join()
sync.release_mutex(mutex)
try:
    sync.release_mutex(mutex)
except RuntimeError as error:
    print("once too often:", error)

child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})
syscall("process_wait", child)
print("after the child:", sync.wait(mutex), "- it is ours, and what it protects may be half done")
sync.release_mutex(mutex)
print("after that:", sync.wait(mutex))
