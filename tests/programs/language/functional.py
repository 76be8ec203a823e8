import functools
import operator
from functools import partial, partialmethod, reduce, singledispatch, singledispatchmethod, cached_property, cmp_to_key, total_ordering, wraps
from operator import itemgetter, attrgetter, methodcaller, add, mul


@singledispatch
def show(x): return f"object {x}"
@show.register
def _(x: int): return f"int {x}"
@show.register(float)
def _(x): return f"float {x:.1f}"
@show.register(list)
@show.register(tuple)
def _(x): return "[" + ", ".join(map(show, x)) + "]"
@show.register
def _(x: dict): return "{" + ", ".join(f"{k}: {show(v)}" for k, v in x.items()) + "}"


class Cell:
    def __init__(self): self.alive = False
    def set_state(self, state): self.alive = bool(state)
    set_alive = partialmethod(set_state, True)
    set_dead = partialmethod(set_state, False)

    @singledispatchmethod
    def neg(self, x): raise NotImplementedError("cannot negate")
    @neg.register
    def _(self, x: int): return -x
    @neg.register
    def _(self, x: str): return x[::-1]

    @cached_property
    def expensive(self):
        print("computing")
        return 42


@total_ordering
class Card:
    RANKS = "23456789TJQKA"
    def __init__(self, s): self.rank, self.suit = s
    def __eq__(self, o): return self.rank == o.rank
    def __lt__(self, o): return self.RANKS.index(self.rank) < self.RANKS.index(o.rank)
    def __repr__(self): return self.rank + self.suit


print(show("s"), show(3), show(2.55), show([1, 2.0, "x"]), show({"a": (1,)}), show(True), show.dispatch(bool)(7))
print(sorted(t.__name__ for t in show.registry))
c = Cell(); c.set_alive(); print(c.alive); c.set_dead(); print(c.alive, c.neg(5), c.neg("abc"))
try:
    c.neg(1.5)
except NotImplementedError as e:
    print(e)
print(c.expensive, c.expensive, "expensive" in vars(c))
del c.expensive
print(c.expensive)
print(sorted(map(Card, ["Th", "2c", "As", "9d"])), max(map(Card, ["Kh", "Qd"])), Card("2h") >= Card("2s"), Card("3h") > Card("Ah"))
print(reduce(add, range(10)), reduce(mul, [1, 2, 3], 10), reduce(lambda a, b: f"({a}{b})", "abcd"))
try:
    reduce(add, [])
except TypeError as e:
    print(e)
base2 = partial(int, base=2)
print(base2("1010"), base2.func is int, base2.keywords, partial(print, "a", sep="-").args, partial(partial(add, 1), 2)())
def compare(a, b): return (len(a) > len(b)) - (len(a) < len(b)) or (a > b) - (a < b)
print(sorted(["ccc", "a", "bb", "aa"], key=cmp_to_key(compare)))
people = [{"n": "A", "a": 3}, {"n": "B", "a": 1}]
print(list(map(itemgetter("n"), people)), itemgetter(0, 2)("xyz"), min(people, key=itemgetter("a")), attrgetter("real", "imag")(3 + 4j), methodcaller("split", ",", 1)("a,b,c"))
print(operator.concat("a", "b"), operator.contains([1], 1), operator.truediv(7, 2), operator.not_(0), operator.xor(6, 3), operator.index(True), operator.is_(None, None), operator.itemgetter(slice(1, 3))("hello"), operator.countOf([1, 2, 1], 1), operator.indexOf("abc", "c"), operator.length_hint(iter([1, 2])))
@functools.lru_cache(maxsize=2)
def sq(x): return x * x
for x in (1, 2, 1, 3, 2): sq(x)
print(sq.cache_info(), sq.cache_parameters())
try:
    sq([])
except TypeError as e:
    print(e)
compose = lambda *fs: reduce(lambda f, g: lambda *a: g(f(*a)), fs)
print(compose(str.strip, str.title, str.swapcase)("  hello world "))
pipeline = [(filter, lambda x: x % 2), (map, lambda x: x ** 2), (sorted, None)]
data = range(8)
for f, arg in pipeline: data = f(arg, data) if arg else f(data)
print(data)
def flip(f): return wraps(f)(lambda *a: f(*reversed(a)))
print(flip(pow)(2, 3), flip(operator.sub)(1, 10), list(map(flip(divmod), [3, 4], [10, 10])))
