from collections import Counter, defaultdict, deque, namedtuple, OrderedDict, ChainMap

c = Counter("mississippi")
print(c, c.most_common(2), c["s"], c["z"], sorted(c.elements()), c.total(), c + Counter("miss"), c - Counter("miss"), c & Counter("sip"), c | Counter("zz"), Counter(a=3, b=-1) + Counter(), -Counter(a=-2), Counter({"x": 2}) == Counter("xx"), Counter("aab") <= Counter("aabb"))
c.update("zzz"); c.subtract("ss"); c["q"] += 1
del c["m"]
print(c, list(c), dict(c), Counter(["a", "b", "a"]).items(), sum(c.values()), c.pop("z"))
d = defaultdict(list)
for k, v in [("a", 1), ("b", 2), ("a", 3)]:
    d[k].append(v)
print(d, d["new"], dict(d), "x" in d, d.get("y"), defaultdict(int, {"k": 1}) | {"z": 2})
tree = lambda: defaultdict(tree)
t = tree(); t["a"]["b"]["c"] = 1
print(t["a"]["b"]["c"], list(t["a"]))
q = deque([1, 2, 3], maxlen=4)
q.append(4); q.append(5); q.appendleft(0); q.rotate(1)
print(q, q.pop(), q.popleft(), q, len(q), q[0], q.maxlen, q.count(2), q.index(2), list(reversed(q)), deque("ab") + deque("c"), deque("ab") * 2, deque([1]) < deque([2]), 2 in q)
q.extend([7, 8]); q.extendleft([9]); q.insert(1, "i") if len(q) < 4 else None
q.remove(7); q.reverse(); print(q, q.copy() == q); q.clear(); print(q)
try:
    q.pop()
except IndexError as e:
    print(e)
P = namedtuple("P", ["x", "y"], defaults=[0])
p = P(1)
print(p, p.x, p[1], p._asdict(), p._replace(y=5), P._fields, P._make([7, 8]), P._field_defaults, p == (1, 0), hash(p) == hash((1, 0)), [*p], P.__doc__, repr(P(x="a")), P.x.__doc__, isinstance(p, tuple), p < P(2), max(P(1, 2), P(1, 3)))
for bad in (lambda: P(), lambda: p._replace(z=1), lambda: setattr(p, "x", 2), lambda: namedtuple("Q", "class x"), lambda: namedtuple("Q", "a a"), lambda: P(1, 2, 3)):
    try:
        bad()
    except (TypeError, ValueError, AttributeError) as e:
        print(type(e).__name__, e)
print(namedtuple("R", "a class a", rename=True)._fields)
class Q(namedtuple("Q", "w h")):
    __slots__ = ()
    @property
    def area(self): return self.w * self.h
    def __str__(self): return f"{self.w}x{self.h}"
print(Q(2, 3).area, str(Q(2, 3)), Q(2, 3))
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a"); o.move_to_end("c", last=False)
print(o, o.popitem(), o.popitem(last=False), o == {"b": 2}, OrderedDict([("a", 1), ("b", 2)]) == OrderedDict([("b", 2), ("a", 1)]), list(reversed(OrderedDict.fromkeys("xyz"))))
class LRU(OrderedDict):
    def __init__(self, size): super().__init__(); self.size = size
    def __getitem__(self, k):
        v = super().__getitem__(k); self.move_to_end(k); return v
    def __setitem__(self, k, v):
        super().__setitem__(k, v)
        if len(self) > self.size: del self[next(iter(self))]
l = LRU(2); l["a"] = 1; l["b"] = 2; l["a"]; l["c"] = 3
print(list(l.items()))
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
m["c"] = 9
print(m["a"], m["b"], dict(m) == {"a": 1, "b": 3, "c": 9}, m.maps, m.new_child({"b": 0})["b"], m.parents, len(m), "b" in m, sorted(m))
dd = {"a": 1, "b": 2}
print(dd.keys() & {"a", "z"}, dd.items() - {("a", 1)}, dd.keys() ^ {"b"}, dd | {"c": 3}, dd.setdefault("d", []), dd.pop("zz", None), list(dd.items()), dict.fromkeys("ab", 0), {v: k for k, v in list(dd.items())[:2]}, sorted(dd, key=str, reverse=True), list(reversed(dd)), dd.get("q", "dflt"))
dd |= {"e": 5}; dd.update(f=6); dd.popitem(); del dd["a"]; print(dd, dd == {"b": 2, "d": [], "e": 5}, {**dd, "b": 0})
s = {1, 2, 3}
print(s & {2, 9}, s | {4}, s - {1}, s ^ {3, 4}, s <= {1, 2, 3, 4}, s.isdisjoint({7}), s.issuperset([1]), s.union([5], (6,)), s.symmetric_difference([1]), frozenset([1, 2]) & s, {frozenset({1}): "ok"}[frozenset([1])], len({1, 1.0, True}), sorted(s, reverse=True))
s.add(9); s.discard(100); s.update([7, 8]); s -= {1}; s &= {2, 7, 9}; s |= {0}; print(sorted(s), s.pop() in (0, 2, 7, 9), s.remove(9) if 9 in s else "")
try:
    s.remove(42)
except KeyError as e:
    print("KeyError", e)
try:
    for k in dd: dd[k + "x"] = 1
except RuntimeError as e:
    print(e)
try:
    {[]: 1}
except TypeError as e:
    print(e)
