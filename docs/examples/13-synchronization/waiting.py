# Run it: axisos run --seed 7 waiting.py
import time

from axis import ipc, sync


def took(title, wait):
    before = time.monotonic()
    result = wait()
    print(f"{title:34} {result:4}   after {round((time.monotonic() - before) * 1000)} ms")


first, second = sync.create_event(), sync.create_event()
timer = sync.create_timer()

took("look once:", lambda: sync.wait(first, 0))
took("100 ms at most:", lambda: sync.wait(first, 100))
sync.set_timer(timer, 30)
took("until the timer is due:", lambda: sync.wait(timer))

sync.set_event(second)
took("any of two, the second is set:", lambda: sync.wait_multiple([first, second]))
took("it was taken:", lambda: sync.wait_multiple([first, second], False, 0))

sync.set_event(first)
took("both, one is not set:", lambda: sync.wait_multiple([first, second], True, 20))
took("and the other was not taken:", lambda: sync.wait(first, 0))

for title, handles in (("no handle:", []), ("65 handles:", [first] * 65), ("closed:", ["H-a closed one"])):
    try:
        sync.wait_multiple(handles)
    except (OSError, ValueError) as error:
        print(f"{title:34} {error}")
try:
    sync.wait(ipc.create_section())
except TypeError as error:
    print(f"{'a section:':34} {error}")
