"""`_typing` for one process: what Python keeps in C since 3.12, type variables and `Generic`, as classes of its own.

The interpreter's own ones call the functions of the host's `typing` module whenever something is substituted or joined
by `|`: its classes can be set and its caches hold what other processes put there. These call the process's `typing`,
in which the functions stand ready under the same names.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World


_mro_of: Any = type.__dict__["__mro__"].__get__
_dictionary_of: Any = type.__dict__["__dict__"].__get__


def getattr_static(target: Any, name: str) -> Any:
    """An attribute as it lies in its object or class, no code of the program's asked: what protocols look for."""
    try:
        space = object.__getattribute__(target, "__dict__")
    except AttributeError:
        space = {}
    if not isinstance(target, type) and type(space) is dict and name in space:
        return space[name]
    for kind in (target, type(target)) if isinstance(target, type) else (type(target),):
        for base in _mro_of(kind):
            if name in _dictionary_of(base):
                return _dictionary_of(base)[name]
    raise AttributeError(name)


def make(world: World) -> dict[str, Any]:
    """The names that `typing` imports."""
    from types import GenericAlias

    alias: Any = GenericAlias
    host: Any = world.host_module("_typing")
    missing = getattr(host, "NoDefault", None)  # since 3.13; an immutable singleton

    def typing() -> Any:
        return world.library("typing")

    class Joined:
        """What may stand in a union."""

        def __or__(self, other: Any) -> Any:
            return typing()._make_union(self, other)

        def __ror__(self, other: Any) -> Any:
            return typing()._make_union(other, self)

    class Variable(Joined):
        """What type variables of all kinds have in common."""

        def __init__(self, name: str, default: Any) -> None:
            if not isinstance(name, str):
                raise TypeError(f"{type(self).__name__}() argument 'name' must be str, not {type(name).__name__}")
            self.__name__ = name
            self.__default__ = default
            self.__module__ = typing()._caller(2)

        def vary(self, covariant: bool, contravariant: bool, infer_variance: bool) -> None:
            """Keep the variance; raises ValueError if it contradicts itself."""
            if covariant and contravariant:
                raise ValueError("Bivariant types are not supported.")
            if infer_variance and (covariant or contravariant):
                raise ValueError("Variance cannot be specified with infer_variance.")
            self.__covariant__ = bool(covariant)
            self.__contravariant__ = bool(contravariant)
            self.__infer_variance__ = bool(infer_variance)

        def has_default(self) -> bool:
            """Whether a default was given."""
            return self.__default__ is not missing

        def __repr__(self) -> str:
            if getattr(self, "__infer_variance__", True):
                return self.__name__
            sign = "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"
            return sign + self.__name__

        def __copy__(self) -> Any:
            return self

        def __deepcopy__(self, memo: Any) -> Any:
            return self

        def __mro_entries__(self, bases: Any) -> Any:
            raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")

    class TypeVar(Variable):
        """A type variable."""

        def __init__(
            self, name: str, *constraints: Any, bound: Any = None, covariant: bool = False,
            contravariant: bool = False, infer_variance: bool = False, default: Any = missing,
        ) -> None:  # fmt: skip
            Variable.__init__(self, name, default)
            self.vary(covariant, contravariant, infer_variance)
            if len(constraints) == 1:
                raise TypeError("A single constraint is not allowed")
            if constraints and bound is not None:
                raise TypeError("Constraints cannot be combined with bound=...")
            check = typing()._type_check
            self.__constraints__ = tuple([check(t, "TypeVar(name, constraint, ...): constraints must be types.")
                                          for t in constraints])
            self.__bound__ = None if bound is None else check(bound, "Bound must be a type.")

        def __typing_subst__(self, value: Any) -> Any:
            return typing()._typevar_subst(self, value)

    class ParamSpec(Variable):
        """A parameter specification."""

        def __init__(
            self, name: str, *, bound: Any = None, covariant: bool = False, contravariant: bool = False,
            infer_variance: bool = False, default: Any = missing,
        ) -> None:  # fmt: skip
            Variable.__init__(self, name, default)
            self.vary(covariant, contravariant, infer_variance)
            self.__bound__ = None if bound is None else typing()._type_check(bound, "Bound must be a type.")

        @property
        def args(self) -> Any:
            return ParamSpecArgs(self)

        @property
        def kwargs(self) -> Any:
            return ParamSpecKwargs(self)

        def __typing_subst__(self, value: Any) -> Any:
            return typing()._paramspec_subst(self, value)

        def __typing_prepare_subst__(self, alias: Any, values: Any) -> Any:
            return typing()._paramspec_prepare_subst(self, alias, values)

    class ParamSpecPart:
        """`P.args` or `P.kwargs`."""

        def __init__(self, origin: Any) -> None:
            self.__origin__ = origin

        def __eq__(self, other: Any) -> Any:
            if type(other) is not type(self):
                return NotImplemented
            return self.__origin__ == other.__origin__

        __hash__ = None  # type: ignore[assignment]

        def __mro_entries__(self, bases: Any) -> Any:
            raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")

    class ParamSpecArgs(ParamSpecPart):
        """`P.args`."""

        def __repr__(self) -> str:
            return f"{getattr(self.__origin__, '__name__', self.__origin__)}.args"

    class ParamSpecKwargs(ParamSpecPart):
        """`P.kwargs`."""

        def __repr__(self) -> str:
            return f"{getattr(self.__origin__, '__name__', self.__origin__)}.kwargs"

    class TypeVarTuple(Variable):
        """A type variable for any number of types."""

        def __init__(self, name: str, *, default: Any = missing) -> None:
            Variable.__init__(self, name, default)

        def __iter__(self) -> Any:
            yield typing().Unpack[self]

        def __typing_subst__(self, value: Any) -> Any:
            raise TypeError("Substitution of bare TypeVarTuple is not supported")

        def __typing_prepare_subst__(self, alias: Any, values: Any) -> Any:
            return typing()._typevartuple_prepare_subst(self, alias, values)

    class TypeAliasType(Joined):
        """A named type alias."""

        def __init__(self, name: str, value: Any, *, type_params: tuple[Any, ...] = ()) -> None:
            if not isinstance(type_params, tuple):
                raise TypeError("type_params must be a tuple")
            self.__name__ = name
            self.__value__ = value
            self.__type_params__ = type_params
            self.__module__ = typing()._caller(1)

        @property
        def __parameters__(self) -> Any:
            return tuple([
                part for each in self.__type_params__
                for part in (each if isinstance(each, TypeVarTuple) else (each,))
            ])

        def __getitem__(self, parameters: Any) -> Any:
            if not self.__type_params__:
                raise TypeError("Only generic type aliases are subscriptable")
            return alias(self, parameters)

        def __repr__(self) -> str:
            return self.__name__

    class Generic:
        """The base of generic classes."""

        __slots__ = ()
        _is_protocol = False

        def __class_getitem__(cls, parameters: Any) -> Any:
            return typing()._generic_class_getitem(cls, parameters)

        def __init_subclass__(cls, *args: Any, **kwargs: Any) -> None:
            typing()._generic_init_subclass(cls, *args, **kwargs)

    names: dict[str, Any] = {"_idfunc": host._idfunc, "getattr_static": getattr_static}
    if missing is not None:
        names["NoDefault"] = missing
    for kind in (TypeVar, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeVarTuple, TypeAliasType, Generic):
        kind.__module__ = "typing"
        kind.__qualname__ = kind.__name__
        names[kind.__name__] = kind
    for kind in (Joined, Variable, ParamSpecPart, *[names[name] for name in names if isinstance(names[name], type)]):
        world.own(kind)
    return names
