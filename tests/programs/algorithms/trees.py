import random


class AVL:
    class Node:
        def __init__(self, key): self.key, self.left, self.right, self.height = key, None, None, 1

    def __init__(self, items=()):
        self.root = None
        for i in items: self.root = self._insert(self.root, i)

    def _h(self, n): return n.height if n else 0
    def _fix(self, n): n.height = 1 + max(self._h(n.left), self._h(n.right))

    def _rotate(self, n, left):
        if left: pivot, n.right = n.right, n.right.left; pivot.left = n
        else: pivot, n.left = n.left, n.left.right; pivot.right = n
        self._fix(n); self._fix(pivot)
        return pivot

    def _insert(self, n, key):
        if n is None: return self.Node(key)
        if key < n.key: n.left = self._insert(n.left, key)
        elif key > n.key: n.right = self._insert(n.right, key)
        else: return n
        self._fix(n)
        balance = self._h(n.left) - self._h(n.right)
        if balance > 1:
            if key > n.left.key: n.left = self._rotate(n.left, True)
            return self._rotate(n, False)
        if balance < -1:
            if key < n.right.key: n.right = self._rotate(n.right, False)
            return self._rotate(n, True)
        return n

    def __iter__(self):
        def walk(n):
            if n:
                yield from walk(n.left)
                yield n.key
                yield from walk(n.right)
        return walk(self.root)

    def __contains__(self, key):
        n = self.root
        while n and n.key != key: n = n.left if key < n.key else n.right
        return n is not None

    def levels(self):
        row = [self.root]
        while row:
            yield [n.key for n in row]
            row = [c for n in row for c in (n.left, n.right) if c]


tree = AVL(range(1, 16))
for level in tree.levels(): print(level)
rng = random.Random(3)
keys = rng.sample(range(1000), 100)
tree = AVL(keys)
print(list(tree) == sorted(keys), tree.root.height, keys[5] in tree, -1 in tree)
class Fenwick:
    def __init__(self, n): self.t = [0] * (n + 1)
    def add(self, i, v):
        i += 1
        while i < len(self.t): self.t[i] += v; i += i & -i
    def sum(self, i):
        s = 0
        while i: s += self.t[i]; i -= i & -i
        return s
f = Fenwick(10)
for i, v in enumerate([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]): f.add(i, v)
print([f.sum(i) for i in range(11)])
