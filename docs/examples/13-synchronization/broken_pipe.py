# Run it: axisos run --seed 7 broken_pipe.py
import signal
import sys

from axis import pipe

if len(sys.argv) > 1:
    if sys.argv[1] == "ignores":
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        while True:
            pipe.write(-11, b"y\n" * 100)
    except BrokenPipeError as error:
        print(" ", error, file=sys.stderr)
    sys.exit(1)

for kind in ("by default", "ignores"):
    ends = pipe.create()
    child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": [kind]}, {-11: ends.write, -12: -11})
    pipe.close_write(ends.write)
    pipe.read(ends.read, 4)
    pipe.close_read(ends.read)
    print(f"{kind}: the writer ended with {syscall('process_wait_status', child)}", flush=True)
