"""Conway's game of life, on a set and on a torus of rows."""
from collections import Counter

GLIDER = """
.#.
..#
###
"""


def parse(text):
    return {(x, y) for y, line in enumerate(text.strip().splitlines()) for x, c in enumerate(line) if c == "#"}


def step(cells):
    counts = Counter((x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
    return {cell for cell, n in counts.items() if n == 3 or n == 2 and cell in cells}


def show(cells, width=8, height=6):
    for y in range(height):
        print("".join("#" if (x, y) in cells else "." for x in range(width)))
    print("-" * width)


class Torus:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]

    def __str__(self):
        return "\n".join("".join(r) for r in self.rows)

    def neighbours(self, y, x):
        h, w = len(self.rows), len(self.rows[0])
        return sum(
            self.rows[(y + dy) % h][(x + dx) % w] == "#"
            for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)
        )

    def __next__(self):
        new = []
        for y, row in enumerate(self.rows):
            line = []
            for x, c in enumerate(row):
                n = self.neighbours(y, x)
                line.append("#" if n == 3 or (c == "#" and n == 2) else ".")
            new.append(line)
        self.rows = new
        return self

    def __iter__(self):
        return self


cells = parse(GLIDER)
for generation in range(9):
    if generation % 4 == 0:
        show(cells)
    cells = step(cells)

torus = Torus(["......", "..#...", "..#...", "..#...", "......"])
print(torus, end="\n\n")
print(next(torus))
for i, t in enumerate(torus):
    if i == 2:
        break
print(str(torus).count("#"))
