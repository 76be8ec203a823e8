from functools import total_ordering
from numbers import Number


@total_ordering
class Money:
    __match_args__ = ("amount", "currency")

    def __init__(self, amount, currency="EUR"):
        self.amount, self.currency = amount, currency

    def _check(self, other):
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")

    def __add__(self, other):
        if isinstance(other, Money):
            self._check(other)
            return Money(self.amount + other.amount, self.currency)
        return NotImplemented

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    def __sub__(self, other):
        return self + -other

    def __mul__(self, k):
        return Money(self.amount * k, self.currency) if isinstance(k, Number) else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, Money):
            self._check(other)
            return self.amount / other.amount
        return Money(self.amount / other, self.currency)

    def __floordiv__(self, n):
        return Money(self.amount // n, self.currency)

    def __mod__(self, n):
        return Money(self.amount % n, self.currency)

    def __divmod__(self, n):
        return self // n, self % n

    def __neg__(self):
        return Money(-self.amount, self.currency)

    def __pos__(self):
        return self

    def __abs__(self):
        return Money(abs(self.amount), self.currency)

    def __eq__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        return (self.amount, self.currency) == (other.amount, other.currency)

    def __lt__(self, other):
        self._check(other)
        return self.amount < other.amount

    def __hash__(self):
        return hash((self.amount, self.currency))

    def __bool__(self):
        return self.amount != 0

    def __int__(self):
        return int(self.amount)

    def __float__(self):
        return float(self.amount)

    def __round__(self, n=None):
        return Money(round(self.amount, n), self.currency)

    def __format__(self, spec):
        return f"{self.amount:{spec or '.2f'}} {self.currency}"

    def __repr__(self):
        return f"Money({self.amount!r}, {self.currency!r})"


a, b = Money(10), Money(3.5)
print(a + b, a - b, a * 2, 2 * a, a / b, a / 4, a // 3, divmod(Money(17), 5), -a, +a, abs(-a))
print(sum([a, b, Money(1)]), a > b, a >= a, a <= b, a != b, a == 10, max(a, b), {a, Money(10)} == {a}, bool(Money(0)))
print(f"{a} {b:.1f} {a:>8.3f}", int(b), float(a), round(Money(2.567), 1))
for bad in (lambda: a + Money(1, "USD"), lambda: a + 5, lambda: a < Money(1, "USD"), lambda: "x" * a, lambda: a < 3):
    try:
        print(bad())
    except (TypeError, ValueError, AttributeError) as e:
        print(type(e).__name__, e)
a += b
a *= 2
print(a)
match a:
    case Money(amount, "EUR") if amount > 20:
        print("much", amount)
    case _:
        print("little")


class Vec(tuple):
    def __new__(cls, *xs): return super().__new__(cls, xs)
    def __matmul__(self, o): return sum(a * b for a, b in zip(self, o))
    def __xor__(self, o): return Vec(*(a ^ b for a, b in zip(self, o)))
    def __lshift__(self, n): return Vec(*(self[n:] + self[:n]))
    def __invert__(self): return Vec(*(-a for a in self))
    def __call__(self, i): return self[i]
    def __contains__(self, x): return any(abs(x - y) < 1e-9 for y in self)


v = Vec(1, 2, 3)
print(v @ v, v ^ Vec(1, 1, 1), v << 1, ~v, v(2), 2.0 in v, isinstance(v, tuple), len(v), v[1:])


class Pipe:
    def __init__(self, f): self.f = f
    def __or__(self, other): return Pipe(lambda x: other.f(self.f(x)))
    def __ror__(self, value): return self.f(value)


double, inc = Pipe(lambda x: x * 2), Pipe(lambda x: x + 1)
print(5 | double | inc, 5 | (inc | double))


class Index:
    def __index__(self): return 2


print([10, 20, 30][Index()], hex(Index()), range(10)[Index()], "abc"[:Index()])
