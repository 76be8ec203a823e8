from typing import (Any, Callable, ClassVar, Dict, Final, Generic, Iterable, List, Literal, NamedTuple, NewType, Optional,
                    Protocol, TypedDict, TypeVar, Union, cast, get_args, get_origin, get_type_hints, overload, runtime_checkable,
                    Annotated, TYPE_CHECKING, NoReturn, Sequence, Tuple, Type, ParamSpec, Self, assert_never, reveal_type)
import typing

if TYPE_CHECKING:
    import nothing_at_all

K = TypeVar("K", bound="Comparable")
P = ParamSpec("P")
R = TypeVar("R")
UserId = NewType("UserId", int)
MAX: Final = 10


@runtime_checkable
class Closeable(Protocol):
    def close(self) -> None: ...


class Comparable(Protocol):
    def __lt__(self, other: Any) -> bool: ...


class File:
    def close(self) -> None:
        print("closed")


class Movie(TypedDict, total=False):
    title: str
    year: int


class Emp(NamedTuple):
    name: str
    id: int = 3

    def shout(self):
        return self.name.upper()


class Cache(Generic[K, R]):
    size: ClassVar[int] = 0

    def __init__(self):
        self.data: Dict[K, R] = {}

    def put(self, k: K, v: R) -> Self:
        self.data[k] = v
        return self


class IntCache(Cache[int, str]):
    pass


@overload
def double(x: int) -> int: ...
@overload
def double(x: str) -> str: ...
def double(x):
    return x * 2


def logged(f: Callable[P, R]) -> Callable[P, R]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        print("call", args, kwargs)
        return f(*args, **kwargs)
    return inner


@logged
def area(w: float, h: "float" = 2.0) -> Optional[float]:
    return w * h


def smallest(xs: Iterable[K]) -> K:
    return min(xs)


print(isinstance(File(), Closeable), isinstance(3, Closeable), UserId(5) + 1, UserId.__name__, MAX)
print(Movie(title="x", year=1999), Movie.__total__, sorted(Movie.__annotations__), Movie.__optional_keys__ == {"title", "year"})
print(Emp("bob"), Emp("bob")._replace(id=9), Emp("a", 1).shout(), Emp._fields, Emp._field_defaults, Emp("a")._asdict())
print(Cache().put(1, "a").data, IntCache.__mro__[1] is Cache, Cache[int, str])
print(double(4), double("ab"), area(3), smallest([3, 1, 2]), cast(str, 5))
def f(a: int, b: "List[str]", *c: Optional[int], d: Dict[str, Any] = {}) -> Union[int, None]: ...
print(get_type_hints(f))
for t in (List[int], Dict[str, int], Optional[int], Union[int, str], Literal["a", 1], Callable[[int], str], Tuple[int, ...], list[int], int | None, Annotated[int, "meta"], Type[int], Sequence[str]):
    print(t, get_origin(t), get_args(t))
print(Optional[int] == Union[int, None], Union[int, int], Union[int, Union[str, int]], Literal[1, 1], get_type_hints(area))
try:
    isinstance(3, List[int])
except TypeError as e:
    print(e)
