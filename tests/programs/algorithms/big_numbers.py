"""Digits of pi and e, Collatz, perfect numbers, Pascal's triangle, roman numerals."""
from itertools import islice, accumulate


def pi_digits():
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    while True:
        if 4 * q + r - t < m * t:
            yield m
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2


def collatz(n):
    steps = 0
    while n != 1:
        n = 3 * n + 1 if n & 1 else n >> 1
        steps += 1
    return steps


def roman(n):
    out = ""
    for value, sign in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
                        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        count, n = divmod(n, value)
        out += sign * count
    return out


def unroman(text):
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    nums = [values[c] for c in text] + [0]
    return sum(-a if a < b else a for a, b in zip(nums, nums[1:]))


def pascal(n):
    row = [1]
    for _ in range(n):
        yield row
        row = [a + b for a, b in zip([0] + row, row + [0])]


print("".join(map(str, islice(pi_digits(), 60))))
print(max(range(1, 300), key=collatz), collatz(27))
for row in pascal(7):
    print(" ".join(map(str, row)).center(24))
print(all(unroman(roman(n)) == n for n in range(1, 500)), roman(1994), roman(2024))
print(list(accumulate(range(1, 11), lambda a, b: a * b)))
a, b = 0, 1
while b < 10 ** 60:
    a, b = b, a + b
print(a)
print(sum(map(int, str(2 ** 500))), len(str(3 ** 400)))
print([n for n in range(2, 500) if sum(d for d in range(1, n) if n % d == 0) == n])
