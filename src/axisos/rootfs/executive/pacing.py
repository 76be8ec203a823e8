"""Checkpoints for what C goes through: ranges, and the items of anything that might not end.

C code that iterates meets no checkpoint of the program's; what it iterates over brings one along.

Called by   the guards and the sandbox; `range` of guests is the object here.
Owns        nothing.
"""

from __future__ import annotations

from sys import _getframe as _get_frame
from types import MethodType

from abi.sealed import Sealed
from executive import policy
from executive.names import attribute_of, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any


def pause() -> None:
    """A checkpoint of the process whose code is running."""
    names = calling_builtins()
    if names[policy.FLAG]:
        names[policy.CHECKPOINT]()


def calling_module() -> str:
    """`__name__` of the module whose code of the process's is nearest above: a program's or the library's."""
    frame: FrameType | None = _get_frame(1)
    while frame is not None:
        if policy.FLAG in frame.f_builtins:
            name = frame.f_globals.get("__name__")
            return name if type(name) is str else "__main__"
        frame = frame.f_back
    return "__main__"


def calling_builtins() -> Any:
    """The builtins of the guest's frame that is nearest above: those that hold a process's own checkpoint.

    Dynamic code may run over builtins that a program made up, with a flag of its own in them; it has no checkpoint.
    """
    frame = _get_frame(1)
    while frame is not None:
        names = frame.f_builtins
        if policy.FLAG in names and type(names.get(policy.CHECKPOINT)) is MethodType:
            return names
        frame = frame.f_back  # type: ignore[assignment]
    return {policy.FLAG: False}


class RangeGuard(metaclass=Sealed):
    """The guest's `range`: the real one up to a length, beyond it one that passes checkpoints as it is gone through."""

    __slots__ = ()

    def __call__(self, *args: Any) -> Any:
        real = range(*args)
        if real.stop - real.start > MANY or real.start - real.stop > MANY:
            return LongRange(real)
        return real

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, (range, LongRange))

    def __subclasscheck__(self, candidate: Any) -> bool:
        return candidate is self or issubclass(candidate, range)

    def __getattribute__(self, name: str) -> Any:
        if policy.attribute_rule(name) is not None or name in policy.GUARDED:
            raise refuse(name, policy.attribute_rule(name) or "dunder-attribute")
        return attribute_of(range, name)

    def __eq__(self, other: object) -> bool:
        return other is self or other is range

    def __hash__(self) -> int:
        return hash(range)

    def __or__(self, other: Any) -> Any:
        return range | other

    def __ror__(self, other: Any) -> Any:
        return other | range

    def __repr__(self) -> str:
        return "<class 'range'>"


MANY = 1 << 20  # items that C code may go through without a checkpoint


class LongRange(metaclass=Sealed):
    """A range of more than MANY items. What consumes it runs guest's code, and so passes checkpoints."""

    __slots__ = ("__wrapped_range__", "start", "step", "stop")
    __wrapped_range__: range

    def __init__(self, real: range) -> None:
        if type(real) is not range:
            raise TypeError("make it with range()")
        put = object.__setattr__
        put(self, "__wrapped_range__", real)
        put(self, "start", real.start)
        put(self, "stop", real.stop)
        put(self, "step", real.step)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("readonly attribute")

    def __iter__(self) -> Any:
        return paced(self.__wrapped_range__)

    def __reversed__(self) -> Any:
        return paced(self.__wrapped_range__[::-1])

    def __len__(self) -> int:
        return len(self.__wrapped_range__)

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, item: Any) -> Any:
        part = self.__wrapped_range__[item]
        return RANGE(part.start, part.stop, part.step) if type(part) is range else part

    def __contains__(self, item: object) -> bool:
        return type(item) is int and item in self.__wrapped_range__

    def index(self, item: Any) -> int:
        if type(item) is not int:
            raise ValueError("not in range")
        return self.__wrapped_range__.index(item)

    def count(self, item: Any) -> int:
        return 1 if item in self else 0

    def __eq__(self, other: object) -> bool:
        return type(other) is LongRange and self.__wrapped_range__ == other.__wrapped_range__

    def __hash__(self) -> int:
        return hash(self.__wrapped_range__)

    def __repr__(self) -> str:
        return repr(self.__wrapped_range__)


def paced(items: Any) -> Any:
    """The items, with a checkpoint at each: of the process that asks for them now, which its builtins tell."""
    return paced_by(items, calling_builtins())


def paced_by(items: Any, names: Any) -> Any:
    for item in items:
        if names[policy.FLAG]:
            names[policy.CHECKPOINT]()
        yield item


class ClosedKind(metaclass=Sealed):
    """What `type` shows for the iterators of C that guests do not make themselves: they would run without an end."""

    __slots__ = ("__wrapped_type__",)
    __wrapped_type__: type

    def __init__(self, kind: type) -> None:
        if hasattr(self, "__wrapped_type__"):
            raise AttributeError("readonly attribute")
        object.__setattr__(self, "__wrapped_type__", kind)

    @property
    def __name__(self) -> str:
        return self.__wrapped_type__.__name__

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("readonly attribute")

    def __call__(self, *args: Any) -> Any:
        raise TypeError(f"use the function {self.__name__}() itself")

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self.__wrapped_type__)

    def __repr__(self) -> str:
        return f"<class {self.__name__!r}>"


RANGE = RangeGuard()
