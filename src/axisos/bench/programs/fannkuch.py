# mypy: ignore-errors
"""Pancake flipping over all permutations: list slices and integer loops."""


def flips(order):
    count = 0
    first = order[0]
    while first:
        order[: first + 1] = order[first::-1]
        first = order[0]
        count += 1
    return count


def fannkuch(n):
    order = list(range(n))
    counts = [0] * n
    most = checksum = 0
    rounds = n
    sign = 1
    while True:
        while rounds > 1:
            counts[rounds - 1] = rounds
            rounds -= 1
        if order[0]:
            found = flips(order[:])
            if found > most:
                most = found
            checksum += found * sign
        sign = -sign
        while True:
            if rounds == n:
                return checksum, most
            order.insert(rounds, order.pop(0))
            counts[rounds] -= 1
            if counts[rounds] > 0:
                break
            rounds += 1


def main(n=7):
    checksum, most = fannkuch(n)
    print(checksum, most)


if __name__ == "__main__":
    main()
