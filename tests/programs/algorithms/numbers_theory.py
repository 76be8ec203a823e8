import math
import random


def egcd(a, b):
    if b == 0:
        return a, 1, 0
    g, x, y = egcd(b, a % b)
    return g, y, x - (a // b) * y


def is_prime(n, rounds=10, rng=random.Random(0)):
    if n < 2:
        return False
    for p in (2, 3, 5, 7, 11, 13):
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for _ in range(rounds):
        x = pow(rng.randrange(2, n - 1), d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def rsa():
    p, q = 2 ** 61 - 1, 2 ** 89 - 1
    n, phi, e = p * q, (p - 1) * (q - 1), 65537
    d = pow(e, -1, phi)
    message = int.from_bytes(b"attack at dawn", "big")
    cipher = pow(message, e, n)
    plain = pow(cipher, d, n)
    return n.bit_length(), cipher, plain.to_bytes(14, "big")


print(egcd(240, 46), math.gcd(240, 46, 8), math.lcm(4, 6, 10), pow(3, -1, 11))
print([n for n in range(100, 140) if is_prime(n)], is_prime(2 ** 127 - 1), is_prime(2 ** 127 + 1))
print(rsa())
print(2 ** 200, -(7 ** 50) // 3, (1 << 100) - 1, ~(1 << 70))
print(math.factorial(30), math.comb(50, 25), math.perm(10, 3), math.isqrt(10 ** 40 + 1))
print(int("ff", 16), int("0b1011", 0), int("z", 36), int(" 1_000 "), hex(255), oct(8), bin(10), f"{255:#x} {255:#010b} {10**9:_} {10**9:,}")
print(divmod(-7, 3), divmod(7, -3), -7 // 2, -7 % 3, 7.5 // 2, -7.5 % 2, round(2.5), round(3.5), round(-2.5), round(1234, -2))
print((1234567).bit_length(), (255).bit_count(), (10 ** 20).to_bytes(9, "little"), int.from_bytes(b"\xff\xfe", "big", signed=True))
try:
    pow(2, -1, 4)
except ValueError as e:
    print(e)
try:
    1 // 0
except ZeroDivisionError as e:
    print(e)
try:
    int("12x")
except ValueError as e:
    print(e)
