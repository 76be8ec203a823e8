# Run it: axisos run --seed 7 sections.py
import sys

from axis import ipc, sync

if len(sys.argv) > 1:
    mutex = syscall("ke_open_mutex", "tally")
else:
    mutex = syscall("ke_create_mutex", False, "tally")
    section = ipc.create_section("tally", 1024)
    child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})

view = ipc.map_section(ipc.open_section("tally"))
for _ in range(100):
    with sync.locked(mutex):
        count = view.get("count", 0)
        syscall("process_yield")  # the other one, if it may
        view["count"] = count + 1

if len(sys.argv) == 1:
    syscall("process_wait", child)
    print("two processes, 100 times each:", view.count)

    names = ["a", "b"]
    view.names = names
    names.append("c")
    view.names.append("d")  # into a copy, which is gone at once
    print("copies in, copies out:", view.names)
    view.write_bytes(100, b"raw")
    print("raw bytes:", view.read_bytes(98, 6), "- in use:", view.used(), "of", view.size())
    for title, value in (("a function", lambda: 1), ("too much", "x" * 1000)):
        try:
            view.it = value
        except Exception as error:
            print(f"{title}: {error}")
