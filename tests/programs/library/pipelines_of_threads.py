import queue
import threading
import time
from collections import Counter

END = object()


def stage(function, source, sink):
    while (item := source.get()) is not END:
        for result in function(item): sink.put(result)
        source.task_done()
    source.task_done()
    sink.put(END)


def words(line): return [w.strip(".,") for w in line.split()]


lines = queue.Queue(2)
class Tokens(queue.Queue):
    """A queue that drops what it has seen."""
    def _init(self, maxsize): self.items, self.seen = [], set()
    def _qsize(self): return len(self.items)
    def _put(self, item):
        if item not in self.seen or item is END: self.items.append(item)
        self.seen.add(item)
    def _get(self): return self.items.pop(0)


tokens = Tokens()
threads = [threading.Thread(target=stage, args=(words, lines, tokens))]
counts = Counter()
def count():
    while (item := tokens.get()) is not END: counts[item] += 1; tokens.task_done()
    tokens.task_done()
threads.append(threading.Thread(target=count))
for t in threads: t.start()
for line in ["It was the best of times,", "it was the worst of times.", "What times"] * 5: lines.put(line)
lines.put(END)
lines.join()
for t in threads: t.join()
print(sorted(counts.items()), lines.unfinished_tasks, tokens.empty())
# Many readers and writers under one condition.
class Shared:
    def __init__(self): self.readers, self.log, self.free = 0, [], threading.Condition()
    def read(self):
        with self.free: self.readers += 1
        time.sleep(0.01)
        with self.free:
            self.log.append("read"); self.readers -= 1
            if not self.readers: self.free.notify_all()
    def write(self):
        with self.free:
            print(self.free.wait_for(lambda: not self.readers, 5), end=" ")
            self.log.append("write")


shared = Shared()
crew = [threading.Thread(target=shared.read) for _ in range(5)] + [threading.Thread(target=shared.write) for _ in range(2)]
for t in crew: t.start()
for t in crew: t.join()
print(shared.log)
# So many at a time; rounds at a barrier.
gate, inside, most = threading.BoundedSemaphore(3), [0], [0]
def visit():
    with gate:
        inside[0] += 1; most[0] = max(most[0], inside[0]); time.sleep(0.01); inside[0] -= 1
crew = [threading.Thread(target=visit) for _ in range(10)]
for t in crew: t.start()
for t in crew: t.join()
try: gate.release()
except ValueError as e: print(most[0], e)
rounds, barrier = [], threading.Barrier(3, action=lambda: rounds.append(len(rounds)))
def run():
    for _ in range(4): barrier.wait()
crew = [threading.Thread(target=run) for _ in range(3)]
for t in crew: t.start()
for t in crew: t.join()
print(rounds, barrier.n_waiting, barrier.broken, barrier.parties)
def meet():
    try: barrier.wait(); print("through")
    except threading.BrokenBarrierError: print("broken")
one = threading.Thread(target=meet); one.start(); time.sleep(0.02); barrier.reset(); one.join(); print(barrier.broken)
one = threading.Thread(target=meet); one.start(); time.sleep(0.02); barrier.abort(); one.join(); print(barrier.broken)
q = queue.SimpleQueue()
threading.Timer(0.03, q.put, ["late"]).start()
print(q.get(timeout=5), q.empty())
try: q.get(timeout=0.01)
except queue.Empty: print("nothing more")
