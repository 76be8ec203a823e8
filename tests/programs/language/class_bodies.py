class Config:
    """Class bodies run like code."""
    values = {}
    for key in ("a", "b"):
        values[key] = key * 2
    if len(values) == 2:
        state = "complete"
    else:
        state = "partial"
    del key

    def helper(n): return n + 1
    number = helper(41)
    squares = [i * i for i in range(4)]
    try:
        missing = undefined
    except NameError:
        missing = None

    class Meta:
        ordering = ["name"]

    @property
    def size(self): return len(self.values)

    __slots__ = ()


print(Config.values, Config.state, Config.number, Config.squares, Config.missing, Config.Meta.ordering, Config().size, hasattr(Config, "key"), Config.__doc__, Config.__name__, Config.__qualname__, Config.__module__)


class Counter:
    count = 0
    instances: list = []

    def __init__(self):
        Counter.count += 1
        self.count = self.count * 10
        self.instances.append(self)


a, b = Counter(), Counter()
print(Counter.count, a.count, b.count, len(Counter.instances), a.instances is b.instances)
Counter.added = lambda self: "added"
Counter.static = staticmethod(lambda: "static")
a.own = 5
print(a.added(), Counter.static(), b.static(), vars(a), "own" in vars(b), getattr(b, "own", "none"))


def factory(base, **attributes):
    class Made(base):
        def describe(self): return f"{type(self).__name__}({super().describe()}, {attributes})" if hasattr(super(), "describe") else f"{type(self).__name__}{attributes}"
    for name, value in attributes.items(): setattr(Made, name, value)
    Made.__name__ = f"Made{base.__name__.title()}"
    return Made


One = factory(object, x=1)
Two = factory(One, y=2)
print(One().describe(), Two().describe(), Two().x, Two.__name__, issubclass(Two, One))


class Mixin:
    def save(self, **k): return ["mixin", *super().save(**k)]
class Base:
    def save(self, **k): return ["base", sorted(k.items())]
class Model(Mixin, Base):
    def save(self, *, force=False, **k): return ["model", *super().save(force=force, **k)]
print(Model().save(force=True, x=1))
class Meta(type):
    def __getitem__(cls, item): return f"{cls.__name__}[{item}]"
    def __iter__(cls): return iter(sorted(n for n in vars(cls) if not n.startswith("_")))
    def __add__(cls, other): return type(f"{cls.__name__}{other.__name__}", (cls, other), {})
    def __instancecheck__(cls, obj): return getattr(obj, "tag", None) == cls.__name__ or super().__instancecheck__(obj)
class P(metaclass=Meta):
    beta, alpha = 1, 2
class Q(metaclass=Meta): ...
class Tagged: tag = "P"
print(P["k"], list(P), (P + Q).__name__, isinstance(Tagged(), P), isinstance(5, P), [k.__name__ for k in (P + Q).__bases__])
