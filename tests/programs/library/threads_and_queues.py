import queue
import threading
from collections import Counter


def producer(q, items):
    for i in items: q.put(i)


def consumer(q, results, lock):
    while True:
        item = q.get()
        if item is None:
            q.task_done()
            return
        with lock: results.append(item * item)
        q.task_done()


q, results, lock = queue.Queue(maxsize=5), [], threading.Lock()
workers = [threading.Thread(target=consumer, args=(q, results, lock)) for _ in range(3)]
for w in workers: w.start()
makers = [threading.Thread(target=producer, args=(q, range(n, 30, 3))) for n in range(3)]
for m in makers: m.start()
for m in makers: m.join()
for _ in workers: q.put(None)
q.join()
for w in workers: w.join()
print(sorted(results) == [n * n for n in range(30)], q.empty(), any(w.is_alive() for w in workers))
local, seen, barrier = threading.local(), Counter(), threading.Barrier(3)
def own(n):
    local.value = n
    barrier.wait()
    seen[local.value] += 1
threads = [threading.Thread(target=own, args=(i,)) for i in range(3)]
for t in threads: t.start()
for t in threads: t.join()
print(sorted(seen.items()), hasattr(local, "value"))
event, order = threading.Event(), []
def waiter():
    event.wait()
    order.append("waited")
t = threading.Thread(target=waiter)
t.start(); order.append("set"); event.set(); t.join()
print(order, threading.current_thread().name)
class Account:
    def __init__(self): self.balance, self.lock = 0, threading.RLock()
    def add(self, n):
        with self.lock, self.lock: self.balance += n
a = Account()
ts = [threading.Thread(target=lambda: [a.add(1) for _ in range(100)]) for _ in range(4)]
[t.start() for t in ts]; [t.join() for t in ts]
print(a.balance)
