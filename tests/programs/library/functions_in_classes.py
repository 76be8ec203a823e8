"""Functions of the library as attributes of classes, classes made by type(), and a logger that is given nonsense."""

import logging
import math
import sys
import time


class Stopwatch:
    clock = time.perf_counter
    wall = time.time
    factorial = math.factorial
    root = math.isqrt

    def lap(self):
        return self.clock() >= 0 and self.wall() > 0


class Utc(logging.Formatter):
    converter = time.gmtime


print(Stopwatch().lap(), Stopwatch().factorial(5), Stopwatch().root(17))
print(time.sleep.__name__, callable(time.sleep), math.gcd.__name__)

made = type("Made", (), {"x": 1})
print(made.__module__, made.__qualname__, made().x)

handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(Utc("%(asctime)s|%(message)s", "at"))
log = logging.getLogger("watch")
log.addHandler(handler)
log.warning("%d laps", 3, extra={})
log.warning("%d laps", "many")  # told on standard error; the program goes on
record = logging.makeLogRecord({"msg": "fixed", "created": 0.0})
print(Utc("%(asctime)s|%(message)s", "%Y-%m-%d %H:%M").format(record))
print("done")
