import bisect
import heapq
import queue
from dataclasses import dataclass, field
from itertools import count

h = []
for x in (5, 1, 8, 3, 2):
    heapq.heappush(h, x)
print(h, heapq.heappop(h), heapq.heapreplace(h, 10), heapq.heappushpop(h, 0), h, heapq.nsmallest(2, h), heapq.nlargest(2, ["aa", "b", "cccc"], key=len), list(heapq.merge([1, 4], [2, 3], [0, 9])), list(heapq.merge([4, 1], [3, 2], reverse=True)), list(heapq.merge(["b", "AA"], ["ccc"], key=len)))


@dataclass(order=True)
class Job:
    priority: int
    name: str = field(compare=False)


class PriorityQueue:
    REMOVED = "<removed>"

    def __init__(self):
        self.heap, self.entries, self.counter = [], {}, count()

    def add(self, task, priority=0):
        if task in self.entries:
            self.remove(task)
        entry = [priority, next(self.counter), task]
        self.entries[task] = entry
        heapq.heappush(self.heap, entry)

    def remove(self, task): self.entries.pop(task)[-1] = self.REMOVED

    def pop(self):
        while self.heap:
            *_, task = heapq.heappop(self.heap)
            if task is not self.REMOVED:
                del self.entries[task]
                return task
        raise KeyError("empty")


pq = PriorityQueue()
for task, p in (("write", 5), ("test", 1), ("code", 3), ("write", 0)):
    pq.add(task, p)
print(pq.pop(), pq.pop(), pq.pop())
try:
    pq.pop()
except KeyError as e:
    print(e)
xs = [1, 3, 3, 5, 8]
print(bisect.bisect(xs, 3), bisect.bisect_left(xs, 3), bisect.bisect_right(xs, 4, 1, 4), [("F", "D", "C", "B", "A")[bisect.bisect([60, 70, 80, 90], s)] for s in (33, 99, 77, 70, 89, 90, 100)], bisect.bisect([("a", 1), ("b", 5)], 3, key=lambda p: p[1]))
bisect.insort(xs, 4); bisect.insort_left(xs, 3); words = ["bb", "dddd"]; bisect.insort(words, "ccc", key=len); print(xs, words)
q = queue.Queue(maxsize=2)
q.put("a"); q.put_nowait("b")
print(q.full(), q.qsize(), q.get(), q.get(block=False), q.empty())
for bad in (q.get_nowait, lambda: [q.put_nowait(i) for i in range(5)]):
    try:
        bad()
    except (queue.Empty, queue.Full) as e:
        print(type(e).__name__)
l, p, s = queue.LifoQueue(), queue.PriorityQueue(), queue.SimpleQueue()
for i in (2, 3, 1): l.put(i); p.put((i, "x")); s.put(i)
print([l.get() for _ in range(3)], [p.get()[0] for _ in range(3)], [s.get() for _ in range(3)], s.empty())
jobs = queue.PriorityQueue()
for n, name in ((3, "c"), (1, "a")): jobs.put(Job(n, name))
print(jobs.get(), jobs.get().name)
q.task_done(); q.task_done()
median_low, median_high, out = [], [], []
for x in (5, 15, 1, 3, 8):
    heapq.heappush(median_low, -heapq.heappushpop(median_high, x))
    if len(median_low) > len(median_high): heapq.heappush(median_high, -heapq.heappop(median_low))
    out.append(median_high[0] if len(median_high) > len(median_low) else (median_high[0] - median_low[0]) / 2)
print(out)
