import re
from collections import Counter, defaultdict, namedtuple
from datetime import datetime, timedelta
from itertools import groupby

LOG = """\
2024-03-01 10:00:01,120 INFO  [web] GET /index.html 200 12ms
2024-03-01 10:00:02,001 ERROR [db] connection lost: timeout after 30s
2024-03-01 10:00:05,700 INFO  [web] GET /api/users?id=5 200 45ms
2024-03-01 10:01:10,000 WARN  [web] POST /api/users 404 7ms
garbage line
2024-03-01 10:03:00,500 INFO  [web] GET /index.html 200 10ms
2024-03-01 11:00:00,000 ERROR [db] connection lost: timeout after 31s
"""
LINE = re.compile(r"(?P<when>\S+ \S+) (?P<level>[A-Z]+)\s+\[(?P<source>\w+)\] (?P<message>.*)")
REQUEST = re.compile(r"(?P<method>GET|POST) (?P<path>[^ ?]+)(?:\?(?P<query>\S+))? (?P<status>\d{3}) (?P<ms>\d+)ms")
Entry = namedtuple("Entry", "when level source message")


def parse(text):
    for line in text.splitlines():
        if m := LINE.match(line):
            yield Entry(datetime.strptime(m["when"], "%Y-%m-%d %H:%M:%S,%f"), *m.groups()[1:])


entries = list(parse(LOG))
print(Counter(e.level for e in entries).most_common(), len(entries), entries[0].when, entries[-1].when - entries[0].when)
times = defaultdict(list)
for e in entries:
    if m := REQUEST.match(e.message):
        times[m["method"], m["path"]].append((int(m["ms"]), m["status"], m["query"]))
for (method, path), hits in sorted(times.items()):
    ms = [h[0] for h in hits]
    print(f"{method:5}{path:15}{len(hits):3}{sum(ms) / len(ms):7.1f} {hits[0][2]}")
for hour, group in groupby(entries, key=lambda e: e.when.replace(minute=0, second=0, microsecond=0)):
    print(hour.isoformat(), [e.level[0] for e in group])
bursts, window = [], timedelta(seconds=10)
for a, b in zip(entries, entries[1:]):
    bursts.append(b.when - a.when < window)
print(bursts)
generic = Counter(re.sub(r"\d+", "N", e.message) for e in entries if e.level == "ERROR")
print(generic)
