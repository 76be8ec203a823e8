"""Names that are made at run time: their exact text, what is said of a closed one, and the names of a module.

Called by   the guards and the sandbox.
Owns        nothing.
"""

from __future__ import annotations

from abi.sealed import Sealed
from executive import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def refuse(name: str, rule: str) -> AttributeError:
    reason, hint = policy.RULES[rule]
    # The object is not attached: `error.obj` would hand it on.
    return AttributeError(f"the attribute {name!r} is closed: {reason}; {hint} [{rule}]", name=name)


def attribute_of(kind: type, name: str) -> Any:
    """An attribute of a class that a stand-in stands for; the error does not hand the class on."""
    try:
        return getattr(kind, name)
    except AttributeError:
        pass
    raise AttributeError(f"type object {kind.__name__!r} has no attribute {name!r}", name=name)


def plain_name(name: object) -> str:
    """The exact text of an attribute name; a subclass of str could show another one at each look."""
    if type(name) is str:
        return name
    if isinstance(name, str):
        return str.__str__(name)
    raise TypeError(f"attribute name must be string, not {type(name).__name__!r}")


class Namespace(metaclass=Sealed):
    """The variables of a module, as `globals()` and `vars(module)` give them: a mapping without the reserved names.

    Names that begin with `_axis_` and `__builtins__` are neither seen nor set through it.
    """

    __slots__ = ("__wrapped_namespace__",)
    __wrapped_namespace__: dict[str, Any]

    def __init__(self, namespace: dict[str, Any]) -> None:
        if type(namespace) is not dict:
            raise TypeError(f"a namespace is made of a dict, not of {type(namespace).__name__}")
        object.__setattr__(self, "__wrapped_namespace__", namespace)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a namespace has items, not attributes")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a namespace cannot be copied; use dict(...)")

    def __getitem__(self, key: str) -> Any:
        if _hidden(key):
            raise KeyError(key)
        return self.__wrapped_namespace__[key]

    def __setitem__(self, key: str, value: object) -> None:
        if type(key) is not str:
            raise TypeError("the names of variables are strings")
        if _hidden(key):
            raise KeyError(f"the name {key!r} is reserved")
        self.__wrapped_namespace__[key] = value

    def __delitem__(self, key: str) -> None:
        if _hidden(key):
            raise KeyError(key)
        del self.__wrapped_namespace__[key]

    def __contains__(self, key: object) -> bool:
        return not _hidden(key) and key in self.__wrapped_namespace__

    def __iter__(self) -> Iterator[str]:
        return iter([key for key in self.__wrapped_namespace__ if not _hidden(key)])

    def __len__(self) -> int:
        return sum(not _hidden(key) for key in self.__wrapped_namespace__)

    def keys(self) -> list[str]:
        return list(self)

    def values(self) -> list[Any]:
        return [self.__wrapped_namespace__[key] for key in self]

    def items(self) -> list[tuple[str, Any]]:
        return [(key, self.__wrapped_namespace__[key]) for key in self]

    def get(self, key: str, default: Any = None) -> Any:
        return default if _hidden(key) else self.__wrapped_namespace__.get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str, *default: Any) -> Any:
        if key not in self:
            if default:
                return default[0]
            raise KeyError(key)
        value = self[key]
        del self[key]
        return value

    def update(self, other: Any = (), **more: Any) -> None:
        for key, value in dict(other, **more).items():
            self[key] = value

    def copy(self) -> dict[str, Any]:
        return dict(self.items())

    def __eq__(self, other: object) -> bool:
        return self is other or dict(self.items()) == (dict(other.items()) if type(other) is Namespace else other)

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Any) -> dict[str, Any]:
        return self.copy() | dict(other)

    def __repr__(self) -> str:
        return repr(self.copy())


def _hidden(key: object) -> bool:
    """Whether a key of a namespace is the sandbox's; compares exact text only."""
    if type(key) is not str:
        return isinstance(key, str)
    return key[:6] == policy.RESERVED_PREFIX or key == "__builtins__"
