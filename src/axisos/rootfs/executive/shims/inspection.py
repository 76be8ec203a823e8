"""`inspect` for one process: signatures, documentation, members and kinds; no frames, no source, no closures.

Only functions of the process's own code have a signature here: the defaults of others belong to whoever wrote them.
"""

from __future__ import annotations

from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    GenericAlias,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)

from executive import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

VARARGS, VARKEYWORDS, GENERATOR, COROUTINE, ASYNC_GENERATOR = 0x04, 0x08, 0x20, 0x80, 0x200  # of `co_flags`
MAX_WRAPPED = 100  # functions around a function
_builtins_of: Any = FunctionType.__dict__["__builtins__"].__get__
_flags_of = type.__dict__["__flags__"].__get__
_mro_of = type.__dict__["__mro__"].__get__
_dictionary_of = type.__dict__["__dict__"].__get__
ABSTRACT = 1 << 20  # of `__flags__`


def make(world: World) -> dict[str, Any]:
    from executive.guards import GUARDS, shown_class

    class _empty:
        """Marks what was not given."""

        __module__, __qualname__ = "inspect", "_empty"

    class _ParameterKind(int):
        """How an argument may be given."""

        __module__ = "inspect"
        names = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")
        descriptions = ("positional-only", "positional or keyword", "variadic positional", "keyword-only",
                        "variadic keyword")

        @property
        def name(self) -> str:
            return self.names[self]

        @property
        def description(self) -> str:
            return self.descriptions[self]

        def __str__(self) -> str:
            return self.name

        def __repr__(self) -> str:
            return f"<_ParameterKind.{self.name}: {int(self)}>"

    kinds = [_ParameterKind(number) for number in range(5)]
    before, usual, rest, by_name, more = kinds

    def formatannotation(annotation: Any, base_module: Any = None) -> str:
        """The text of an annotation in a signature."""
        if getattr(annotation, "__module__", None) == "typing":
            return repr(annotation).replace("typing.", "")
        if isinstance(annotation, GenericAlias):
            return str(annotation)
        if isinstance(annotation, type):
            if annotation.__module__ in ("builtins", base_module):
                return annotation.__qualname__
            return f"{annotation.__module__}.{annotation.__qualname__}"
        return repr(annotation)

    class Parameter:
        """One parameter of a signature."""

        __module__ = "inspect"
        __slots__ = ("_annotation", "_default", "_kind", "_name")
        POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD = kinds
        empty = _empty

        def __init__(self, name: str, kind: Any, *, default: Any = _empty, annotation: Any = _empty) -> None:
            if not isinstance(name, str) or not name.isidentifier():
                raise ValueError(f"{name!r} is not a valid parameter name")
            kind = kinds[kind]
            if default is not _empty and kind in (rest, more):
                raise ValueError(f"{kind.description} parameters cannot have default values")
            self._name, self._kind, self._default, self._annotation = name, kind, default, annotation

        name = property(lambda self: self._name)
        kind = property(lambda self: self._kind)
        default = property(lambda self: self._default)
        annotation = property(lambda self: self._annotation)

        def replace(self, **changes: Any) -> Any:
            old = {"name": self._name, "kind": self._kind, "default": self._default, "annotation": self._annotation}
            return type(self)(**(old | changes))

        def __str__(self) -> str:
            text = {rest: "*", more: "**"}.get(self._kind, "") + self._name
            if self._annotation is not _empty:
                text += ": " + formatannotation(self._annotation)
            if self._default is not _empty:
                text += (" = " if self._annotation is not _empty else "=") + repr(self._default)
            return text

        def __repr__(self) -> str:
            return f'<{type(self).__name__} "{self}">'

        def _key(self) -> Any:
            return self._name, int(self._kind), self._default, self._annotation

        def __eq__(self, other: object) -> Any:
            return self._key() == other._key() if isinstance(other, Parameter) else NotImplemented

        def __hash__(self) -> int:
            return hash(self._key())

    class BoundArguments:
        """Arguments that fit a signature."""

        __module__ = "inspect"
        __slots__ = ("_signature", "arguments")

        def __init__(self, signature: Any, arguments: dict[str, Any]) -> None:
            self._signature, self.arguments = signature, arguments

        signature = property(lambda self: self._signature)

        def _split(self) -> tuple[list[Any], dict[str, Any]]:
            args: list[Any] = []
            kwargs: dict[str, Any] = {}
            for name, parameter in self._signature.parameters.items():
                if name not in self.arguments:
                    continue
                value, kind = self.arguments[name], parameter.kind
                if kind == more:
                    kwargs.update(value)
                elif kind == rest:
                    args.extend(value)
                elif kind == by_name or (kind == usual and len(args) < self._position(name)):
                    kwargs[name] = value
                else:
                    args.append(value)
            return args, kwargs

        def _position(self, name: str) -> int:
            return list(self._signature.parameters).index(name)

        args = property(lambda self: tuple(self._split()[0]))
        kwargs = property(lambda self: self._split()[1])

        def apply_defaults(self) -> None:
            filled = {}
            for name, parameter in self._signature.parameters.items():
                if name in self.arguments:
                    filled[name] = self.arguments[name]
                elif parameter.default is not _empty:
                    filled[name] = parameter.default
                elif parameter.kind == rest:
                    filled[name] = ()
                elif parameter.kind == more:
                    filled[name] = {}
            self.arguments = filled

        def __eq__(self, other: object) -> Any:
            if not isinstance(other, BoundArguments):
                return NotImplemented
            return self._signature == other._signature and self.arguments == other.arguments

        __hash__ = None  # type: ignore[assignment]

        def __repr__(self) -> str:
            return f"<BoundArguments ({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})>"

    class Signature:
        """What a function takes and gives."""

        __module__ = "inspect"
        __slots__ = ("_parameters", "_return_annotation")
        empty = _empty

        def __init__(self, parameters: Any = None, *, return_annotation: Any = _empty) -> None:
            self._parameters = {parameter.name: parameter for parameter in parameters or ()}
            self._return_annotation = return_annotation

        parameters = property(lambda self: world.library("types").MappingProxyType(self._parameters))
        return_annotation = property(lambda self: self._return_annotation)

        @classmethod
        def from_callable(cls, target: Any, **options: Any) -> Any:
            return signature(target, **options)

        def replace(self, *, parameters: Any = None, return_annotation: Any = None) -> Any:
            return type(self)(
                self._parameters.values() if parameters is None else parameters,
                return_annotation=self._return_annotation if return_annotation is None else return_annotation,
            )

        def bind(self, /, *args: Any, **kwargs: Any) -> Any:
            return self._bind(args, kwargs, False)

        def bind_partial(self, /, *args: Any, **kwargs: Any) -> Any:
            return self._bind(args, kwargs, True)

        def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any], partial: bool) -> Any:
            found: dict[str, Any] = {}
            given = list(args)
            for name, parameter in self._parameters.items():
                kind = parameter.kind
                if kind == rest:
                    if given:
                        found[name] = tuple(given)
                    given = []
                elif kind in (before, usual) and given:
                    if name in kwargs and kind == usual:
                        raise TypeError(f"multiple values for argument {name!r}")
                    found[name] = given.pop(0)
                elif kind in (usual, by_name) and name in kwargs:
                    found[name] = kwargs.pop(name)
                elif kind == more:
                    if given:
                        break
                    if kwargs:
                        found[name] = kwargs
                    kwargs = {}
                elif parameter.default is _empty and not partial:
                    only = " keyword-only" if kind == by_name else ""
                    raise TypeError(f"missing a required{only} argument: {name!r}")
            if given:
                raise TypeError("too many positional arguments")
            if kwargs:
                raise TypeError(f"got an unexpected keyword argument {next(iter(kwargs))!r}")
            return BoundArguments(self, found)

        def __str__(self) -> str:
            parts: list[str] = []
            last, star = None, False
            for parameter in self._parameters.values():
                kind = parameter.kind
                if last == before and kind != before:
                    parts.append("/")
                if kind == rest:
                    star = True
                elif kind == by_name and not star:
                    parts.append("*")
                    star = True
                parts.append(str(parameter))
                last = kind
            if last == before:
                parts.append("/")
            text = f"({', '.join(parts)})"
            if self._return_annotation is not _empty:
                text += " -> " + formatannotation(self._return_annotation)
            return text

        def __repr__(self) -> str:
            return f"<{type(self).__name__} {self}>"

        def __eq__(self, other: object) -> Any:
            if not isinstance(other, Signature):
                return NotImplemented
            mine, theirs = list(self._parameters.values()), list(other._parameters.values())
            return mine == theirs and self._return_annotation == other._return_annotation

        def __hash__(self) -> int:
            return hash(tuple(self._parameters.values()))

    def of_function(function: Any) -> Any:
        if policy.FLAG not in _builtins_of(function):
            raise ValueError(f"no signature found for {function.__name__!r}")
        code, annotations = function.__code__, function.__annotations__
        names, count, only = code.co_varnames, code.co_argcount, code.co_kwonlyargcount
        defaults = function.__defaults__ or ()
        made = []

        def add(name: str, kind: Any, default: Any = _empty) -> None:
            made.append(Parameter(name, kind, default=default, annotation=annotations.get(name, _empty)))

        for at in range(count):
            from_end = at - count + len(defaults)
            add(names[at], before if at < code.co_posonlyargcount else usual,
                defaults[from_end] if from_end >= 0 else _empty)
        at = count + only
        if code.co_flags & VARARGS:
            add(names[at], rest)
            at += 1
        for name in names[count : count + only]:
            add(name, by_name, (function.__kwdefaults__ or {}).get(name, _empty))
        if code.co_flags & VARKEYWORDS:
            add(names[at], more)
        return Signature(made, return_annotation=annotations.get("return", _empty))

    def without_first(found: Any) -> Any:
        parameters = list(found.parameters.values())
        if parameters and parameters[0].kind in (before, usual):
            del parameters[0]
        return found.replace(parameters=parameters)

    def signature(target: Any, *, follow_wrapped: bool = True, **options: Any) -> Any:
        """The signature of a function, method, class or callable object of the program's own."""
        if not callable(target):
            raise TypeError(f"{target!r} is not a callable object")
        kind = type(target)
        if kind is MethodType:
            return without_first(signature(target.__func__, follow_wrapped=follow_wrapped))
        if follow_wrapped:
            target = unwrap(target, stop=lambda inner: hasattr(inner, "__signature__"))
            kind = type(target)
        own = getattr(target, "__signature__", None)
        if isinstance(own, Signature):
            return own
        if kind is FunctionType:
            return of_function(target)
        partial = world.library("functools").partial
        if isinstance(target, partial):
            found = signature(target.func)
            found.bind_partial(*target.args, **target.keywords)
            left = list(found.parameters.values())
            taken = len(target.args)
            while left and taken and left[0].kind in (before, usual):
                del left[0]
                taken -= 1
            return found.replace(parameters=[
                parameter.replace(default=target.keywords[parameter.name], kind=by_name)
                if parameter.name in target.keywords and parameter.kind == usual else parameter
                for parameter in left
            ])
        if isinstance(target, type):
            for name in ("__new__", "__init__"):
                for base in _mro_of(target):
                    method = _dictionary_of(base).get(name)
                    method = method.__func__ if type(method) is staticmethod else method
                    if type(method) is FunctionType:
                        return without_first(signature(method))
            return Signature()
        for base in _mro_of(kind):
            method = _dictionary_of(base).get("__call__")
            if type(method) is FunctionType:
                return without_first(signature(method))
        raise ValueError(f"no signature found for builtin {target!r}")

    def unwrap(function: Any, *, stop: Any = None) -> Any:
        """The function behind decorators."""
        for _ in range(MAX_WRAPPED):
            if not hasattr(function, "__wrapped__") or (stop is not None and stop(function)):
                break
            function = function.__wrapped__
        return function

    def cleandoc(text: str) -> str:
        """Documentation without the indentation of the source."""
        lines = text.expandtabs().split("\n")
        margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
        margin = min(margins, default=0)
        lines[1:] = [line[margin:] for line in lines[1:]]
        lines[0] = lines[0].lstrip()
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            lines.pop(0)
        return "\n".join(lines)

    def getdoc(target: Any) -> str | None:
        """The documentation of *target*, or of what it overrides, cleaned up."""
        text = getattr(target, "__doc__", None)
        owner = getattr(target, "__qualname__", "").rpartition(".")[0]
        if text is None and isinstance(target, FunctionType) and owner:
            kind = function_home(target, owner)
            for base in _mro_of(kind)[1:] if kind is not None else ():
                text = getattr(_dictionary_of(base).get(target.__name__), "__doc__", None)
                if text is not None:
                    break
        return cleandoc(text) if isinstance(text, str) else None

    def function_home(function: Any, owner: str) -> Any:
        module = world.modules.get(function.__module__)
        found = module
        for part in owner.split("."):
            found = None if found is None else GUARDS.getattr(found, part, None)
        return found if isinstance(found, type) else None

    def getmembers(target: Any, predicate: Any = None) -> list[tuple[str, Any]]:
        """Names and values of the attributes that a program may read, sorted by name."""
        found = []
        for name in GUARDS.dir_names(dir(target)):
            world.pause()
            try:
                value = GUARDS.getattr(target, name)
            except AttributeError:
                continue
            foreign = name in policy.GUARDED or (
                type(value) is FunctionType and policy.FLAG not in _builtins_of(value)
            )
            if predicate is None or (not foreign and predicate(value)):
                found.append((name, value))
        return sorted(found, key=lambda pair: pair[0])

    def get_annotations(target: Any, **more: Any) -> dict[str, Any]:
        """The annotations, in a dictionary of the caller's; looking at a class leaves none behind in it."""
        try:
            return dict(GUARDS.attribute(target, "__annotations__") or {})
        except AttributeError:
            return {}

    def flagged(flag: int) -> Any:
        def test(target: Any) -> bool:
            for _ in range(MAX_WRAPPED):  # a partial may say that it is around itself
                if type(target) is MethodType:
                    target = target.__func__
                elif isinstance(target, world.library("functools").partial):
                    target = target.func
                else:
                    break
            return type(target) is FunctionType and bool(target.__code__.co_flags & flag)

        return test

    def of_kind(*types: type) -> Any:
        return lambda target: isinstance(target, types)

    routines = (BuiltinFunctionType, FunctionType, MethodType, MethodDescriptorType, WrapperDescriptorType,
                MethodWrapperType)
    for kind in (_empty, _ParameterKind, Parameter, BoundArguments, Signature):
        world.own(kind)
    return {
        "Parameter": Parameter, "Signature": Signature, "BoundArguments": BoundArguments, "signature": signature,
        "unwrap": unwrap, "cleandoc": cleandoc, "getdoc": getdoc, "getmembers": getmembers,
        "formatannotation": formatannotation,
        "getmro": lambda kind: tuple([shown_class(base) for base in GUARDS.attribute(kind, "__mro__")]),
        "get_annotations": get_annotations,
        "isclass": of_kind(type), "isfunction": of_kind(FunctionType), "ismethod": of_kind(MethodType),
        "isbuiltin": of_kind(BuiltinFunctionType), "ismodule": of_kind(ModuleType), "isroutine": of_kind(*routines),
        "isgenerator": of_kind(GeneratorType), "iscoroutine": of_kind(CoroutineType),
        "isasyncgen": of_kind(AsyncGeneratorType), "isgeneratorfunction": flagged(GENERATOR),
        "iscoroutinefunction": flagged(COROUTINE), "isasyncgenfunction": flagged(ASYNC_GENERATOR),
        "isawaitable": lambda target: isinstance(target, CoroutineType) or hasattr(target, "__await__"),
        "isabstract": lambda target: isinstance(target, type) and bool(_flags_of(target) & ABSTRACT),
        "isdatadescriptor": lambda target: hasattr(type(target), "__set__") or hasattr(type(target), "__delete__"),
        "ismethoddescriptor": of_kind(MethodDescriptorType), "isgetsetdescriptor": of_kind(GetSetDescriptorType),
        "ismemberdescriptor": of_kind(MemberDescriptorType),
    }
