# Run it: axisos run --seed 7 threads.py
from axis import sync, thread

done = []


def work(name, seconds):
    thread.sleep(seconds)
    done.append(name)


print("ran:", thread.parallel([lambda: work("slow", 0.2), lambda: work("quick", 0.1)]), "in the order", done)

with sync.Mutex() as mutex:

    def endless():
        sync.wait(mutex)
        while True:
            pass

    worker = thread.create(endless)
    thread.sleep(0.1)
    print("joined in time:", worker.join(10), "- alive:", worker.alive())
    print("killed:", worker.kill(), "- status:", worker.status(), "- joined:", worker.join())
    with sync.locked(mutex) as how:
        print("the mutex was left by a dead owner:", how == sync.WAIT_ABANDONED)
