# mypy: ignore-errors
"""Generators that feed generators: numbers pass through filters, windows and merges one by one."""

from itertools import islice


def integers(start):
    while True:
        yield start
        start += 1


def primes():
    composite = {}
    for number in integers(2):
        factor = composite.pop(number, None)
        if factor is None:
            yield number
            composite[number * number] = number
        else:
            place = number + factor
            while place in composite:
                place += factor
            composite[place] = factor


def windows(source, size):
    held = []
    for each in source:
        held.append(each)
        if len(held) > size:
            del held[0]
        if len(held) == size:
            yield tuple(held)


def merged(first, second):
    a, b = next(first), next(second)
    while True:
        if a <= b:
            yield a
            a = next(first)
        else:
            yield b
            b = next(second)


def flat(tree):
    for each in tree:
        if isinstance(each, list):
            yield from flat(each)
        else:
            yield each


def averaged():
    total, number = 0, 0
    result = None
    while True:
        total += yield result
        number += 1
        result = total / number


def main(n=400):
    gaps = sum(1 for a, _, c in islice(windows(primes(), 3), n) if c - a == 6)
    squares = (number * number for number in integers(1))
    cubes = (number**3 for number in integers(1))
    both = list(islice(merged(squares, cubes), n))
    tree = [0]
    for number in range(1, 9):
        tree = [number, list(tree), number]
    mean = averaged()
    next(mean)
    last = 0.0
    for each in both:
        last = mean.send(each)
    print(gaps, both[-1], sum(sum(flat(tree)) for _ in range(20)), f"{last:.3f}")


if __name__ == "__main__":
    main()
