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


class _Closed:
    """What is told of a sealed function or property: that it is there. It is called and bound by Python alone.

    Its own methods are ordinary functions that all processes share, so they are not to be had as attributes.
    """

    __slots__ = ("__wrapped_function__",)
    __wrapped_function__: FunctionType

    def __init__(self, function: FunctionType) -> None:
        try:
            _function_of(self)
        except AttributeError:
            object.__setattr__(self, "__wrapped_function__", function)
            return
        raise AttributeError("what is sealed cannot be changed")

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return type(self)
        if name in ("__name__", "__qualname__", "__doc__", "__module__"):
            return getattr(_function_of(self), name)
        what = _function_of(self).__qualname__
        raise AttributeError(f"{what!r} is sealed: it shows no attribute {name!r}", name=name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a function of a sealed class cannot be changed")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("what is sealed cannot be copied")


_function_of: Any = _Closed.__dict__["__wrapped_function__"].__get__


class SealedFunction(_Closed):
    """A function of a sealed class: called and bound as any other, but nobody can hang attributes on it."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _function_of(self)(*args, **kwargs)

    def __get__(self, instance: object, kind: type | None = None) -> Any:
        return self if instance is None else opaque(MethodType(_function_of(self), instance))

    def __repr__(self) -> str:
        return f"<function {_function_of(self).__qualname__}>"


class SealedProperty(_Closed):
    """A property of a sealed class; Python's own lets everybody change its `__doc__`."""

    __slots__ = ()

    def __get__(self, instance: object, kind: type | None = None) -> Any:
        return self if instance is None else _function_of(self)(instance)

    def __set__(self, instance: object, value: object) -> None:
        raise AttributeError(f"property {_function_of(self).__name__!r} cannot be set")


def _sealed(name: str, value: object) -> object:
    if type(value) is FunctionType:
        return staticmethod(SealedFunction(value)) if name == "__new__" else SealedFunction(value)
    if type(value) is property and type(value.fget) is FunctionType:
        return SealedProperty(value.fget)
    return value


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
