# mypy: ignore-errors
"""Integers in loops: a sieve, checksums, steps to one, greatest common divisors, powers in a ring."""


def sieve(limit):
    marks = bytearray(limit)
    count = 0
    for number in range(2, limit):
        if not marks[number]:
            count += 1
            for place in range(number * number, limit, number):
                marks[place] = 1
    return count


def checksum(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xEDB88320 if value & 1 else value >> 1
    return value ^ 0xFFFFFFFF


def steps(number):
    count = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def divisor(a, b):
    while b:
        a, b = b, a % b
    return a


def power(base, exponent, modulus):
    result = 1
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


def main(n=3000):
    longest = max(range(1, n // 10), key=steps)
    coprime = sum(1 for a in range(1, 40) for b in range(1, 40) if divisor(a, b) == 1)
    powers = sum(power(base, 65537, 1000003) for base in range(2, n // 20))
    print(sieve(n), checksum(bytes(range(256))), longest, coprime, powers)


if __name__ == "__main__":
    main()
