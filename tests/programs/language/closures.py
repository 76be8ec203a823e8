def counter(start=0):
    count = start

    def increment(by=1):
        nonlocal count
        count += by
        return count

    def reset():
        nonlocal count
        count = start

    increment.reset = reset
    return increment


c = counter(10)
print(c(), c(), c(5))
c.reset()
print(c())
adders = [lambda x, n=n: x + n for n in range(3)]
late = [lambda x: x + n for n in range(3)]
print([f(10) for f in adders], [f(10) for f in late])


def compose(*functions):
    def composed(x):
        for f in reversed(functions):
            x = f(x)
        return x
    return composed


def curry(f, n):
    def curried(*args):
        return f(*args) if len(args) >= n else lambda *more: curried(*args, *more)
    return curried


print(compose(str, abs, int)("-42"), curry(lambda a, b, c: a + b * c, 3)(1)(2)(3), curry(lambda a, b: a - b, 2)(5, 3))


def make_account():
    balance = 0
    def deposit(x):
        nonlocal balance
        balance += x
        return balance
    def get(): return balance
    return {"deposit": deposit, "get": get}


acc = make_account()
acc["deposit"](30)
print(acc["get"](), acc["deposit"](12))

x = "global"


def outer():
    x = "outer"
    def inner():
        global x
        x = "changed"
        return x
    r = inner()
    return r, x


print(outer(), x)


def defaults(a, b=[], *args, c, d=4, **kw):
    b.append(a)
    return a, list(b), args, c, d, kw


print(defaults(1, c=3), defaults(2, c=3), defaults(3, [9], 5, 6, c=0, e=7))
def pos(a, /, b, *, c): return a, b, c
print(pos(1, b=2, c=3), pos(1, 2, c=3))
for bad in (lambda: pos(a=1, b=2, c=3), lambda: pos(1, 2, 3), lambda: pos(1), lambda: pos(1, 2, c=3, d=4), lambda: defaults()):
    try:
        bad()
    except TypeError as e:
        print(e)
fact = (lambda f: (lambda x: x(x))(lambda y: f(lambda a: y(y)(a))))(lambda f: lambda n: 1 if n < 2 else n * f(n - 1))
print(fact(10))
print((lambda *a, **k: (a, k))(*[1, 2], *(3,), **{"x": 1}, **dict(y=2)))
try:
    def use_before():
        print(y)
        y = 1
    use_before()
except UnboundLocalError as e:
    print(type(e).__name__, "y" in str(e))
try:
    undefined_name
except NameError as e:
    print(e, e.name)
del x
print("x" in globals())
