# Run it: axisos run --seed 7 semaphores.py
import threading

from axis import sync

lanes = sync.create_semaphore(2, 2)
inside, most = 0, 0


def car():
    global inside, most
    sync.wait(lanes)
    inside += 1
    most = max(most, inside)
    syscall("process_sleep", 10)
    inside -= 1
    sync.release_semaphore(lanes)


cars = [threading.Thread(target=car) for _ in range(6)]
for each in cars:
    each.start()
for each in cars:
    each.join()
print("six cars, two lanes: never more than", most, "at once")
try:
    sync.release_semaphore(lanes)
except ValueError as error:
    print("a third permit:", error)
print("and nothing has changed:", [sync.wait(lanes, 0) for _ in range(3)])
print("how many were free before:", sync.release_semaphore(lanes, 2))
