"""What a guest gets in place of `getattr`, `setattr`, `type`, `vars`, ...: the same, within the policy.

Everything here is handed out as a bound method or as an instance of a sealed class, because a plain function accepts
attributes and would be a channel between processes. The functions keep no state.

Called by   the sandbox, which puts them into the builtins of each process.
Owns        nothing.
"""

from __future__ import annotations

from sys import modules as _host_modules
from types import (
    BuiltinMethodType,
    ClassMethodDescriptorType,
    FunctionType,
    GenericAlias,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)

from abi.sealed import Sealed, SealedFunction, SealedProperty, opaque
from executive import policy, priced
from executive.names import Namespace, attribute_of, plain_name, refuse
from executive.pacing import RANGE, ClosedKind, LongRange, RangeGuard, calling_builtins, calling_module, pause
from executive.safe_format import format_map_text, format_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any



class TypeGuard(metaclass=Sealed):
    """The guest's `type`: asks, checks and serves as a base class like the real one, and watches over new classes."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs:
            return shown_class(type(args[0]))
        if len(args) != 3:
            raise TypeError("type() takes 1 or 3 arguments")
        name, bases, namespace = args
        bases = _real_bases(bases)
        return finish_class(type(name, bases, checked_namespace(namespace, bases), **kwargs))

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (GuardedMeta,)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, type)

    def __subclasscheck__(self, candidate: Any) -> bool:
        return candidate is self or issubclass(candidate, type)

    def __getitem__(self, item: Any) -> Any:
        return GenericAlias(self, item)  # type: ignore[arg-type]  # our stand-in: `__origin__` would hand out `type`

    def __or__(self, other: Any) -> Any:
        return GuardedMeta | (GuardedMeta if other is self else other)

    def __ror__(self, other: Any) -> Any:
        return other | GuardedMeta

    def __getattribute__(self, name: str) -> Any:
        if name == "__new__":
            return opaque(GUARDS.new_type)
        if name == "__call__":
            return lambda kind, *args, **kwargs: kind(*args, **kwargs)
        if name == "__class__":
            return type
        if name == "__mro_entries__":
            return object.__getattribute__(self, name)
        if policy.attribute_rule(name) is not None or name in policy.GUARDED:
            raise refuse(name, policy.attribute_rule(name) or "dunder-attribute")
        return attribute_of(type, name)

    def __eq__(self, other: object) -> bool:
        return other is self or other is type

    def __hash__(self) -> int:
        return hash(type)

    def __repr__(self) -> str:
        return "<class 'type'>"

    def __reduce__(self) -> str:
        return "type"

    def __copy__(self) -> TypeGuard:
        return self

    def __deepcopy__(self, memo: Any) -> TypeGuard:
        return self


TYPE = TypeGuard()


class ClassDoor:
    """Stands for the metaclass while one class statement runs, so that its namespace is looked at before the class is.

    Python calls it as it would call any metaclass that is not a class.
    """

    __slots__ = ("_chosen", "_kind")

    def __init__(self, chosen: Any) -> None:
        self._chosen = chosen
        self._kind: Any = None

    def __prepare__(self, name: str, bases: tuple[Any, ...], /, **keywords: Any) -> Any:
        self._kind = kind = _metaclass_of(self._chosen, bases)
        prepare = None if kind is type else getattr(kind, "__prepare__", None)
        return {} if prepare is None else prepare(name, bases, **keywords)

    def __call__(self, name: str, bases: tuple[Any, ...], namespace: Any, /, **keywords: Any) -> Any:
        kind = self._kind
        if kind is type or kind is MetaOfGuarded:  # others derive from GuardedMeta, which does the same
            return finish_class(kind(name, bases, checked_namespace(namespace, bases), **keywords))
        return kind(name, bases, namespace, **keywords)


def _metaclass_of(chosen: Any, bases: tuple[Any, ...]) -> Any:
    """The metaclass by Python's rules: the most derived of the one that was named and those of the bases."""
    if chosen is TYPE:
        chosen = type
    if chosen is None:
        chosen = type(bases[0]) if bases else type
    elif not issubclass(type(chosen), type):
        return chosen  # any callable
    for base in bases:
        kind = type(base)
        if any(each is kind for each in _mro_of(chosen)):
            continue
        if not any(each is chosen for each in _mro_of(kind)):
            raise TypeError("metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass "
                            "of the metaclasses of all its bases")
        chosen = kind
    return chosen


