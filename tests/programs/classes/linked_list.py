from __future__ import annotations
from typing import Generic, TypeVar, Iterator, Iterable, Optional, Callable

T = TypeVar("T")
U = TypeVar("U")


class LinkedList(Generic[T]):
    class _Node(Generic[U]):
        __slots__ = "value", "next"

        def __init__(self, value: U, next: Optional[LinkedList._Node[U]] = None) -> None:
            self.value = value
            self.next = next

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._head: Optional[LinkedList._Node[T]] = None
        self._size = 0
        for item in reversed(list(items)):
            self.push(item)

    def push(self, value: T) -> None:
        self._head = self._Node(value, self._head)
        self._size += 1

    def pop(self) -> T:
        if self._head is None:
            raise IndexError("pop from empty list")
        value, self._head = self._head.value, self._head.next
        self._size -= 1
        return value

    def __iter__(self) -> Iterator[T]:
        node = self._head
        while node is not None:
            yield node.value
            node = node.next

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: int | slice) -> T | LinkedList[T]:
        if isinstance(index, slice):
            return LinkedList(list(self)[index])
        if index < 0:
            index += len(self)
        for i, value in enumerate(self):
            if i == index:
                return value
        raise IndexError(index)

    def __repr__(self) -> str:
        return "[" + " -> ".join(map(repr, self)) + "]"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LinkedList) and list(self) == list(other)

    def reverse(self) -> LinkedList[T]:
        previous, node = None, self._head
        while node:
            node.next, previous, node = previous, node, node.next
        self._head = previous
        return self

    def map(self, f: Callable[[T], U]) -> LinkedList[U]:
        return LinkedList(f(x) for x in self)


xs: LinkedList[int] = LinkedList([1, 2, 3, 4])
xs.push(0)
print(xs, len(xs), xs[1], xs[-1], xs[1:3], xs.pop(), 3 in xs, xs.map(str), xs.reverse(), xs == LinkedList([4, 3, 2, 1]))
print(LinkedList[int], LinkedList[int]([1]), LinkedList.__parameters__, LinkedList.push.__annotations__)
try:
    LinkedList().pop()
except IndexError as e:
    print(e)
try:
    xs[10]
except IndexError as e:
    print(repr(e))
a, *rest = xs
print(a, rest, sorted(xs), list(zip(xs, "ab")), bool(LinkedList()), bool(xs))
