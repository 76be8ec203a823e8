import functools
import time
from functools import wraps


def log(f):
    @wraps(f)
    def wrapper(*args, **kwargs):
        result = f(*args, **kwargs)
        print(f"{f.__name__}{args}{kwargs or ''} -> {result}")
        return result
    return wrapper


def repeat(times):
    def decorator(f):
        @wraps(f)
        def wrapper(*a, **k):
            return [f(*a, **k) for _ in range(times)]
        wrapper.times = times
        return wrapper
    return decorator


def memoize(f):
    cache = {}
    @wraps(f)
    def wrapper(*args):
        if args not in cache:
            cache[args] = f(*args)
        return cache[args]
    wrapper.cache = cache
    return wrapper


class CountCalls:
    def __init__(self, f):
        functools.update_wrapper(self, f)
        self.f, self.calls = f, 0

    def __call__(self, *a, **k):
        self.calls += 1
        return self.f(*a, **k)

    def __get__(self, instance, owner):
        return functools.partial(self, instance) if instance is not None else self


def retry(*exceptions, tries=3):
    def decorator(f):
        @wraps(f)
        def wrapper(*a, **k):
            for attempt in range(1, tries + 1):
                try:
                    return f(*a, **k)
                except exceptions as e:
                    print(f"attempt {attempt} failed: {e}")
                    if attempt == tries:
                        raise
        return wrapper
    return decorator


def timed(f):
    def wrapper(*a):
        start = time.perf_counter()
        try:
            return f(*a)
        finally:
            wrapper.elapsed = time.perf_counter() - start
    return wrapper


def typed(f):
    hints = f.__annotations__
    @wraps(f)
    def wrapper(**kwargs):
        for name, value in kwargs.items():
            if name in hints and not isinstance(value, hints[name]):
                raise TypeError(f"{name} should be {hints[name].__name__}")
        return f(**kwargs)
    return wrapper


def singleton(cls):
    instances = {}
    def get(*a, **k):
        return instances.setdefault(cls, None) or instances.__setitem__(cls, cls(*a, **k)) or instances[cls]
    return get


def add_show(cls):
    cls.show = lambda self: f"{cls.__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"
    return cls


@log
@repeat(2)
def greet(name, punct="!"):
    """Say hello."""
    return f"hi {name}{punct}"


greet("Ann")
greet("Bob", punct="?")
print(greet.__name__, greet.__doc__, greet.__wrapped__.times)


@memoize
def slow(n):
    return n if n < 2 else slow(n - 1) + slow(n - 2)


print(slow(40), len(slow.cache))


class Service:
    @CountCalls
    def ping(self, x):
        return x * 2


s = Service()
print(s.ping(2), s.ping(3), Service.ping.calls, Service.ping.__name__)
fails = iter([ValueError("one"), KeyError("two"), None])


@retry(ValueError, KeyError)
def flaky():
    e = next(fails)
    if e:
        raise e
    return "fine"


print(flaky())


@timed
def work(n):
    return sum(range(n))


print(work(10), work.elapsed >= 0)


@typed
def area(w: int, h: int) -> int:
    return w * h


print(area(w=2, h=3))
try:
    area(w="a", h=3)
except TypeError as e:
    print(e)


@add_show
class P:
    def __init__(self): self.x, self.y = 1, "b"


print(P().show(), [f(3) for f in map(lambda d: d(lambda x: x + 1), (memoize, timed))])
registry = {}
def register(name): return lambda f: registry.setdefault(name, f)
@register("sq")
def square(x): return x * x
print(registry["sq"](9), square(4))
