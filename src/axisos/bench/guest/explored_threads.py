"""The same with the libraries: three threads, a lock, a queue."""

from __future__ import annotations

import queue
import threading

lock = threading.Lock()
results: queue.Queue[int] = queue.Queue()


def work(number: int) -> None:
    with lock:
        results.put(number)


threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sorted(results.get() for _ in threads) == [0, 1, 2]
