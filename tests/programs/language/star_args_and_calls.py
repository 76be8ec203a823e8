def show(*args, **kwargs): return f"{args} {sorted(kwargs.items())}"
def order(a, b=2, *rest, c, d=4, **others): return (a, b, rest, c, d, others)
def only_pos(a, b=1, /): return a - b
def only_kw(*, a, b=1): return a - b


print(show(1, *[2, 3], x=4, **{"y": 5}), order(1, c=3), order(1, 9, 8, 7, c=3, e=5), only_pos(5), only_pos(5, 2), only_kw(b=2, a=1))
calls = []
def note(x): calls.append(x); return x
def f(*a, **k): return len(a) + len(k)
f(note(1), *[note(2)], k=note(3), **{"z": note(4)})
print(calls)
for text in ("order()", "order(1)", "only_pos(a=1)", "only_kw(1)", "show(**{'a': 1}, **{'a': 2})", "order(1, c=1, **{'a': 2})", "show(*5)", "show(**[1])", "order(1, 2, c=3, c2=4, d=5)", "only_kw(a=1, z=2)", "only_pos()", "(lambda: 0)(1)", "f.nope()", "int('1', bas=2)", "[].append(1, 2)", "len()", "print(1, end=5)"):
    try:
        print(eval(text))
    except (TypeError, AttributeError) as e:
        print(text, "->", e)
def outer(fn, *args, **kw): return fn(*args, **kw)
print(outer(outer, outer, max, 3, 9, 4), outer(sorted, [3, 1], reverse=True), (lambda *, k=3: k)(), (lambda a, *b, **c: (a, b, c))(1, 2, x=3))
def defaults(x, acc={}, seen=[]):
    acc[x] = len(acc); seen.append(x)
    return dict(acc), list(seen)
print(defaults("a"), defaults("b"))
def annotated(x: int, *, y: "str" = "q") -> list[int]: return [x]
print(annotated.__annotations__, annotated.__name__, annotated(3))
a, (b, *c), d = [1, (2, 3, 4), 5]
first, *_, last = "hello"
print(a, b, c, d, first, last, [*range(2), *"xy"], {**{"a": 1}, "b": 2}, *(), sep=" ")
class Callable:
    def __call__(self, *a, **k): return ("called", a, k)
    def method(self, *a): return a
    cm = classmethod(lambda cls, *a: (cls.__name__, a))
c = Callable()
m = c.method
print(c(1, k=2), m(3), Callable.method(c, 4), c.cm(5), list(map(c, [1])), callable(c), m == c.method, getattr(c, "method")(6))
import operator, functools
print(functools.partial(order, 1, c=5)(2, d=9), operator.methodcaller("method", 7)(c), functools.reduce(lambda acc, fn: fn(acc), [abs, str, len], -123))
