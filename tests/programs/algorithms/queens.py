import sys
from itertools import permutations


def solve(n, row=0, cols=0, diag1=0, diag2=0):
    if row == n:
        return 1
    count = 0
    free = ~(cols | diag1 | diag2) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        count += solve(n, row + 1, cols | bit, (diag1 | bit) << 1, (diag2 | bit) >> 1)
    return count


def boards(n):
    def place(row, board):
        if row == n:
            yield tuple(board)
            return
        for col in range(n):
            if all(col != c and abs(col - c) != row - r for r, c in enumerate(board)):
                yield from place(row + 1, board + [col])

    return place(0, [])


for n in range(1, 8):
    print(n, solve(n), sum(1 for _ in boards(n)))

first = next(boards(6))
for col in first:
    print(" ".join("Q" if c == col else "." for c in range(6)))
brute = [p for p in permutations(range(5)) if len({r + c for r, c in enumerate(p)}) == len({r - c for r, c in enumerate(p)}) == 5]
print(len(brute), brute[0])
sys.exit(0 if len(brute) == solve(5) else 1)
