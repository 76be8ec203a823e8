# Run it: axisos run --seed 7 --in-order turns.py
import threading

from axis import sync

permits = sync.create_semaphore(0)
got = []


def taker(number):
    sync.wait(permits)
    got.append(number)


takers = [threading.Thread(target=taker, args=(number,)) for number in range(4)]
for thread in takers:
    thread.start()
syscall("process_sleep", 10)  # all four wait now, in this order
sync.release_semaphore(permits, 3)  # has given three of them theirs when it returns
print("left for who comes now:", "one" if sync.wait(permits, 0) == 0 else "none", "- had their turn:", got)
syscall("process_sleep", 10)
print("then:", got)
sync.release_semaphore(permits)
for thread in takers:
    thread.join()
print("and the last:", got)
