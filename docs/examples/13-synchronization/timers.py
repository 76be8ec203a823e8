# Run it: axisos run --seed 7 timers.py
import time

from axis import sync

start = time.monotonic()


def now():
    return round((time.monotonic() - start) * 1000)


timer = sync.create_timer()
sync.set_timer(timer, 40)
print("once:", sync.wait(timer), "at", now(), "ms, and it stays so:", sync.wait(timer, 0))

start = time.monotonic()
sync.set_timer(timer, 100, 100)
seen = []
for busy in (0, 30, 250, 0, 0):
    sync.wait(timer)
    seen.append(now())
    syscall("process_sleep", busy)
print("every 100 ms:", seen)
print("it was running:", sync.cancel_timer(timer), "- it runs:", sync.cancel_timer(timer))

event = sync.create_event()
sync.set_timer(timer, 25)
print("a timer as a time limit for any other wait:", sync.wait_multiple([event, timer]), "is what came")
