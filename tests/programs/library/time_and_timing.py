import time
from datetime import datetime, date, timedelta, timezone

start = time.perf_counter()
t0, m0 = time.time(), time.monotonic()
time.sleep(0.01)
print(time.time() > t0, time.monotonic() - m0 >= 0.009, time.perf_counter() > start, time.time_ns() > 1e18, time.process_time() >= 0)
now = datetime.now()
print(isinstance(now, datetime), abs(now.timestamp() - time.time()) < 5, date.today() == now.date() or True, datetime.now(timezone.utc).tzinfo, (datetime.now() - now) < timedelta(seconds=5), abs((datetime.utcnow() - datetime(1970, 1, 1)).total_seconds() - time.time()) < 5, datetime.now(timezone(timedelta(hours=3))).utcoffset(), datetime.today().year == time.localtime().tm_year)
g = time.gmtime(86400 * 365)
print(g.tm_year, g.tm_yday, time.strftime("%Y-%m-%d %H:%M:%S", g), time.strptime("30 Nov 00", "%d %b %y")[:3], time.asctime(g), time.gmtime(0).tm_wday)


class Timer:
    def __enter__(self):
        self.start = time.perf_counter()
        return self
    def __exit__(self, *exc):
        self.elapsed = time.perf_counter() - self.start


with Timer() as t:
    sum(range(100))
print(t.elapsed >= 0, type(t.elapsed).__name__)
class Throttle:
    def __init__(self, rate, clock=time.monotonic): self.rate, self.clock, self.allowed, self.last = rate, clock, rate, clock()
    def ok(self):
        now = self.clock()
        self.allowed = min(self.rate, self.allowed + (now - self.last) * self.rate)
        self.last = now
        if self.allowed < 1: return False
        self.allowed -= 1
        return True
fake = iter([0, 0.1, 0.2, 0.3, 0.4, 2]).__next__
th = Throttle(2, fake)
print([th.ok() for _ in range(5)])
def human(seconds):
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size: return f"{seconds / size:.1f}{unit}"
    return f"{seconds}s"
print([human(s) for s in (5, 65, 7200, 200000)])
