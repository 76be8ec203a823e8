# mypy: ignore-errors
"""Nothing but a loop over integers: the worst case for checkpoints."""


def main(n=200000):
    total = 0
    i = 0
    while i < n:
        total += i & 7
        i += 1
    print(total)


if __name__ == "__main__":
    main()
