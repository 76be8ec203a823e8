class Registry(type):
    classes = []

    def __new__(mcls, name, bases, namespace, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace)
        mcls.classes.append(name)
        return cls

    def __init__(cls, name, bases, namespace, tag=None):
        super().__init__(name, bases, namespace)
        cls.tag = tag or name.lower()

    def __call__(cls, *args, **kwargs):
        instance = super().__call__(*args, **kwargs)
        instance.made_by = cls.tag
        return instance

    def __len__(cls):
        return len(cls.classes)

    def __contains__(cls, name):
        return name in cls.classes

    @property
    def shout(cls):
        return cls.__name__.upper()


class Base(metaclass=Registry):
    pass


class Child(Base, tag="kid"):
    def __init__(self, x=1):
        self.x = x


print(Registry.classes, Child.tag, Base.tag, Child(5).made_by, Child(5).x, len(Child), "Base" in Child, Child.shout)
print(type(Child) is Registry, isinstance(Child, Registry), isinstance(Child, type), type(type(Child)) is type)


class Singleton(type):
    _instances = {}

    def __call__(cls, *args, **kwargs):
        if cls not in cls._instances:
            cls._instances[cls] = super().__call__(*args, **kwargs)
        return cls._instances[cls]


class Config(metaclass=Singleton):
    def __init__(self):
        self.values = {}


Config().values["a"] = 1
print(Config() is Config(), Config().values)

# Classes made by type()
Point = type("Point", (), {"__init__": lambda self, x, y: self.__dict__.update(x=x, y=y), "norm": lambda self: (self.x ** 2 + self.y ** 2) ** 0.5})
p = Point(3, 4)
print(p.norm(), Point.__name__, vars(p), type(p) is Point)


class Ordered:
    """Which attributes were defined, in order."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.fields = [k for k in vars(cls) if not k.startswith("_") and k != "fields"]


class Form(Ordered):
    zeta = 1
    alpha = 2
    mid = 3


print(Form.fields)


class Vector:
    def __class_getitem__(cls, n):
        return type(f"Vector{n}", (cls,), {"size": n})


V3 = Vector[3]
print(V3.__name__, V3.size, issubclass(V3, Vector))


class A:
    def who(self): return ["A"]


class B(A):
    def who(self): return ["B"] + super().who()


class C(A):
    def who(self): return ["C"] + super().who()


class D(B, C):
    def who(self): return ["D"] + super().who()


print(D().who(), [c.__name__ for c in D.mro()])
try:
    class Bad(A, B):
        pass
except TypeError as e:
    print(str(e).splitlines()[0])


class Plugin:
    plugins = {}

    def __init_subclass__(cls, name=None, **kw):
        super().__init_subclass__(**kw)
        if name:
            cls.plugins[name] = cls


class Upper(Plugin, name="upper"):
    def __call__(self, s): return s.upper()


class Reverse(Plugin, name="reverse"):
    def __call__(self, s): return s[::-1]


text = "hello"
for name, plugin in sorted(Plugin.plugins.items()):
    print(name, plugin()(text))
