# mypy: ignore-errors
"""The largest singular value of an endless matrix, cut to n by n: nested loops, a small function called often."""


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    return [sum(entry(i, j) * value for j, value in enumerate(vector)) for i in range(len(vector))]


def transposed_times(vector):
    return [sum(entry(j, i) * value for j, value in enumerate(vector)) for i in range(len(vector))]


def main(n=60):
    u = [1.0] * n
    v = u
    for _ in range(6):
        v = transposed_times(times(u))
        u = transposed_times(times(v))
    vbv = vv = 0.0
    for ue, ve in zip(u, v):  # noqa: B905 - as people write it
        vbv += ue * ve
        vv += ve * ve
    print(f"{(vbv / vv) ** 0.5:.9f}")


if __name__ == "__main__":
    main()
