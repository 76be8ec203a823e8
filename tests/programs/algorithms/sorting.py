import random
import heapq
import bisect
from operator import itemgetter, attrgetter


def bubble(xs):
    xs = xs[:]
    for i in range(len(xs)):
        for j in range(len(xs) - 1 - i):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
    return xs


def insertion(xs):
    out = []
    for x in xs:
        bisect.insort(out, x)
    return out


def quick(xs):
    if len(xs) <= 1:
        return xs
    pivot, *rest = xs
    return quick([x for x in rest if x < pivot]) + [pivot] + quick([x for x in rest if x >= pivot])


def merge(xs):
    if len(xs) < 2:
        return list(xs)
    mid = len(xs) // 2
    return list(heapq.merge(merge(xs[:mid]), merge(xs[mid:])))


def heap(xs):
    h = list(xs)
    heapq.heapify(h)
    return [heapq.heappop(h) for _ in range(len(h))]


def counting(xs):
    counts = [0] * (max(xs) + 1)
    for x in xs:
        counts[x] += 1
    return [x for x, c in enumerate(counts) for _ in range(c)]


def shell(xs):
    xs = list(xs)
    gap = len(xs) // 2
    while gap:
        for i in range(gap, len(xs)):
            item, j = xs[i], i
            while j >= gap and xs[j - gap] > item:
                xs[j] = xs[j - gap]
                j -= gap
            xs[j] = item
        gap //= 2
    return xs


rng = random.Random(42)
data = [rng.randrange(500) for _ in range(120)]
expected = sorted(data)
for algorithm in (bubble, insertion, quick, merge, heap, counting, shell):
    print(f"{algorithm.__name__:>10}: {'ok' if algorithm(data) == expected else 'WRONG'}")

people = [("Ann", 31), ("Bob", 25), ("Cid", 31), ("Dee", 25), ("Eve", 40)]
print(sorted(people, key=itemgetter(1)))
print(sorted(people, key=itemgetter(1), reverse=True))
print(sorted(people, key=lambda p: (-p[1], p[0])))
people.sort(key=itemgetter(0), reverse=True)
people.sort(key=itemgetter(1))
print(people)
print(max(people, key=itemgetter(1)), min(people, key=itemgetter(1)), heapq.nlargest(2, people, key=itemgetter(1)))
print(sorted("the Quick brown Fox".split(), key=str.lower), sorted([3, True, 2.5, False]))
try:
    sorted([1, "a"])
except TypeError as e:
    print("TypeError:", e)
