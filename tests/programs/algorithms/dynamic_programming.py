from functools import lru_cache, cache


@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@cache
def edit_distance(a, b):
    if not a or not b:
        return len(a) + len(b)
    if a[-1] == b[-1]:
        return edit_distance(a[:-1], b[:-1])
    return 1 + min(edit_distance(a[:-1], b), edit_distance(a, b[:-1]), edit_distance(a[:-1], b[:-1]))


def knapsack(items, capacity):
    table = [[0] * (capacity + 1) for _ in range(len(items) + 1)]
    for i, (name, weight, value) in enumerate(items, 1):
        for w in range(capacity + 1):
            table[i][w] = table[i - 1][w]
            if weight <= w:
                table[i][w] = max(table[i][w], table[i - 1][w - weight] + value)
    chosen, w = [], capacity
    for i in range(len(items), 0, -1):
        if table[i][w] != table[i - 1][w]:
            chosen.append(items[i - 1][0])
            w -= items[i - 1][1]
    return table[-1][-1], chosen[::-1]


def lcs(a, b):
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if x == y else max(lengths[i + 1][j], lengths[i][j + 1])
    out, i, j = [], len(a), len(b)
    while i and j:
        if lengths[i][j] == lengths[i - 1][j]:
            i -= 1
        elif lengths[i][j] == lengths[i][j - 1]:
            j -= 1
        else:
            out.append(a[i - 1])
            i, j = i - 1, j - 1
    return "".join(reversed(out))


def coins(amount, values):
    ways = [1] + [0] * amount
    for v in values:
        for a in range(v, amount + 1):
            ways[a] += ways[a - v]
    return ways[amount]


def longest_increasing(xs):
    from bisect import bisect_left
    tails = []
    for x in xs:
        at = bisect_left(tails, x)
        tails[at:at + 1] = [x]
    return len(tails)


print([fib(n) for n in range(15)], fib(100), fib.cache_info())
print(edit_distance("kitten", "sitting"), edit_distance("", "abc"), edit_distance.cache_info().misses > 10)
print(knapsack([("pen", 1, 1), ("book", 3, 4), ("lamp", 4, 5), ("desk", 5, 7)], 7))
print(lcs("AGGTABQWERTY", "GXTXAYBWRTY"), coins(100, [1, 5, 10, 25, 50]), longest_increasing([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]))
fib.cache_clear()
print(fib.cache_info(), fib.__name__, fib.__wrapped__(1))
