# Run it: axisos run --seed 7 pool.py
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

work = queue.Queue(maxsize=2)


def worker():
    while (item := work.get()) is not None:
        print("worked on", item)
        work.task_done()


threading.Thread(target=worker).start()
for n in range(3):
    work.put(n)
work.join()
work.put(None)


def fetch(seconds):
    time.sleep(seconds)
    return seconds


with ThreadPoolExecutor(3) as pool:
    futures = [pool.submit(fetch, seconds) for seconds in (0.3, 0.1, 0.2)]
    print([future.result() for future in as_completed(futures)])
    print(list(pool.map(fetch, (0.2, 0.1))))
