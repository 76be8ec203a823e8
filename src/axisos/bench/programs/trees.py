# mypy: ignore-errors
"""Trees that are built, searched and thrown away: an object made in every step, and attributes stored all the time."""


class Node:
    def __init__(self, key, value):
        self.key = key
        self.value = value
        self.left = None
        self.right = None
        self.height = 1


class Pair:
    def __init__(self, left, right):
        self.left = left
        self.right = right


def full(depth):
    if depth == 0:
        return Pair(None, None)
    return Pair(full(depth - 1), full(depth - 1))


def count(pair):
    return 1 if pair.left is None else 1 + count(pair.left) + count(pair.right)


class Tree:
    def __init__(self):
        self.root = None
        self.size = 0

    def put(self, key, value):
        self.root = self._put(self.root, key, value)

    def _put(self, node, key, value):
        if node is None:
            self.size += 1
            return Node(key, value)
        if key == node.key:
            node.value = value
            return node
        if key < node.key:
            node.left = self._put(node.left, key, value)
        else:
            node.right = self._put(node.right, key, value)
        return self._balanced(node)

    def _balanced(self, node):
        self._measure(node)
        lean = self._lean(node)
        if lean > 1:
            if self._lean(node.left) < 0:
                node.left = self._turned_left(node.left)
            return self._turned_right(node)
        if lean < -1:
            if self._lean(node.right) > 0:
                node.right = self._turned_right(node.right)
            return self._turned_left(node)
        return node

    def _lean(self, node):
        left, right = node.left, node.right
        return (left.height if left else 0) - (right.height if right else 0)

    def _measure(self, node):
        left, right = node.left, node.right
        node.height = 1 + max(left.height if left else 0, right.height if right else 0)

    def _turned_left(self, node):
        top = node.right
        node.right = top.left
        top.left = node
        self._measure(node)
        self._measure(top)
        return top

    def _turned_right(self, node):
        top = node.left
        node.left = top.right
        top.right = node
        self._measure(node)
        self._measure(top)
        return top

    def walk(self):
        todo, node = [], self.root
        while todo or node:
            while node:
                todo.append(node)
                node = node.left
            node = todo.pop()
            yield node.key, node.value
            node = node.right


def main(n=500):
    tree = Tree()
    key = 1
    for number in range(n):
        key = key * 16807 % 2147483647
        tree.put(key % (2 * n), number)
    total = sum(key * value for key, value in tree.walk())
    print(tree.size, tree.root.height, total, count(full(8)))


if __name__ == "__main__":
    main()
