"""Prime numbers below n, three ways."""
import math


def sieve(limit):
    flags = bytearray([1]) * (limit + 1)
    flags[0:2] = b"\x00\x00"
    for n in range(2, math.isqrt(limit) + 1):
        if flags[n]:
            flags[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
    return [n for n, is_prime in enumerate(flags) if is_prime]


def trial(limit):
    primes = []
    for n in range(2, limit + 1):
        for p in primes:
            if p * p > n:
                primes.append(n)
                break
            if n % p == 0:
                break
        else:
            primes.append(n)
    return primes


def lazy():
    """An endless generator of primes."""
    composites = {}
    n = 2
    while True:
        if n not in composites:
            yield n
            composites[n * n] = [n]
        else:
            for p in composites.pop(n):
                composites.setdefault(p + n, []).append(p)
        n += 1


primes = sieve(1000)
assert primes == trial(1000)
print(len(primes), primes[-5:])
from itertools import islice, takewhile
print(list(islice(lazy(), 20)))
print(sum(takewhile(lambda p: p < 1000, lazy())) == sum(primes))


def factor(n):
    out = {}
    for p in lazy():
        if p * p > n:
            break
        while n % p == 0:
            out[p] = out.get(p, 0) + 1
            n //= p
    if n > 1:
        out[n] = 1
    return out


for n in (1, 2, 360, 97, 1001, 2 ** 20, 600851475143 // 71):
    print(n, "=", " * ".join(f"{p}^{e}" if e > 1 else str(p) for p, e in factor(n).items()) or 1)
