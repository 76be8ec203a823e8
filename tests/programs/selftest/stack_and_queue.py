"""Data structures with their own tests, as small modules have them."""


class Stack:
    def __init__(self): self._items = []
    def push(self, x): self._items.append(x); return self
    def pop(self):
        if not self._items: raise IndexError("empty stack")
        return self._items.pop()
    def __len__(self): return len(self._items)
    def __bool__(self): return bool(self._items)


class TwoStackQueue:
    def __init__(self): self._in, self._out = Stack(), Stack()
    def put(self, x): self._in.push(x)
    def get(self):
        if not self._out:
            while self._in: self._out.push(self._in.pop())
        return self._out.pop()


def balanced(text, pairs={")": "(", "]": "[", "}": "{"}):
    stack = Stack()
    for c in text:
        if c in pairs.values(): stack.push(c)
        elif c in pairs and (not stack or stack.pop() != pairs[c]): return False
    return not stack


def test_push_pop():
    s = Stack().push(1).push(2)
    assert s.pop() == 2 and s.pop() == 1 and not s


def test_empty():
    try: Stack().pop()
    except IndexError as e: assert "empty" in str(e)
    else: assert False, "no error"


def test_queue():
    q = TwoStackQueue()
    for i in range(5): q.put(i)
    assert [q.get() for _ in range(3)] == [0, 1, 2]
    q.put(9)
    assert [q.get() for _ in range(3)] == [3, 4, 9]


def test_balanced():
    for text, expected in {"([]{})": True, "(]": False, "((": False, "": True, "a(b)c": True}.items():
        assert balanced(text) is expected, text


def test_fails(): assert 1 + 1 == 3, "arithmetic"


if __name__ == "__main__":
    failed = 0
    for name, test in sorted(globals().copy().items()):
        if name.startswith("test_") and callable(test):
            try:
                test()
            except AssertionError as e:
                failed += 1
                print("FAIL", name, e)
            else:
                print("ok  ", name)
    raise SystemExit(failed)