class MetaOfGuarded(Sealed):
    """What `type` is to Python's classes, for the metaclasses of guests; `GuardedMeta` itself answers as `type`."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **keywords: Any) -> Any:
        return type.__new__(mcls, name, bases, namespace, **keywords)

    def __setattr__(cls, name: str, value: object) -> None:
        if cls is GuardedMeta:
            raise TypeError("cannot set attributes of the shared type 'type'; make a subclass")
        type.__setattr__(cls, name, value)

    def __delattr__(cls, name: str) -> None:
        if cls is GuardedMeta:
            raise TypeError("cannot delete attributes of the shared type 'type'")
        type.__delattr__(cls, name)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, type) if cls is GuardedMeta else type.__instancecheck__(cls, instance)

    def __subclasscheck__(cls, candidate: Any) -> bool:
        if cls is GuardedMeta:
            return candidate is TYPE or issubclass(candidate, type)
        return type.__subclasscheck__(cls, candidate)

    def __repr__(cls) -> str:
        return "<class 'type'>" if cls is GuardedMeta else type.__repr__(cls)


def _new_guarded(mcls: Any, name: Any, bases: Any = None, namespace: Any = None, /, **keywords: Any) -> Any:
    if bases is None and namespace is None:
        return shown_class(type(name))
    bases = _real_bases(bases)
    made = type.__new__(mcls, name, bases, checked_namespace(namespace, bases), **keywords)
    check_class(made)
    return finish_class(made)


class GuardedMeta(type, metaclass=MetaOfGuarded):
    """The real base of every metaclass of a guest: no class is made around the checks."""

    __module__ = "builtins"  # as it is shown in `type | None`
    __qualname__ = "type"
    __new__ = staticmethod(SealedFunction(_new_guarded))  # type: ignore[arg-type]  # called like a function


def _real_bases(bases: Any) -> tuple[Any, ...]:
    if not isinstance(bases, tuple):
        raise TypeError("type() argument 2 must be tuple")
    return tuple([GuardedMeta if base is TYPE else base for base in tuple.__iter__(bases)])


def checked_namespace(namespace: Any, bases: tuple[Any, ...]) -> dict[str, Any]:
    """A copy of the namespace of a class that is about to be made, refused if source could not say the same.

    Its keys are exact text: a key of a subclass of str could look like one name here and like another one to Python.
    Its special methods are finished: `__init_subclass__` and `__set_name__` use the class before anybody else does.
    """
    if not isinstance(namespace, dict):
        raise TypeError(f"type() argument 3 must be dict, not {type(namespace).__name__}")
    copy = {plain_name(key): value for key, value in dict.items(namespace)}
    if "__module__" not in copy:
        copy["__module__"] = calling_module()  # Python would take the name of the frame above, which is ours
    check_namespace(copy)
    for name, value in copy.items():
        if name in policy.METHODS:
            copy[name] = method_for(name, value)
    if any(issubclass(type(base), type) and issubclass(base, type) for base in bases):
        for name in _CALLED:
            value = copy[name] if name in copy else _inherited(name, bases)
            if not (value is None or _is_of_the_library(value) or _is_made_by(value, _SHOWING)):
                copy[name] = showing(value)
    return copy


def _inherited(name: str, bases: tuple[Any, ...]) -> Any:
    """The special method *name* that a metaclass gets from a class of the program's, None if there is none."""
    for base in bases:
        for kind in _mro_of(base):
            if kind is not type and kind is not object and kind is not GuardedMeta:
                space = _dictionary_of(kind)
                if name in space:
                    return space[name]
    return None


def check_namespace(namespace: Any) -> None:
    """Refuse names in the namespace of a class that its source could not have."""
    for name, value in dict.items(namespace):
        if type(name) is not str:
            raise TypeError(f"a name in a class is an exact string, not {type(name).__name__!r}")
        if name == "__match_args__":
            check_match_args(value)
        elif name[:1] == "_":
            rule = definition_rule(name)
            if rule is not None:
                raise refuse(name, rule)


# What the compiler and the library put into class namespaces by themselves.
_COMPILER_NAMES = frozenset({
    "__qualname__", "__classcell__", "__orig_bases__", "__firstlineno__", "__static_attributes__", "__type_params__",
    "__classdictcell__", "__annotate__", "__annotate_func__", "__annotations_cache__", "__conditional_annotations__",
    "__reduce_ex__", "__getnewargs__", "__dataclass_fields__", "__dataclass_params__", "__weakref__", "__dict__",
    "__abstractmethods__", "__parameters__", "__supertype__", "__getnewargs_ex__", "__reduce__", "__setstate__",
    "__members__", "__signature__", "__wrapped__", "__orig_class__", "__origin__",
    "__abc_tpflags__", "__text_signature__",
})


