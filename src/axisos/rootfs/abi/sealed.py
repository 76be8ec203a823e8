"""Types that nobody can change: what the kernel may hand to a ring-3 program.

A class with the metaclass `Sealed` refuses every assignment and deletion on the class itself, so that one process
cannot alter what another one, or the kernel, sees.
"""

from __future__ import annotations

from types import FunctionType, MethodType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def opaque(method: Any) -> Any:
    """A bound method in a form that says nothing of what it is made of.

    A method hands on what it does not know to its function, and an AttributeError of the function carries it in `obj`:
    whoever had it could call it with an object of his own as `self`, and hang attributes on it.
    """
    return method.__call__


class SealedFunction:
    """A function of a sealed class: called and bound as any other, but nobody can hang attributes on it."""

    __slots__ = ("__wrapped_function__",)
    __wrapped_function__: FunctionType

    def __init__(self, function: FunctionType) -> None:
        if hasattr(self, "__wrapped_function__"):
            raise AttributeError("a function of a sealed class cannot be changed")
        object.__setattr__(self, "__wrapped_function__", function)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a function of a sealed class cannot be changed")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped_function__(*args, **kwargs)

    def __get__(self, instance: object, kind: type | None = None) -> Any:
        return self if instance is None else opaque(MethodType(self.__wrapped_function__, instance))

    def __repr__(self) -> str:
        return f"<function {self.__wrapped_function__.__qualname__}>"

    def __copy__(self) -> SealedFunction:
        return self

    def __deepcopy__(self, memo: object) -> SealedFunction:
        return self

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("a function of a sealed class cannot be copied")


def _sealed(name: str, value: object) -> object:
    if type(value) is FunctionType:
        return staticmethod(SealedFunction(value)) if name == "__new__" else SealedFunction(value)
    if type(value) is property and type(value.fget) is FunctionType:
        return SealedProperty(value.fget)
    return value


class SealedProperty:
    """A property of a sealed class; Python's own lets everybody change its `__doc__`."""

    __slots__ = ("__wrapped_function__",)
    __wrapped_function__: FunctionType

    def __init__(self, function: FunctionType) -> None:
        if hasattr(self, "__wrapped_function__"):
            raise AttributeError("a property of a sealed class cannot be changed")
        object.__setattr__(self, "__wrapped_function__", function)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a property of a sealed class cannot be changed")

    def __get__(self, instance: object, kind: type | None = None) -> Any:
        return self if instance is None else self.__wrapped_function__(instance)

    def __set__(self, instance: object, value: object) -> None:
        raise AttributeError(f"property {self.__wrapped_function__.__name__!r} cannot be set")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a property of a sealed class cannot be copied")


def _refuse_copy(self: object, protocol: object) -> object:
    raise TypeError(f"{type(self).__name__!r} objects cannot be copied")


class Sealed(type):
    """Metaclass of classes whose attributes are fixed when their module has run.

    Their instances are not copied either, unless the class says how: the steps of a copy pass through tables that a
    program may look into.
    """

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **keywords: Any) -> Sealed:
        space = {key: _sealed(key, value) for key, value in namespace.items()}
        if not bases and "__reduce_ex__" not in space and "__reduce__" not in space:
            space["__reduce_ex__"] = SealedFunction(_refuse_copy)  # type: ignore[arg-type]  # a function to mypy, too
        return super().__new__(mcls, name, bases, space, **keywords)

    def __setattr__(cls, name: str, value: object) -> None:
        raise TypeError(f"{cls.__name__} is sealed: its attribute {name!r} cannot be set")

    def __delattr__(cls, name: str) -> None:
        raise TypeError(f"{cls.__name__} is sealed: its attribute {name!r} cannot be deleted")
