# Run it: axisos run --seed 7 steps.py
import time


def timed(title, work):
    before = time.monotonic()
    work()
    print(f"{title:35} {round((time.monotonic() - before) * 1e6):6} us of machine time")


def loop(turns):
    for _ in range(turns):
        pass


def calls(number):
    for _ in range(number):
        syscall("process_get_pid")


timed("nothing", lambda: None)
timed("100 turns of a loop", lambda: loop(100))
timed("1000 turns of a loop", lambda: loop(1000))
timed("100 turns with a system call in each", lambda: calls(100))
timed("a comprehension of 1000", lambda: [n for n in range(1000)])
timed("2 ** 10000", lambda: 2**10000)
