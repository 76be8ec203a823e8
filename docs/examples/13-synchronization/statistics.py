# Run it: axisos run --seed 7 statistics.py
from axis import ipc, pipe, sync

before = ipc.ipc_stats()
event = sync.create_event(initial=True)
sync.wait(event)
sync.wait(event, 5)
ends = pipe.create()
pipe.write(ends.write, "hello")
ipc.create_section("here")
for name, value in ipc.ipc_stats().items():
    if value != before[name]:
        print(f"{name:16} +{value - before[name]}")
