import datetime
import math
from decimal import Decimal

name, n, pi, items = "World", 42, math.pi, [1, 2, 3]
d = {"key": "value", "n": 7}
when = datetime.datetime(2024, 2, 29, 13, 5, 9)
width, prec = 12, 3
print(f"Hello {name}!", f"{n=}", f"{pi:.3f}", f"{pi=:.2f}", f"{name!r:>10}", f"{items[1]} {d['key']}", f"{n + 1 = }")
print(f"{pi:{width}.{prec}}|{name:^{width}}|{name:*<10}|{name:>{len(name) + 3}}|")
print(f"{n:05d} {n:+d} {n: d} {n:x} {n:#o} {n:b} {n:e} {n:%} {n:c} {-n:=+8} {1234567.891:,.2f} {1234567:_}")
print(f"{0.1 + 0.2} {1e100} {1e-7} {float('inf')} {float('nan')} {-0.0} {1.0} {100000000000000000.0} {123456789.123456789:g} {1.5:n}")
print(f"{when:%Y-%m-%d %H:%M:%S} {when:%A, %d %B} {when.date()} {when!s:.10}")
print(f"{'outer ' + f'{n} inner'} {f'{name}' * 2}")
print(f"{{literal}} {'yes' if n > 40 else 'no'} {(lambda x: x * 2)(4)} {[x for x in items if x > 1]} { {'a': 1}['a'] }")
print(f'''multi
{name}
line''', rf"raw\n{n}", f"{name[::-1].upper()}", f"{n!s}{n!r}{'é'!a}")
print(f"{Decimal('3.14159'):.2f} {Decimal('1E+3'):f} {True:d} {True} {None} {1 + 2j:.1f} {2 ** 70:,} {-7 // 2}")
print("{} {} {0}".replace("{0}", "x").format(1, 2), "{1} {0} {1}".format("a", "b"), "{a} {b[0]} {c.real}".format(a=1, b=[2], c=3), "{:>{w}}".format("q", w=4), "{0!r:^7}".format("s"))
print("%s %d %05.2f %x %r %% %-5s| %5s %+d %e %c %i %o" % ("s", 3, 2.5, 255, "r", "l", "r", 5, 12345.678, "c", 3.9, 8))
print("%(a)s and %(b)03d" % {"a": 1, "b": 2}, "%s" % (1,), "%*d" % (5, 42), "%.3s" % "abcdef", "%s" % [1, 2])
class V:
    def __init__(self, x, y): self.x, self.y = x, y
    def __format__(self, spec):
        if spec.endswith("p"):
            return f"<{math.hypot(self.x, self.y):{spec[:-1]}}>"
        return f"({format(self.x, spec)}, {format(self.y, spec)})"
    def __str__(self): return "V!"
v = V(3, 4)
print(f"{v} {v:.1f} {v:.2fp} {v!s}", format(v, "d"), "{:.1f}".format(v), "{0.x}".format(v), str(v))
print(str(1.0), repr(0.1), repr("it's"), repr('q"'), repr("a\n\t\\\x00é\u200b😀"), ascii("é😀"), repr(b"a\xff'"))
for bad in (lambda: f"{'a':d}", lambda: "{} {}".format(1), lambda: "{x}".format(), lambda: f"{1.5:d}", lambda: "%d" % "x", lambda: "%s %s" % 1, lambda: "{".format(), lambda: f"{[]:5}", lambda: "{0} {}".format(1, 2)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print("abc".center(11, "-"), "x".zfill(5), "-42".zfill(6), "a\tb".expandtabs(4), "left".ljust(8, ".") + "|", "right".rjust(8) + "|")
table = [("apple", 1.5, 10), ("banana", 0.25, 150)]
for fruit, price, count in table:
    print(f"{fruit:<10}|{price:>8.2f}|{count:^7d}|{price * count:>10,.2f}")
