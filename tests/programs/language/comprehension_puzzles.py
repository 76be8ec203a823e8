names = ["ann", "bob", "cid", "dan"]
ages = {"ann": 30, "bob": 25, "cid": 35}
print({n: ages.get(n, "?") for n in names}, [n for n in names if n in ages and ages[n] > 26], {a: n for n, a in ages.items()})
print([(x, y) for x in range(4) for y in range(4) if x + y == 4], [[x * y for y in range(3)] for x in range(3)], [*{c for c in "hello"} & {*"help"}].__len__())
print([x if x % 2 else -x for x in range(6)], [f(3) for f in (lambda x: x, str, bin)], dict((k, v) for k, v in zip("abc", range(3))), [y := 1, y ** 2, y + 1])
primes = [n for n in range(2, 60) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
triples = [(a, b, c) for c in range(1, 26) for b in range(1, c) for a in range(1, b) if a * a + b * b == c * c]
print(primes, triples)
flat = [x for row in [[1], [], [2, 3]] for x in row]
transposed = [[row[i] for row in [[1, 2], [3, 4]]] for i in range(2)]
print(flat, transposed, sum(1 for _ in filter(str.isupper, "aBcD")), max((len(w), w) for w in "some words here".split()), min([[3], [1, 2]], key=sum))
grouped = {}
for w in "apple avocado banana blueberry cherry".split(): grouped.setdefault(w[0], []).append(w)
print(grouped, {k: len(v) for k, v in grouped.items()}, sorted(grouped.items(), key=lambda kv: (-len(kv[1]), kv[0])))
class Scope:
    items = [1, 2, 3]
    doubled = [i * 2 for i in items]
    total = sum(x for x in items)
print(Scope.doubled, Scope.total)
def late(): return [lambda: i for i in range(3)]
print([f() for f in late()], [f() for f in [lambda i=i: i for i in range(3)]], [(lambda: n)() for n in range(3)])
gen = (x ** 2 for x in range(5))
print(next(gen), sum(gen), list(gen), [x for x in iter([1, 2, 3].pop, 1)], list(zip(*[iter(range(6))] * 3)), any(x > 3 for x in (y for y in range(5))))
print([c for c, n in zip("abcdef", [1, 0, 1, 0, 1, 1]) if n], "".join(chr(97 + (i * 7) % 26) for i in range(26)), {(i, j): i ^ j for i in range(2) for j in range(2)}, {frozenset(p) for p in [(1, 2), (2, 1)]} == {frozenset({1, 2})})
