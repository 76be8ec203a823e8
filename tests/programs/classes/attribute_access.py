class Record:
    """Dictionary with attribute access."""

    def __init__(self, **values):
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name):
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no field {name!r}") from None

    def __setattr__(self, name, value):
        if name.startswith("_"):
            raise AttributeError("private")
        self._values[name] = value

    def __delattr__(self, name):
        del self._values[name]

    def __dir__(self):
        return sorted(self._values)


class Traced:
    def __init__(self): self.a = 1

    def __getattribute__(self, name):
        if not name.startswith("__"):
            print("get", name)
        return super().__getattribute__(name)


class Proxy:
    def __init__(self, target):
        self.__dict__["_target"] = target
        self.__dict__["calls"] = 0

    def __getattr__(self, name):
        attr = getattr(self._target, name)
        if callable(attr):
            def wrapper(*args, **kwargs):
                self.__dict__["calls"] += 1
                return attr(*args, **kwargs)
            return wrapper
        return attr

    def __setattr__(self, name, value):
        setattr(self._target, name, value)


r = Record(x=1, y=2)
r.z = r.x + r.y
print(r.z, dir(r), hasattr(r, "q"), getattr(r, "q", None))
del r.x
for bad in (lambda: r.x, lambda: setattr(r, "_p", 1)):
    try:
        bad()
    except AttributeError as e:
        print(e, e.__suppress_context__)
t = Traced()
print(t.a, hasattr(t, "b"))
p = Proxy([3, 1, 2])
p.sort(); p.append(5)
print(p.index(2), p._target, p.calls)


class Private:
    def __init__(self): self.__secret = 42
    def reveal(self): return self.__secret


class Sub(Private):
    def __init__(self):
        super().__init__()
        self.__secret = 7
    def both(self): return self.__secret, self.reveal()


s = Sub()
print(s.both(), sorted(vars(s)), s._Private__secret, hasattr(s, "__secret"))


class Chain:
    def __init__(self, path=()): self._path = path
    def __getattr__(self, name): return Chain(self._path + (name,))
    def __getitem__(self, key): return Chain(self._path + (f"[{key}]",))
    def __call__(self, *a): return ".".join(self._path) + f"({', '.join(map(repr, a))})"


print(Chain().users[3].posts.list("new", 5))
setattr(Private, "extra", lambda self: "monkey")
print(s.extra(), getattr(s, "reveal")(), callable(s.extra), vars(Record)["__doc__"])
delattr(Private, "extra")
print(hasattr(s, "extra"), [n for n in dir(Private) if not n.startswith("__")])
obj = type("Anon", (), {})()
obj.a, obj.b = 1, 2
print(obj.__dict__, obj.__class__.__name__, isinstance(obj, object))
