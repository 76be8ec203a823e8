import collections
import operator
import random
from itertools import (accumulate, chain, combinations, combinations_with_replacement, compress, count, cycle, dropwhile, filterfalse,
                       groupby, islice, pairwise, permutations, product, repeat, starmap, takewhile, tee, zip_longest)


def take(n, iterable): return list(islice(iterable, n))
def prepend(value, iterable): return chain([value], iterable)
def tabulate(f, start=0): return map(f, count(start))
def tail(n, iterable): return iter(collections.deque(iterable, maxlen=n))
def consume(iterator, n=None):
    if n is None:
        collections.deque(iterator, maxlen=0)
    else:
        next(islice(iterator, n, n), None)
def nth(iterable, n, default=None): return next(islice(iterable, n, None), default)
def all_equal(iterable):
    g = groupby(iterable)
    return next(g, True) and not next(g, False)
def quantify(iterable, pred=bool): return sum(map(pred, iterable))
def ncycles(iterable, n): return chain.from_iterable(repeat(tuple(iterable), n))
def flatten(lists): return chain.from_iterable(lists)
def repeatfunc(f, times=None, *args): return starmap(f, repeat(args) if times is None else repeat(args, times))
def grouper(iterable, n, fillvalue=None): return zip_longest(*[iter(iterable)] * n, fillvalue=fillvalue)
def triplewise(iterable):
    for (a, _), (b, c) in pairwise(pairwise(iterable)):
        yield a, b, c
def sliding_window(iterable, n):
    it = iter(iterable)
    window = collections.deque(islice(it, n), maxlen=n)
    if len(window) == n:
        yield tuple(window)
    for x in it:
        window.append(x)
        yield tuple(window)
def roundrobin(*iterables):
    pending = len(iterables)
    nexts = cycle(iter(it).__next__ for it in iterables)
    while pending:
        try:
            for n in nexts:
                yield n()
        except StopIteration:
            pending -= 1
            nexts = cycle(islice(nexts, pending))
def partition(pred, iterable):
    a, b = tee(iterable)
    return filterfalse(pred, a), filter(pred, b)
def powerset(iterable):
    s = list(iterable)
    return chain.from_iterable(combinations(s, r) for r in range(len(s) + 1))
def unique_everseen(iterable, key=None):
    seen = set()
    for e in iterable:
        k = e if key is None else key(e)
        if k not in seen:
            seen.add(k)
            yield e
def unique_justseen(iterable, key=None): return map(next, map(operator.itemgetter(1), groupby(iterable, key)))
def iter_except(f, exception, first=None):
    try:
        if first is not None:
            yield first()
        while 1:
            yield f()
    except exception:
        pass
def convolve(signal, kernel):
    kernel = tuple(kernel)[::-1]
    n = len(kernel)
    for w in sliding_window(chain(repeat(0, n - 1), signal, repeat(0, n - 1)), n):
        yield sum(map(operator.mul, kernel, w))


print(take(3, count(5, 2)), take(4, tabulate(lambda x: x * x)), list(tail(2, "abcdef")), nth("abc", 1), nth("abc", 9, "?"))
it = iter(range(10)); consume(it, 3); print(next(it)); consume(it); print(next(it, "end"))
print(all_equal("aaa"), all_equal("aab"), quantify([1, 0, 3]), list(ncycles("ab", 2)), list(flatten([[1], [2, 3]])), list(repeatfunc(pow, 3, 2, 5)))
print(list(grouper("abcdefg", 3, "x")), list(triplewise(range(5))), list(sliding_window("abcd", 2)), "".join(roundrobin("ABC", "D", "EF")))
evens, odds = partition(lambda x: x % 2, range(8))
print(list(evens), list(odds), list(powerset([1, 2, 3])), "".join(unique_everseen("AAbBa", str.lower)), list(unique_justseen("AAbBa", str.lower)))
print(list(iter_except([1, 2, 3].pop, IndexError)), list(convolve([1, 2, 3], [0, 1, 0.5])))
print(list(accumulate([1, 2, 3, 4])), list(accumulate([3, 1, 4], max)), list(accumulate([1, 2], initial=100)), list(compress("ABCD", [1, 0, 1, 0])))
print(list(dropwhile(lambda x: x < 3, [1, 4, 2])), list(takewhile(str.isalpha, "ab1c")), list(starmap(pow, [(2, 3), (3, 2)])), list(zip_longest("ab", "c")))
print(["".join(p) for p in permutations("abc")], list(combinations("abc", 2)), list(combinations_with_replacement("ab", 2)), list(product("ab", repeat=2)), len(list(product(range(3), "xy"))))
for key, group in groupby(sorted(["apple", "ant", "bee", "bat", "cow"]), key=lambda w: w[0]):
    print(key, list(group), end="; ")
print()
print([(k, len(list(g))) for k, g in groupby("aaabccd")], list(islice("abcdefg", 1, 6, 2)), list(islice(cycle("xy"), 5)), list(repeat(7, 3)))
a, b, c = tee(iter("xyz"), 3)
print(next(a), list(b), list(a), list(c), list(chain("ab", [1], (x for x in "z"))), list(pairwise("abcd")))
print(list(zip(*[iter("abcdef")] * 2)), dict(enumerate("ab")), list(map(max, [1, 5], [3, 2])), list(filter(None, [0, 1, "", "a"])), list(reversed(range(0, 10, 3))))
print(sum(starmap(operator.mul, zip([1, 2, 3], [4, 5, 6]))), next(filter(lambda p: p[0] * p[1] == 36, combinations(range(1, 20), 2))))
