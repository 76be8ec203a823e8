"""Plain data: what may cross between a program and the system.

None, bool, int, float, str, bytes, and lists, tuples and dicts of those; the exact types, no subclasses, so that no
method of a program can run on the other side. What crosses is copied, so that nobody changes it after it was checked.
"""

from __future__ import annotations

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

SCALARS: frozenset[type] = frozenset({type(None), bool, int, float, str, bytes})
SIZED: frozenset[type] = frozenset({str, bytes})
_FREE = SCALARS - {int}  # what passes without a further look

MAX_DEPTH = 16
MAX_ITEMS = 65_536
MAX_INT_BITS = 4096
MAX_INT = 2**MAX_INT_BITS - 1
MAX_BYTES = 16 << 20  # of all texts and bytes together


def copy_plain(value: object, what: str = "argument") -> object:
    """A deep copy of plain data.

    Raises: INVALID_PARAMETER for any other type, more than 16 levels, 65,536 items, 16 MiB of text and bytes, or
            integers over 4,096 bits.
    """
    kind = type(value)
    if kind is str or kind is bytes:
        if len(value) > MAX_BYTES:  # type: ignore[arg-type]
            _refuse_size(what)
        return value
    return value if kind in _FREE else _Copier(what).copy(value, 0)


def _refuse_size(what: str) -> NoReturn:
    """Too much text or bytes. Raises: INVALID_PARAMETER."""
    raise StatusError(Status.INVALID_PARAMETER, f"{what}: at most {MAX_BYTES} bytes may be passed at once")


class _Copier:
    """One copy under way: counts what it has seen."""

    __slots__ = ("items", "size", "what")

    def __init__(self, what: str) -> None:
        self.items = 0
        self.size = 0  # of texts and bytes
        self.what = what

    def copy(self, value: object, depth: int) -> object:
        kind = type(value)
        if kind is int:
            if value.bit_length() > MAX_INT_BITS:  # type: ignore[attr-defined]
                raise StatusError(
                    Status.INVALID_PARAMETER, f"{self.what}: integers of at most {MAX_INT_BITS} bits may be passed"
                )
            return value
        if depth >= MAX_DEPTH:
            raise StatusError(Status.INVALID_PARAMETER, f"{self.what}: nested deeper than {MAX_DEPTH} levels")
        if kind is list or kind is tuple:
            self._count(len(value))  # type: ignore[arg-type]
            deeper = depth + 1
            copied = [item if type(item) in _FREE else self.copy(item, deeper) for item in value]  # type: ignore[attr-defined]
            self._weigh(copied)
            return copied if kind is list else tuple(copied)
        if kind is dict:
            self._count(len(value))  # type: ignore[arg-type]
            deeper = depth + 1
            table = {
                key if type(key) in _FREE else self.copy(key, deeper): (
                    item if type(item) in _FREE else self.copy(item, deeper)
                )
                for key, item in value.items()  # type: ignore[attr-defined]
            }
            self._weigh(table)
            self._weigh(table.values())
            return table
        raise StatusError(
            Status.INVALID_PARAMETER,
            f"{self.what}: only None, bool, int, float, str, bytes, list, tuple and dict may be passed, "
            f"not {_type_name(kind)}",
        )

    def _weigh(self, items: Iterable[object]) -> None:
        for item in items:
            kind = type(item)
            if kind is str or kind is bytes:
                self.size += len(item)  # type: ignore[arg-type]
        if self.size > MAX_BYTES:
            _refuse_size(self.what)

    def _count(self, items: int) -> None:
        self.items += items
        if self.items > MAX_ITEMS:
            raise StatusError(Status.INVALID_PARAMETER, f"{self.what}: more than {MAX_ITEMS} items")


def _type_name(kind: type) -> str:
    """A class's name without asking the class: its metaclass may be a program's."""
    name = type.__dict__["__name__"].__get__(kind)
    return str(name)[:80]
