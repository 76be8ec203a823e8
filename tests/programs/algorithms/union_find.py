import random


class UnionFind:
    def __init__(self, items):
        self.parent = {i: i for i in items}
        self.size = dict.fromkeys(self.parent, 1)

    def __getitem__(self, x):
        while self.parent[x] != x:
            self.parent[x] = x = self.parent[self.parent[x]]
        return x

    def union(self, a, b):
        a, b = self[a], self[b]
        if a == b:
            return False
        if self.size[a] < self.size[b]:
            a, b = b, a
        self.parent[b] = a
        self.size[a] += self.size[b]
        return True

    def groups(self):
        out = {}
        for item in self.parent:
            out.setdefault(self[item], []).append(item)
        return sorted(out.values())


def kruskal(n, edges):
    uf = UnionFind(range(n))
    return [e for e in sorted(edges) if uf.union(e[1], e[2])]


def percolation(n, rng):
    uf = UnionFind(range(n * n + 2))
    top, bottom = n * n, n * n + 1
    open_cells = set()
    order = list(range(n * n))
    rng.shuffle(order)
    for cell in order:
        open_cells.add(cell)
        y, x = divmod(cell, n)
        if y == 0:
            uf.union(cell, top)
        if y == n - 1:
            uf.union(cell, bottom)
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            if 0 <= y + dy < n and 0 <= x + dx < n and (other := (y + dy) * n + x + dx) in open_cells:
                uf.union(cell, other)
        if uf[top] == uf[bottom]:
            return len(open_cells) / n ** 2


rng = random.Random(2024)
edges = [(rng.randint(1, 20), a, b) for a in range(8) for b in range(a)]
tree = kruskal(8, edges)
print(sum(w for w, *_ in tree), tree)
uf = UnionFind("abcdefg")
for pair in ("ab", "cd", "bd", "ef"):
    uf.union(*pair)
print(uf.groups(), uf["a"] == uf["c"], uf["a"] == uf["g"])
print([round(percolation(8, rng), 3) for _ in range(4)])
