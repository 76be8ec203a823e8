# Run it: axisos run --seed 7 pipes.py
import sys

from axis import pipe

if len(sys.argv) > 1:
    for _ in range(3):
        syscall("vfs_write", -11, b"sixteen bytes..." * 2)
        print("  the child has written", file=sys.stderr, flush=True)
    sys.exit()

ends = pipe.create(40)
child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]}, {-11: ends.write, -12: -11})
pipe.close_write(ends.write)  # now the child's is the only end that writes
syscall("process_sleep", 10)
print("the child waits for room:", syscall("process_info", child)["wait_reason"], flush=True)
while data := pipe.read(ends.read):
    print("read", len(data), flush=True)
print("end of file, for the child has ended with", syscall("process_wait_status", child))
