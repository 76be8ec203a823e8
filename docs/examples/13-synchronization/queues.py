# Run it: axisos run --seed 7 queues.py
import sys

from axis import ipc

if len(sys.argv) > 1:
    jobs = ipc.open_mqueue("jobs")
    while True:
        data, priority = ipc.mq_receive(jobs)
        print(f"  the worker got {data!r} of priority {priority}", flush=True)
        if data == "stop":
            sys.exit()

jobs = ipc.create_mqueue("jobs", max_messages=4, max_size=16)
for data, priority in (("sweep", 1), ("fire!", 10), ("dust", 1), ("stop", 0)):
    ipc.mq_send(jobs, data, priority)
try:
    ipc.mq_send(jobs, "one more", 5, timeout_ms=50)
except TimeoutError as error:
    print(error)
try:
    ipc.mq_send(jobs, "a message of more than 16 bytes")
except OSError as error:
    print(error, flush=True)
worker = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["worker"]})
ipc.mq_send(jobs, "help", 5)  # waits until the worker has made room
print("there was room", flush=True)
syscall("process_wait", worker)
