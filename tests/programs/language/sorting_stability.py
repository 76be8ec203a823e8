from functools import cmp_to_key
from operator import itemgetter, attrgetter

records = [("dave", "B", 10), ("jane", "B", 12), ("john", "A", 15), ("anna", "A", 10), ("zed", "C", 10)]
print(sorted(records, key=itemgetter(2)), sorted(records, key=itemgetter(1, 2)), sorted(records, key=itemgetter(2), reverse=True), sep="\n")
records.sort(key=lambda r: r[0]); records.sort(key=lambda r: r[1], reverse=True); print(records)
class Key:
    def __init__(self, obj): self.obj = obj
    def __lt__(self, other): return self.obj > other.obj
print(sorted([3, 1, 2], key=Key), sorted("bca", key=Key, reverse=True))
def natural(s):
    import re
    return [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", s)]
print(sorted(["f10", "f2", "f1", "g1"], key=natural), sorted(["b", "A", "a", "B"], key=lambda s: (s.lower(), s)), sorted([(1, "b"), (1, "a")]), sorted({"x": 2, "y": 1}.items(), key=lambda kv: kv[1]))
print(sorted([0.0, -0.0, 1, True, False], key=abs), sorted([[2], [1, 5], [1]]), sorted(["", "a", "aa"], key=len, reverse=True), list(reversed(sorted("hello"))), sorted(range(5), key=lambda n: -n % 3))
def vote(a, b): return (a > b) - (a < b)
print(sorted([5, 2, 9], key=cmp_to_key(lambda a, b: vote(b, a))), max("apple", "fig", key=len), min([], default="none"), max([3, 1], [2, 9]), max({"a": 1, "b": 3}, key={"a": 1, "b": 3}.get))
xs = [5, 3, 8]
ys = xs
xs.sort()
print(ys, xs is ys, sorted(xs) is xs, [1, 2, 3] == sorted([3, 2, 1]), xs.reverse(), xs)
for bad in (lambda: sorted([1, None]), lambda: sorted([1], lambda x: x), lambda: [3, 1].sort(key=5), lambda: max([]), lambda: sorted([1j, 2j])):
    try:
        bad()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
