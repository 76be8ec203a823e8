import sched
import timeit
import time


class FakeTime:
    now = 0
    def time(self): return self.now
    def sleep(self, t): self.now += t


clock = FakeTime()
s = sched.scheduler(clock.time, clock.sleep)
log = []
s.enter(5, 1, lambda: log.append(("b", clock.now)))
s.enter(2, 1, log.append, argument=(("a", 2),))
s.enterabs(5, 0, lambda **k: log.append(k), kwargs={"first": True})
cancelled = s.enter(9, 1, print)
s.cancel(cancelled)
print(len(s.queue), s.empty())
s.run()
print(log, clock.now, s.empty())
try:
    s.cancel(cancelled)
except ValueError as e:
    print("not there")
print(timeit.timeit("x = sum(range(10))", number=20) >= 0, len(timeit.repeat(lambda: None, repeat=2, number=5)), timeit.Timer("a + 1", "a = 1").timeit(10) >= 0, timeit.default_timer() > 0)
def every(seconds, times):
    def again(n):
        log.append(clock.now)
        if n > 1: s.enter(seconds, 1, again, (n - 1,))
    s.enter(seconds, 1, again, (times,))
log.clear(); every(10, 3); s.run(); print(log)
