from collections.abc import MutableMapping, MutableSequence, Set, Mapping, Sequence, Hashable, Iterable, Sized, Callable
from collections import UserDict, UserList, UserString


class CaseInsensitive(MutableMapping):
    def __init__(self, *args, **kwargs):
        self._data = {}
        self.update(*args, **kwargs)

    def __getitem__(self, key): return self._data[key.lower()][1]
    def __setitem__(self, key, value): self._data[key.lower()] = key, value
    def __delitem__(self, key): del self._data[key.lower()]
    def __iter__(self): return (k for k, _ in self._data.values())
    def __len__(self): return len(self._data)
    def __repr__(self): return f"{type(self).__name__}({dict(self.items())})"


class Limited(MutableSequence):
    def __init__(self, limit, items=()):
        self.limit, self.items = limit, []
        self.extend(items)

    def __getitem__(self, i): return self.items[i]
    def __setitem__(self, i, v): self.items[i] = v
    def __delitem__(self, i): del self.items[i]
    def __len__(self): return len(self.items)

    def insert(self, i, v):
        if len(self) >= self.limit:
            raise OverflowError("full")
        self.items.insert(i, v)


class Interval(Set):
    def __init__(self, lo, hi=None):
        if hi is None:
            xs = list(lo)
            self.xs = frozenset(xs)
        else:
            self.xs = frozenset(range(lo, hi))

    def __contains__(self, x): return x in self.xs
    def __iter__(self): return iter(sorted(self.xs))
    def __len__(self): return len(self.xs)
    def __repr__(self): return f"Interval({sorted(self.xs)})"


h = CaseInsensitive({"Content-Type": "text/html"}, Accept="*/*")
h["CONTENT-TYPE"] = "json"
print(h, h["content-type"], "ACCEPT" in h, h.get("x", 0), h.pop("accept"), len(h), list(h.keys()), h.setdefault("A", 1), h == {"CONTENT-TYPE": "json", "A": 1})
l = Limited(4, "abc")
l.append("d")
print(list(l), l.index("c"), l.count("a"), l.pop(), "b" in l, list(reversed(l)))
l += ["z"]
try:
    l.append("e")
except OverflowError as e:
    print(e)
l.reverse(); l.remove("b")
print(list(l))
a, b = Interval(0, 5), Interval(3, 8)
print(a & b, a | b, a - b, a ^ b, a <= Interval(0, 9), a.isdisjoint(Interval(9, 12)), a == Interval([0, 1, 2, 3, 4]), {1, 2} < a)


class Default(UserDict):
    def __missing__(self, key):
        self[key] = value = len(self)
        return value


class Shouting(UserString):
    def shout(self): return self.upper() + "!"


class Stack(UserList):
    push = UserList.append
    @property
    def top(self): return self[-1]


d = Default()
print([d[c] for c in "hello"], d, Shouting("hi").shout(), Shouting("a") + "b", Shouting("abc")[1:])
s = Stack([1, 2]); s.push(3); print(s, s.top, s[:2], s + [9])
for obj in ([], {}, set(), "", 5, len, (x for x in ()), range(3), h, frozenset()):
    print(type(obj).__name__, *(int(isinstance(obj, k)) for k in (Mapping, Sequence, Set, Hashable, Iterable, Sized, Callable)))


class Missing(dict):
    def __missing__(self, key): return f"<{key}>"


m = Missing(a=1)
print(m["a"], m["b"], m.get("b"), "{a} {zz}".format_map(m), "%(a)s %(q)s" % m)


class Countdown:
    def __init__(self, n): self.n = n
    def __getitem__(self, i):
        if i >= self.n: raise IndexError(i)
        return self.n - i
    def __len__(self): return self.n


c = Countdown(4)
print(list(c), 3 in c, list(reversed(c)), max(c), *c, sep="/")
