# Run it: axisos run --seed 7 waits.py
from axis import sync, thread

# Plain functions and handles, as in the manual.
event = sync.create_event()
thread.create(lambda: (thread.sleep(0.01), sync.set_event(event)))
print("in time:", sync.wait(event, 1000) == sync.WAIT_0)
print("again:", sync.wait(event, 10) == sync.WAIT_TIMEOUT)
print("no such handle:", sync.wait("H-0", raising=False) == sync.WAIT_FAILED)
sync.close(event)

# Objects, which the same functions take.
with sync.Timer() as timer, sync.Semaphore(0, 5) as permits:
    timer.set(20, 20)
    for _ in range(3):
        thread.create(lambda: permits.release())
    for _ in range(5):
        which = sync.wait_multiple([permits, timer])
        print(("permit", "tick")[which], end=" ")
    print()
    timer.cancel()
print(timer)