def definition_rule(name: str) -> str | None:
    if policy.is_dunder(name) and name not in policy.BINDABLE and name not in _COMPILER_NAMES:
        return "dunder-definition"
    return "reserved-name" if name[:6] == policy.RESERVED_PREFIX else None


def check_match_args(value: object) -> None:
    if type(value) is not tuple or not all(policy.safe_match_name(item) for item in value):
        raise refuse("__match_args__", "match-args")


_builtins_of: Any = FunctionType.__dict__["__builtins__"].__get__
_mro_of = type.__dict__["__mro__"].__get__
_dictionary_of = type.__dict__["__dict__"].__get__
_META_HOOKS = ("__getattr__", "__getattribute__", "__match_args__", "mro")  # would answer for what the checks have seen


def check_inherited_match_args(made: Any) -> None:
    """A class with a metaclass may lie about its instances, so its class patterns must not reach closed attributes."""
    for base in _mro_of(made):
        names = _dictionary_of(base).get("__match_args__")
        if names is not None:
            check_match_args(names)


def check_metaclass(made: Any) -> None:
    """Refuse a metaclass that, itself or by a base, would answer for attributes of its classes."""
    for base in _mro_of(made):
        if base is not type and base is not object:
            space = _dictionary_of(base)
            for hook in _META_HOOKS:
                if hook in space and not _is_of_the_library(space[hook]):
                    raise refuse(hook, "dunder-definition")


def _is_of_the_library(value: Any) -> bool:
    """A function of a vetted module, such as EnumType.__getattr__: it leaves special names alone."""
    return type(value) is FunctionType and "_axis_make_class" in _builtins_of(value)


def check_class(made: Any) -> None:
    """Look at a class that a guest made; refuse what the source alone does not show."""
    if not isinstance(made, type):
        return
    check_inherited_match_args(made)
    if issubclass(made, type):
        check_metaclass(made)


def pattern_class(kind: Any) -> Any:
    """The helper `_axis_kind`: the class of a class pattern, which may name harmless attributes only.

    The last line behind the checks at a class's making: whoever made it and however, its pattern is looked at here.
    """
    if kind is TYPE:
        return type
    if kind is RANGE:
        return range
    if issubclass(type(kind), type):
        if type(kind) is not type:
            check_metaclass(type(kind))
        for base in _mro_of(kind):
            names = _dictionary_of(base).get("__match_args__")
            if names is not None:
                check_match_args(names)
                break
    return kind


# Special methods that are looked up once for a class, not called over and over by C code.
_OF_THE_CLASS = frozenset({
    "__new__", "__init__", "__init_subclass__", "__class_getitem__", "__mro_entries__", "__set_name__",
    "__subclasshook__", "__post_init__",
})
_CALLED = policy.METHODS - _OF_THE_CLASS


def finish_class(made: Any) -> Any:
    """Refuse what only a finished class shows, and put what it needs around its special methods. Returns the class.

    C code calls special methods in loops (`x in list`, `any(items)`) and hands them what guests may not hold (the raw
    `type`, when a class is compared): so a C function may not stand for one as it is, see `method_for`.
    """
    space = _dictionary_of(made)
    for name, value in list(space.items()):
        if name[:2] != "__":
            continue
        if type(value) is MemberDescriptorType:
            if name in policy.METHODS or definition_rule(name) is not None:
                raise refuse(name, "dunder-definition")  # it came by `__slots__`
        elif name in policy.METHODS:
            better = method_for(name, value)
            if better is not value:
                type.__setattr__(made, name, better)
    if issubclass(made, type):
        _finish_metaclass(made)
    return made


def _finish_metaclass(made: Any) -> None:
    """Special methods of a metaclass, inherited ones as well, are handed classes in their stand-ins only."""
    for name in _CALLED:
        for base in _mro_of(made):
            if base is type or base is object or base is GuardedMeta:
                break
            space = _dictionary_of(base)
            if name in space:
                value = space[name]
                if not (value is None or _is_of_the_library(value) or _is_made_by(value, _SHOWING)):
                    type.__setattr__(made, name, showing(value))
                break


def put_method(made: Any, name: str, value: Any) -> Any:
    """What library code may store as the special method *name* of a class that exists already."""
    value = method_for(name, value)
    if name in _CALLED and _has_metaclass_below(made):
        return showing(value)
    return value


