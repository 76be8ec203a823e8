# mypy: ignore-errors
"""Queens on a board: generators within generators, and a second way with bits."""


def permutations(items):
    if len(items) <= 1:
        yield items
        return
    for place in range(len(items)):
        for rest in permutations(items[:place] + items[place + 1 :]):
            yield [items[place], *rest]


def by_permutation(n):
    columns = range(n)
    for rows in permutations(list(columns)):
        if n == len({rows[i] + i for i in columns}) == len({rows[i] - i for i in columns}):
            yield rows


def by_bits(full, columns, left, right):
    if columns == full:
        return 1
    count = 0
    free = full & ~(columns | left | right)
    while free:
        bit = free & -free
        free ^= bit
        count += by_bits(full, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


def main(n=7):
    print(len(list(by_permutation(n))), by_bits((1 << (n + 1)) - 1, 0, 0, 0))


if __name__ == "__main__":
    main()
