def hanoi(n, a="A", b="B", c="C"):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


def ackermann(m, n):
    if m == 0: return n + 1
    if n == 0: return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def flatten(x):
    return [y for item in x for y in flatten(item)] if isinstance(x, (list, tuple)) else [x]


def permutations(xs):
    if not xs: return [[]]
    return [[x] + rest for i, x in enumerate(xs) for rest in permutations(xs[:i] + xs[i + 1:])]


def partitions(n, largest=None):
    largest = largest or n
    if n == 0:
        yield []
        return
    for first in range(min(n, largest), 0, -1):
        for rest in partitions(n - first, first):
            yield [first] + rest


def even(n): return True if n == 0 else odd(n - 1)
def odd(n): return False if n == 0 else even(n - 1)


def koch(n): return "F" if n == 0 else koch(n - 1).replace("F", "F+F--F+F")


def deep(n): return 0 if n == 0 else 1 + deep(n - 1)


def fill(grid, x, y, colour):
    old = grid[y][x]
    if old == colour: return
    def go(x, y):
        if 0 <= y < len(grid) and 0 <= x < len(grid[y]) and grid[y][x] == old:
            grid[y][x] = colour
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)): go(x + dx, y + dy)
    go(x, y)


print(hanoi(8), ackermann(2, 3), flatten([1, (2, [3, [4]]), []]), permutations([1, 2, 3]), list(partitions(5)), even(100), odd(7), len(koch(3)), deep(400))
grid = [list(row) for row in ("..##", ".#..", "....")]
fill(grid, 0, 0, "o")
print("\n".join("".join(r) for r in grid))
def mandelbrot(c, limit=20):
    z = 0
    for i in range(limit):
        z = z * z + c
        if abs(z) > 2: return i
    return limit
for y in range(-5, 6, 2):
    print("".join(" .:-=+*#%@@"[mandelbrot(complex(x / 12, y / 5)) // 2] for x in range(-24, 10)))
def sierpinski(n):
    rows = ["*"]
    for i in range(n):
        pad = " " * 2 ** i
        rows = [pad + r + pad for r in rows] + [r + " " + r for r in rows]
    return rows
print("\n".join(r.rstrip() for r in sierpinski(3)))
def josephus(n, k): return 0 if n == 1 else (josephus(n - 1, k) + k) % n
def subsets_sum(xs, target):
    if target == 0: return [[]]
    if not xs or target < 0: return []
    return [[xs[0]] + s for s in subsets_sum(xs[1:], target - xs[0])] + subsets_sum(xs[1:], target)
print(josephus(41, 3), subsets_sum([3, 34, 4, 12, 5, 2], 9))
