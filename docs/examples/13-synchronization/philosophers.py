# Run it: axisos explore philosophers.py
from axis import sync, thread

SEATS = 3
forks = [sync.create_mutex() for _ in range(SEATS)]


def philosopher(seat):
    def dine():
        with sync.locked(forks[seat]):
            with sync.locked(forks[(seat + 1) % SEATS]):
                pass  # eats

    return dine


thread.parallel([philosopher(seat) for seat in range(SEATS)])
