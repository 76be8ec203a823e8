# Run it: axisos run --seed 7 all_or_nothing.py
import threading

from axis import sync

forks = [sync.create_mutex() for _ in range(5)]
meals = [0] * 5


def philosopher(number):
    mine = [forks[number], forks[(number + 1) % 5]]
    for _ in range(100):
        sync.wait_multiple(mine, wait_all=True)  # both, or none
        meals[number] += 1
        syscall("process_yield")  # with both forks in hand
        for fork in mine:
            sync.release_mutex(fork)


table = [threading.Thread(target=philosopher, args=(number,)) for number in range(5)]
for each in table:
    each.start()
for each in table:
    each.join()
print("meals:", meals)
