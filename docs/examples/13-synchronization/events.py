# Run it: axisos run --seed 7 events.py
import threading

from axis import sync


def waiters(event, count):
    threads = [threading.Thread(target=sync.wait, args=(event, 1000)) for _ in range(count)]
    for thread in threads:
        thread.start()
    syscall("process_sleep", 10)  # they wait now
    return threads


def look(event):
    return "set" if sync.wait(event, 0) == 0 else "not set"


for manual in (False, True):
    kind = "manual-reset" if manual else "auto-reset"
    event = sync.create_event(manual)
    threads = waiters(event, 3)
    print(kind, "- set wakes", sync.set_event(event), "of 3, and afterwards it is", look(event))
    sync.reset_event(event)
    waiting = 3 - (3 if manual else 1)
    print(kind, "- pulse wakes", sync.pulse_event(event), "of", waiting, "and afterwards it is", look(event))
    sync.set_event(event)  # for the one that is left
    for thread in threads:
        thread.join()

event = sync.create_event()
sync.set_event(event)
sync.set_event(event)
print("set twice with nobody there:", look(event), "- and then", look(event))
sync.pulse_event(event)
print("a pulse with nobody there:", look(event))
