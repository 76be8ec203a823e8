from typing import Generic, TypeVar

T = TypeVar("T")


class Box(Generic[T]):
    pass


print(Box.__orig_bases__)
