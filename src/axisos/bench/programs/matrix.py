# mypy: ignore-errors
"""Matrices of lists, multiplied and inverted: triple loops over floats."""


def multiply(a, b):
    size = len(a)
    out = [[0.0] * size for _ in range(size)]
    for i in range(size):
        row = a[i]
        for j in range(size):
            total = 0.0
            for k in range(size):
                total += row[k] * b[k][j]
            out[i][j] = total
    return out


def inverse(matrix):
    size = len(matrix)
    rows = [list(row) + [1.0 if i == j else 0.0 for j in range(size)] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        factor = rows[column][column]
        rows[column] = [value / factor for value in rows[column]]
        for other in range(size):
            if other != column:
                factor = rows[other][column]
                pairs = zip(rows[other], rows[column])  # noqa: B905 - as people write it
                rows[other] = [value - factor * base for value, base in pairs]
    return [row[size:] for row in rows]


def main(n=24):
    matrix = [[1.0 / (i + j + 1.5) + (2.0 if i == j else 0.0) for j in range(n)] for i in range(n)]
    product = multiply(matrix, inverse(matrix))
    trace = sum(product[i][i] for i in range(n))
    spread = sum(abs(value) for row in multiply(product, product) for value in row)
    print(f"{trace:.6f} {spread:.6f}")


if __name__ == "__main__":
    main()