def _has_metaclass_below(made: Any) -> bool:
    return issubclass(made, type) or any(_has_metaclass_below(kind) for kind in type.__subclasses__(made))


def method_for(name: str, value: Any) -> Any:
    """What stands in a class for *value* as the special method *name*: itself, or what passes a checkpoint first."""
    if name == "__subclasshook__":
        return _asked(value)
    if name not in _CALLED or value is None or _is_instrumented(value):
        return value
    kind = type(value)
    if _is_made_by(value, _STEP) or _is_made_by(value, _SHOWING):
        return value
    if (kind is WrapperDescriptorType or kind is MethodDescriptorType) and value.__name__ == name:
        return value  # what the class would have inherited
    return stepped(value)


def _is_instrumented(value: Any) -> bool:
    return type(value) is FunctionType and policy.FLAG in _builtins_of(value)


def _is_made_by(value: Any, code: CodeType) -> bool:
    return type(value) is FunctionType and value.__code__ is code


def stepped(value: Any) -> Any:
    """A method that passes a checkpoint and does what *value*, bound like any attribute of a class, does."""

    def step(self: Any, *args: Any, **keywords: Any) -> Any:
        pause()
        return _bound(value, self, type(self))(*args, **keywords)

    return step


def showing(value: Any) -> Any:
    """The same for a metaclass: the arguments are shown as guests may hold them."""

    def show(self: Any, *args: Any, **keywords: Any) -> Any:
        pause()
        return _bound(value, self, type(self))(*map(shown_class, args), **keywords)

    return show


_STEP: CodeType = stepped(None).__code__
_SHOWING: CodeType = showing(None).__code__


def _bound(value: Any, owner: Any, kind: Any) -> Any:
    bind = getattr(type(value), "__get__", None)
    return value if bind is None else bind(value, owner, kind)


def _asked(value: Any) -> Any:
    """`__subclasshook__`: a class method, asked about classes in their stand-ins."""
    if type(value) is classmethod and (_is_made_by(value.__func__, _ASK) or _is_of_the_library(value.__func__)):
        return value  # `collections.abc` looks at the real class, and tells nobody

    def ask(cls: Any, kind: Any) -> Any:
        return _bound(value, None, cls)(shown_class(kind))

    return classmethod(ask)


_ASK: CodeType = _asked(None).__func__.__code__


def shown_class(kind: Any) -> Any:
    """A class as guests may hold it."""
    meta = type(kind)
    if meta is type or issubclass(meta, Sealed):  # others may have hashes and comparisons of their own
        return STAND_INS.get(kind, kind)
    return kind


