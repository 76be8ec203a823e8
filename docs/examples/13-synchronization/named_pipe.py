# Run it: axisos run --seed 7 named_pipe.py
import sys

from axis import pipe

if len(sys.argv) > 1:
    end = syscall("ke_connect_named_pipe", "orders", "w")
    pipe.write(end, f"from {sys.argv[1]}\n")
    sys.exit()

ends = pipe.create_named("orders")
try:
    pipe.create_named("orders")
except FileExistsError as error:
    print(error)
for name in ("first", "second"):
    syscall("process_wait", syscall("process_spawn", sys.argv[0], 3, {"ARGS": [name]}))
pipe.close_write(ends.write)
while data := pipe.read(ends.read):
    print(data)
pipe.close_read(ends.read)
try:
    pipe.connect_named("orders")
except FileNotFoundError as error:
    print(error)
