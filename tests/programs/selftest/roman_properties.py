"""Property-style checks with a seeded generator."""
import random
import string


def run_length(s):
    out = []
    for c in s:
        if out and out[-1][0] == c: out[-1][1] += 1
        else: out.append([c, 1])
    return [(c, n) for c, n in out]


def expand(pairs): return "".join(c * n for c, n in pairs)
def bwt(s):
    s += "\0"
    return "".join(r[-1] for r in sorted(s[i:] + s[:i] for i in range(len(s))))
def unbwt(t):
    table = [""] * len(t)
    for _ in t: table = sorted(a + b for a, b in zip(t, table))
    return next(r for r in table if r.endswith("\0"))[:-1]
def base(n, b):
    digits = ""
    while True:
        n, d = divmod(n, b)
        digits = string.digits[d] + digits if d < 10 else string.ascii_lowercase[d - 10] + digits
        if not n: return digits


rng = random.Random(99)
checks = 0
for _ in range(60):
    s = "".join(rng.choices("abc", k=rng.randrange(12)))
    assert expand(run_length(s)) == s
    assert unbwt(bwt(s)) == s
    n, b = rng.randrange(10 ** 6), rng.randrange(2, 37)
    assert int(base(n, b), b) == n
    xs = [rng.randint(-9, 9) for _ in range(rng.randrange(8))]
    assert sorted(xs) == sorted(reversed(xs)) and sum(xs) == sum(sorted(xs))
    assert set(xs) == set(dict.fromkeys(xs)) and len(xs) >= len(set(xs))
    checks += 5
print(checks, "checks", bwt("banana").replace("\0", "$"), run_length("aabccc"), base(255, 16), base(0, 2))
