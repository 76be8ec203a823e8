class Node:
    __slots__ = ("key", "value", "prev", "next")
    def __init__(self, key=None, value=None): self.key, self.value, self.prev, self.next = key, value, None, None


class LRUCache:
    """
    >>> c = LRUCache(2); c["a"] = 1
    """
    def __init__(self, capacity):
        self.capacity, self.map = capacity, {}
        self.head, self.tail = Node(), Node()
        self.head.next, self.tail.prev = self.tail, self.head

    def _remove(self, node): node.prev.next, node.next.prev = node.next, node.prev

    def _front(self, node):
        node.next, node.prev = self.head.next, self.head
        self.head.next.prev = node
        self.head.next = node

    def __getitem__(self, key):
        node = self.map[key]
        self._remove(node)
        self._front(node)
        return node.value

    def __setitem__(self, key, value):
        if key in self.map:
            self._remove(self.map[key])
        elif len(self.map) >= self.capacity:
            old = self.tail.prev
            self._remove(old)
            del self.map[old.key]
        node = self.map[key] = Node(key, value)
        self._front(node)

    def __iter__(self):
        node = self.head.next
        while node is not self.tail:
            yield node.key
            node = node.next


c = LRUCache(3)
for i, k in enumerate("abc"): c[k] = i
assert c["a"] == 0
c["d"] = 3
assert list(c) == ["d", "a", "c"], list(c)
c["c"] = 99
assert c["c"] == 99 and "b" not in c.map
try:
    c["zzz"]
except KeyError as e:
    print("missing", e)
print(list(c), len(c.map), LRUCache.__doc__.strip())
