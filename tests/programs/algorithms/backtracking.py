def magic_squares(n=3):
    total = n * (n * n + 1) // 2
    def go(square, left):
        k = len(square)
        if k and k % n == 0 and sum(square[k - n:k]) != total: return
        if k == n * n:
            cols = [sum(square[c::n]) for c in range(n)]
            if cols == [total] * n and sum(square[::n + 1]) == total == sum(square[n - 1:-1:n - 1]): yield square
            return
        for x in sorted(left): yield from go(square + [x], left - {x})
    return go([], frozenset(range(1, n * n + 1)))


def solve_cryptarithm(words, result):
    from itertools import permutations
    letters = sorted(set("".join(words) + result))
    first = {w[0] for w in (*words, result)}
    for digits in permutations(range(6), len(letters)):
        m = dict(zip(letters, digits))
        if any(m[f] == 0 for f in first): continue
        value = lambda w: int("".join(str(m[c]) for c in w))
        if sum(map(value, words)) == value(result): return m


def word_search(grid, word):
    def find(r, c, i, seen):
        if i == len(word): return True
        if not (0 <= r < len(grid) and 0 <= c < len(grid[0])) or (r, c) in seen or grid[r][c] != word[i]: return False
        return any(find(r + dr, c + dc, i + 1, seen | {(r, c)}) for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)))
    return any(find(r, c, 0, frozenset()) for r in range(len(grid)) for c in range(len(grid[0])))


def colour(graph, colours):
    assignment = {}
    def go():
        free = [n for n in sorted(graph) if n not in assignment]
        if not free: return True
        for c in colours:
            if all(assignment.get(m) != c for m in graph[free[0]]):
                assignment[free[0]] = c
                if go(): return True
                del assignment[free[0]]
        return False
    return assignment if go() else None


squares = list(magic_squares())
print(len(squares), squares[0], solve_cryptarithm(["AB", "BA"], "CC"))
print([word_search(["ABCE", "SFCS", "ADEE"], w) for w in ("ABCCED", "SEE", "ABCB")])
g = {"WA": "NT SA", "NT": "WA SA Q", "SA": "WA NT Q NSW V", "Q": "NT SA NSW", "NSW": "Q SA V", "V": "SA NSW", "T": ""}
g = {k: v.split() for k, v in g.items()}
print(colour(g, "rgb"), colour(g, "rg"))