class Guards:
    """The stateless guards. One shared object; its bound methods take no attributes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<the process>"

    # Reading.

    def attribute(self, target: Any, name: str) -> Any:
        """The helper `_axis_attr`: one of `policy.GUARDED`, read as the instrumented source says it."""
        if name == "__class__":
            return shown_class(target.__class__)
        if name == "__dict__":
            return self.dictionary(target)
        if name == "__annotations__":
            return self._annotations(target)
        if name == "__getattribute__" or name == "__setattr__" or name == "__delattr__":
            return attribute_call(target, name)
        value = getattr(target, name)
        if name == "__context__" or name == "__cause__":
            return None if _is_a_host_error(value) else value
        if name == "__mro__" or name == "__bases__":
            return _shown_classes(value) if type(value) is tuple else value
        if name == "mro":
            return (lambda: list(_shown_classes(value()))) if isinstance(target, type) else value
        return guarded_method(value, name)

    def receiver(self, target: Any) -> Any:
        """What `super()` gave, when `super` is not Python's: its `__init__` must not be a shared descriptor's."""
        if type(target) in _DESCRIPTORS or (isinstance(target, type) and issubclass(target, _DESCRIPTORS)):
            raise refuse("__init__", "dunder-attribute")
        return target

    def getattr(self, target: Any, name: str, *default: Any) -> Any:
        name = plain_name(name)
        if policy.is_dunder(name) or name[:1] == "_" or policy.is_frame_name(name):
            rule = policy.attribute_rule(name)
            if rule is not None:
                raise refuse(name, rule)
        if len(default) > 1:
            raise TypeError(f"getattr expected at most 3 arguments, got {2 + len(default)}")
        if name in policy.GUARDED:
            if default:
                try:
                    return self.attribute(target, name)
                except AttributeError:
                    return default[0]
            return self.attribute(target, name)
        return getattr(target, name, *default)

    def hasattr(self, target: Any, name: str) -> bool:
        name = plain_name(name)
        if policy.attribute_rule(name) is not None:
            return False
        return hasattr(target, name)

    def dictionary(self, target: Any) -> Any:
        """`target.__dict__`: the dictionary of a plain instance, a view of a module's, a copy of a class's."""
        kind = type(target)
        if issubclass(kind, ModuleType):
            return Namespace(ModuleType.__getattribute__(target, "__dict__"))
        if issubclass(kind, type):
            return self._class_dictionary(target)
        if kind is MethodType or issubclass(kind, BuiltinMethodType):
            raise AttributeError(f"{kind.__name__!r} object has no attribute '__dict__'")
        if kind is super:
            raise refuse("__dict__", "dunder-attribute")
        return target.__dict__

    def library_attribute(self, target: Any, name: str) -> Any:
        """The helper `_axis_attr` of library code: attributes by which it would act on what is not the program's."""
        if name != "__dict__":
            return self.attribute(target, name) if name in policy.GUARDED else _inside(target, name)
        kind = type(target)
        if issubclass(kind, ModuleType):
            return Namespace(ModuleType.__getattribute__(target, "__dict__"))
        if not issubclass(kind, type):
            return target.__dict__
        return MappingProxyType({
            name: _own_copy(value) for name, value in _dictionary_of(target).items()
            if type(value) not in _C_DESCRIPTORS
            or not (name in policy.HIDDEN_DESCRIPTORS or name in policy.GUARDED or policy.attribute_rule(name))
        })

    def vars(self, target: Any) -> Any:
        return self.library_attribute(target, "__dict__")

    def pattern_class(self, kind: Any) -> Any:
        return pattern_class(kind)

    def _class_dictionary(self, target: Any) -> Any:
        shown = {}
        for name, value in _dictionary_of(target).items():
            if name in policy.GUARDED and type(value) in _C_DESCRIPTORS:
                continue  # the guard would be passed by
            value = _own_copy(value)
            if not policy.is_dunder(name):
                if policy.attribute_rule(name) is None:
                    shown[name] = value
            elif name in policy.ATTRIBUTES and name not in policy.GUARDED and type(value) is not _GETSET:
                shown[name] = value
        return MappingProxyType(shown)

    def _annotations(self, target: Any) -> Any:
        kind = type(target)
        if issubclass(kind, type) and not issubclass(kind, Sealed):
            # Asking Python for what is not there makes an empty dictionary in the class, which may be a shared one.
            return _dictionary_of(target).get("__annotations__", {})
        value = target.__annotations__
        if (kind is FunctionType and policy.FLAG in _builtins_of(target)) or issubclass(kind, ModuleType):
            return value
        return dict(value) if type(value) is dict else value

    def dir_names(self, names: Any) -> list[str]:
        return [name for name in names if policy.attribute_rule(name) is None]

    # Library code is trusted, but acts on names that guests hand to it.

    def library_getattr(self, target: Any, name: str, *default: Any) -> Any:
        name = plain_name(name)
        rule = policy.library_rule(name)
        if rule is not None:
            if default:
                return default[0]
            raise refuse(name, rule)
        if name in policy.GUARDED or name in policy.LIBRARY_GUARDED:
            try:
                return self.library_attribute(target, name)
            except AttributeError:
                if default:
                    return default[0]
                raise
        return getattr(target, name, *default)

    def reductor(self, target: Any) -> Any:
        """`target.__reduce_ex__` for `copy`, the one library that may ask; what is made of the kernel's stays itself.

        No other code gets at it, by no computed name: it tells what a bound method is bound to, the kernel's own too.
        """
        if _is_the_kernels(target):
            return lambda protocol: ""  # as Python's own functions answer, of which a copy is the same one
        return getattr(target, "__reduce_ex__", None)

    # Types and numbers.

    def power(self, base: Any, exponent: Any) -> Any:
        return priced.power(base, exponent)

    def pow(self, base: Any, exp: Any, mod: Any = None) -> Any:
        if mod is None:
            return priced.power(base, exp)
        return priced.modular_power(base, exp, mod)

    def round(self, number: Any, ndigits: Any = None) -> Any:
        return priced.rounded(number, ndigits)

    def sorted(self, items: Any, /, *more: Any, key: Any = None, reverse: Any = False) -> list[Any]:
        if more:
            raise TypeError(f"sorted expected 1 argument, got {1 + len(more)}")
        return priced.in_order(list(items), key, reverse, pause)

    def shift_left(self, value: Any, bits: Any) -> Any:
        return priced.shift_left(value, bits)

    def multiply(self, left: Any, right: Any) -> Any:
        return priced.multiply(left, right)

    def factor(self, target: Any, value: Any) -> Any:
        return priced.factor(target, value)

    def exponent(self, target: Any, value: Any) -> Any:
        return priced.exponent(target, value)

    def bits(self, target: Any, value: Any) -> Any:
        return priced.bits(target, value)

    def count(self, value: Any) -> Any:
        return priced.count(value)

    def width(self, value: Any) -> Any:
        return priced.width(value)

    def spec(self, spec: str) -> str:
        from executive.safe_format import check_spec

        return check_spec(spec)

    def new_type(self, mcls: Any, *args: Any, **keywords: Any) -> Any:
        """`type.__new__(mcls, name, bases, namespace)`."""
        if len(args) != 3:
            raise TypeError(f"type.__new__() takes exactly 3 arguments ({len(args)} given)")
        name, bases, namespace = args
        bases = _real_bases(bases)
        space = checked_namespace(namespace, bases)
        made = type.__new__(type if mcls is TYPE else mcls, name, bases, space, **keywords)
        check_class(made)
        return finish_class(made)

    def check_namespace(self, namespace: Any) -> None:
        check_namespace(namespace)

    def attribute_getter(self, *names: str) -> Any:
        """`operator.attrgetter` within the policy."""
        paths = []
        for name in names:
            path = plain_name(name).split(".")
            for part in path:
                rule = policy.attribute_rule(part)
                if rule is not None:
                    raise refuse(part, rule)
            paths.append(path)
        if not paths:
            raise TypeError("attrgetter expected 1 argument, got 0")

        def walk(target: Any, path: list[str]) -> Any:
            for part in path:
                target = self.getattr(target, part)
            return target

        if len(paths) == 1:
            only = paths[0]
            return lambda target: walk(target, only)
        return lambda target: tuple([walk(target, path) for path in paths])

    def method_caller(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """`operator.methodcaller` within the policy."""
        name = plain_name(name)
        rule = policy.attribute_rule(name)
        if rule is not None:
            raise refuse(name, rule)
        return lambda target: self.getattr(target, name)(*args, **kwargs)

    def format(self, value: Any, spec: str = "") -> str:
        if type(spec) is not str:
            if not isinstance(spec, str):
                raise TypeError(f"format() argument 2 must be str, not {type(spec).__name__}")
            spec = str.__str__(spec)
        return format(value, self.spec(spec))


_GETSET = type(FunctionType.__code__)
GUARDS = Guards()


def _inside(target: Any, name: str) -> Any:
    """What library code reads of the insides of something, if that is made of the program's or the library's code.

    Libraries look into what programs hand to them (`partialmethod` reads `__self__` of what a descriptor returns), and
    that may be a function of the kernel's.
    """
    if _is_the_kernels(target):
        raise refuse(name, "dunder-attribute")
    if name == "__setstate__" and isinstance(target, BaseException):
        return lambda state: _set_state(target, state)
    if name == "__setstate__" and isinstance(target, type) and issubclass(target, BaseException):
        return lambda error, state: _set_state(error, state)  # the descriptor itself would set anything
    return getattr(target, name)


def _is_the_kernels(target: Any) -> bool:
    """Whether something callable is made of a function of the kernel's (or is one of Python's own module functions)."""
    kind = type(target)
    if kind is FunctionType:
        return policy.FLAG not in _builtins_of(target)
    if kind is MethodType or kind is classmethod or kind is staticmethod:
        return _is_the_kernels(target.__func__)
    if kind is MethodWrapperType:
        return _is_the_kernels(target.__self__)
    if issubclass(kind, BuiltinMethodType):  # a method that knows its class has a type of its own
        return isinstance(target.__self__, ModuleType)
    return kind is SealedFunction


def _set_state(error: BaseException, state: Any) -> None:
    """`BaseException.__setstate__`: it sets whatever attributes the state names."""
    if state is None:
        return
    copy = {plain_name(key): value for key, value in dict.items(state)}
    for name in copy:
        rule = policy.attribute_rule(name, store=True)
        if rule is not None:
            raise refuse(name, rule)
    error.__setstate__(copy)


def attribute_call(target: Any, method: str) -> Any:
    """`object.__setattr__` and its cousins, held until they are called with a name that can be looked at."""

    def call(*args: Any) -> Any:
        unbound = isinstance(target, type) or target is TYPE
        wanted = (2 if unbound else 1) + (method == "__setattr__")
        if len(args) != wanted:
            raise TypeError(f"{method} expected {wanted} arguments, got {len(args)}")
        receiver = args[0] if unbound else target
        name = plain_name(args[1] if unbound else args[0])
        store = method != "__getattribute__"
        rule = policy.attribute_rule(name, store=store)
        if rule is not None:
            raise refuse(name, rule)
        if name in policy.GUARDED and not store:
            return GUARDS.attribute(receiver, name)
        if store:
            real = _super_self(receiver) if type(receiver) is super else receiver
            if isinstance(real, type):
                raise TypeError("use setattr() to change a class")
        rest = list(args)
        rest[1 if unbound else 0] = name
        return getattr(type if target is TYPE else target, method)(*rest)

    return call


_super_self = super.__dict__["__self__"].__get__
_TEXTS = (str, bytes, bytearray)
_COUNTED = (int, str, bytes, bytearray, list, tuple)
_DESCRIPTORS = (property, classmethod, staticmethod)
_C_DESCRIPTORS = (GetSetDescriptorType, MemberDescriptorType, MethodDescriptorType, WrapperDescriptorType,
                  ClassMethodDescriptorType)
_BINDERS = frozenset({"__get__", "__set__", "__delete__"})


def guarded_method(value: Any, name: str) -> Any:
    """The safe stand-in for a method of a C type, whatever way it was reached; other values as they are."""
    kind = type(value)
    if name in _BINDERS:
        return _guarded_binder(value, kind)
    if issubclass(kind, BuiltinMethodType):  # a method that knows its class has a type of its own
        owner = value.__self__
        if owner is type and name == "__new__":
            return opaque(GUARDS.new_type)
        if name == "__format__":
            return lambda spec: GUARDS.format(owner, spec)
        if name == "sort":
            return (lambda **how: _sort(owner, **how)) if isinstance(owner, list) else value
        if isinstance(owner, _TEXTS):
            return lambda *args, **kwargs: _text_call(owner, name, args, kwargs)
        if name == "as_tuple":
            return lambda: _decimal_tuple(value())
        if name in _TEMPLATED:
            return lambda *args, **keywords: _fill_in(value, args, keywords)
    elif kind is MethodDescriptorType:
        if name == "as_tuple":
            return lambda number: _decimal_tuple(value(number))
        if name in _TEMPLATED:
            return lambda owner, *args, **keywords: _fill_in(value.__get__(owner), args, keywords)
        if name == "__format__":
            return lambda owner, spec: GUARDS.format(owner, spec)
        if name == "sort":
            return (lambda owner, **how: _sort(owner, **how)) if value.__objclass__ is list else value
        if value.__objclass__ in _TEXTS:
            return lambda text, *args, **kwargs: _text_call(text, name, args, kwargs)
    elif kind is MethodWrapperType:
        owner = value.__self__
        if name == "__init__":
            if type(owner) in _DESCRIPTORS:
                raise refuse(name, "dunder-attribute")  # would turn a property of a shared class into another
        elif isinstance(owner, _COUNTED):
            return lambda *args: _operator_call(owner, name, args)
    elif kind is WrapperDescriptorType:
        home = value.__objclass__
        if name == "__init__":
            if home in _DESCRIPTORS:
                return lambda owner, *args, **kwargs: _init_descriptor(value, owner, args, kwargs)
        elif home in _COUNTED:
            return lambda owner, *args: _operator_call(owner, name, args)
    return value


def _is_a_host_error(error: Any) -> bool:
    """Whether an error is of a class written in Python that the host made: its functions would be everybody's."""
    return isinstance(error, BaseException) and any(
        type(value) is FunctionType and policy.FLAG not in _builtins_of(value)
        and not (_is_made_by(value, _STEP) or _is_made_by(value, _SHOWING))
        for base in _mro_of(type(error)) if type(base) is type for value in _dictionary_of(base).values()
    )


_TEMPLATED = frozenset({"sub", "subn", "expand"})


def _fill_in(method: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """`pattern.sub(...)` and its like: Python keeps templates in a table, and reports errors by a class, of all."""
    texts = [_exact_text(value) for value in args]
    options = {name: _exact_text(value) for name, value in keywords.items()}
    try:
        return method(*texts, **options)
    except Exception as error:
        if type(error).__module__ not in ("re", "re._constants", "sre_constants"):
            raise
        problem: Any = error
    own = getattr(calling_builtins()["__import__"]("re"), "error", ValueError)
    if own is type(problem):
        raise problem
    raise own(problem.msg, problem.pattern, problem.pos)


def _exact_text(value: Any) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bytes):
        return bytes.__getitem__(value, slice(None))
    return value


def _decimal_tuple(parts: Any) -> Any:
    """`Decimal.as_tuple()`: Python's DecimalTuple has functions that all processes would share."""
    names = calling_builtins()
    return names["__import__"]("decimal").DecimalTuple(*parts) if "__import__" in names else tuple(parts)


def _guarded_binder(value: Any, kind: Any) -> Any:
    """`descriptor.__get__` and its like: one of Python's own descriptors opens what its name says, and no more."""
    if kind is MethodWrapperType:
        if type(value.__self__) in _C_DESCRIPTORS:
            _check_descriptor(value.__self__)
    elif kind is WrapperDescriptorType and value.__objclass__ in _C_DESCRIPTORS:
        return lambda descriptor, *args: _check_descriptor(descriptor) and value(descriptor, *args)
    return value


def _own_copy(value: Any) -> Any:
    """An entry of a class dictionary: wrappers that take attributes, or a `__doc__`, are copied if they are shared."""
    kind = type(value)
    if (kind is staticmethod or kind is classmethod) and _is_shared(value.__func__):
        return kind(value.__func__)
    return value


def _is_shared(inner: Any) -> bool:
    return type(inner) is not FunctionType or policy.FLAG not in _builtins_of(inner)


def _check_descriptor(descriptor: Any) -> bool:
    name = descriptor.__name__
    rule = policy.attribute_rule(name)
    if rule is not None or name in policy.HIDDEN_DESCRIPTORS:
        raise refuse(name, rule or "dunder-attribute")
    return True


def _text_call(owner: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if not isinstance(owner, _TEXTS):
        raise TypeError(f"unbound method {name}() needs a text")
    text: Any = owner
    if name == "format":
        return format_text(text, args, kwargs)
    if name == "format_map":
        return format_map_text(text, *args, **kwargs)
    if name in priced.BACKWARD:
        return priced.search_back(text, name, args, kwargs)
    return priced.pad(text, name, args, kwargs)


def _sort(owner: Any, *, key: Any = None, reverse: Any = False) -> None:
    """`list.sort`; a long list is replaced by what was sorted in portions."""
    count = list.__len__(owner)
    if count <= 4 * priced.PORTION:
        list.sort(owner, key=key, reverse=reverse)
        return
    done = priced.in_order(list.__getitem__(owner, slice(None)), key, reverse, pause)
    if list.__len__(owner) != count:
        raise ValueError("list modified during sort")
    list.__setitem__(owner, slice(None), done)


def _operator_call(owner: Any, name: str, args: tuple[Any, ...]) -> Any:
    pause()  # it may be the key of a `max` over the very list that it makes longer
    if args:
        priced.check_operator(owner, name, args[0])
    for base in _COUNTED:
        if isinstance(owner, base):
            return getattr(base, name)(owner, *args)
    raise TypeError(f"{name} does not take {type(owner).__name__!r}")


def _init_descriptor(method: Any, owner: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if type(owner) in _DESCRIPTORS:
        raise refuse("__init__", "dunder-attribute")
    return method(owner, *args, **kwargs)


def _shown_classes(classes: Any) -> tuple[Any, ...]:
    """The bases of a class, without those that stand behind one of the process's own."""
    shown = [shown_class(kind) for kind in classes if not _is_covered(kind) and not _is_counted(kind)]
    return tuple(shown) if shown or not classes else (object,)


def _is_counted(kind: Any) -> bool:
    """Whether it is what stands in for `object` as a base in simulation."""
    return type(kind) is type and kind is not object and kind.__name__ == "object" and kind.__module__ == "builtins"


# Classes of the host's that are seen only through a class of the process's own, which derives from them.
COVERED = (("datetime", "date"), ("datetime", "datetime"), ("decimal", "Context"))


def _is_covered(kind: Any) -> bool:
    """By identity: a class of a program's may answer for its own name, `__eq__` and `__hash__`."""
    return kind is GuardedMeta or any(
        kind is getattr(_host_modules.get(module), name, None) for module, name in COVERED
    )


MAP, FILTER = ClosedKind(map), ClosedKind(filter)
STAND_INS: dict[Any, Any] = {
    type: TYPE, range: RANGE, LongRange: RANGE, TypeGuard: TYPE, RangeGuard: TYPE, Sealed: TYPE, MetaOfGuarded: TYPE,
    GuardedMeta: TYPE, SealedFunction: FunctionType, SealedProperty: property, map: MAP, filter: FILTER,
    ClosedKind: TYPE,
}
