# Run it: axisos sh --seed 7 --put crossed.py -c '/tmp/crossed.py & sleep 1; ipcs -w'
from axis import sync, thread

first, second = sync.create_mutex(), sync.create_mutex()


def cross(one, other):
    with sync.locked(one):
        thread.sleep(0.1)
        with sync.locked(other):
            pass


thread.parallel([lambda: cross(first, second), lambda: cross(second, first)])
