"""What a program can lay its hands on: a walk from its builtins and modules along every step that the policy allows.

The walker goes where source may go: attributes by names that the checker lets through (read by the guest's own
`getattr`), `vars`, `type`, items of containers, and calls without arguments that only look. It notes the path to each
object, so that a test that fails says how the attacker would write it.
"""

from __future__ import annotations

import types
from collections import deque
from typing import Any

from executive import policy
from executive.guards import GUARDS, TYPE
from executive.sandbox import Sandbox

PLAIN = (str, bytes, int, float, bool, complex, type(None))
MAX_PATH = 160  # characters; some things make new things at each look
CONTAINERS = (list, tuple, set, frozenset)
# Read of everything, whether it is there or not: an error may carry more than the attribute would.
_ATTRIBUTES = (
    "__class__", "__annotations__", "__doc__", "__mro__", "__bases__", "__wrapped__", "__name__", "__module__",
    "nothing_of_this_name",
)  # fmt: skip


def _alike(thing: Any) -> Any:
    """What many objects made afresh at each look have in common: one of them is enough to go on from."""
    kind = type(thing)
    if kind is types.MethodType:
        return kind, id(thing.__func__), id(type(thing.__self__))
    if kind is types.MethodWrapperType or kind is types.BuiltinMethodType:
        return kind, thing.__name__, id(type(thing.__self__))
    if kind is types.FunctionType and thing.__closure__:
        return kind, id(thing.__code__)
    if kind is tuple or kind is list or kind is set or kind is frozenset:
        return kind, tuple(map(id, thing))
    if kind is dict or kind is types.MappingProxyType:
        return dict, tuple((str(key), id(value)) for key, value in thing.items())
    if issubclass(kind, type):
        return None
    return kind, repr(thing)[:200] if kind.__module__ in ("types", "typing", "builtins") else id(thing)


class Walk:
    """All objects within reach of one sandbox."""

    def __init__(self, sandbox: Sandbox, *, limit: int = 400_000) -> None:
        self.sandbox = sandbox
        self.limit = limit
        self.found: dict[int, tuple[Any, str]] = {}  # id -> the object, which is kept alive, and the path to it
        self._waiting: deque[tuple[Any, str]] = deque()
        self._seen: set[Any] = set()

    def start(self, thing: Any, path: str) -> None:
        """Enter an object that the program has."""
        if type(thing) in PLAIN:
            thing, path = type(thing), f"type({path})"  # of them only the class leads on
        if id(thing) in self.found or len(path) > MAX_PATH:
            return
        alike = _alike(thing)
        if alike is not None:
            if alike in self._seen:
                return
            self._seen.add(alike)
        self.found[id(thing)] = (thing, path)
        self._waiting.append((thing, path))

    def run(self) -> dict[int, tuple[Any, str]]:
        """Walk until nothing new is found."""
        while self._waiting and len(self.found) < self.limit:
            thing, path = self._waiting.popleft()
            self._step(thing, path)
        assert len(self.found) < self.limit, "the walk does not end"
        return self.found

    def _step(self, thing: Any, path: str) -> None:
        kind = type(thing)
        if kind is dict or kind is types.MappingProxyType:
            for key, value in list(thing.items()):
                self.start(value, f"{path}[{key!r:.40}]")
                self.start(key, f"key of {path}")
        elif isinstance(thing, CONTAINERS):
            for at, value in enumerate(list(thing)):
                self.start(value, f"{path}[{at}]")
        self.start(TYPE(thing), f"type({path})")
        for name in self._names(thing, kind):
            try:
                value = GUARDS.getattr(thing, name)
            except Exception as error:
                self._error(error, f"error of {path}.{name}")
                continue
            self.start(value, f"{path}.{name}")
        try:
            self.start(GUARDS.dictionary(thing), f"vars({path})")
        except Exception as error:
            self._error(error, f"error of vars({path})")
        if kind is types.MappingProxyType or type(thing).__name__ == "Namespace":
            for key in list(thing):
                self.start(thing[key], f"{path}[{key!r:.40}]")

    def _error(self, error: Exception, path: str) -> None:
        values = [(f"args[{at}]", value) for at, value in enumerate(error.args)]
        more = ("obj", "__context__", "__cause__", "object", "value")
        values += [(name, getattr(error, name, None)) for name in more]
        for name, value in values:
            if type(value) is not str:
                self.start(value, f"({path}).{name}")

    def _names(self, thing: Any, kind: type) -> list[str]:
        names: set[str] = set(_ATTRIBUTES)
        for base in (*type.__dict__["__mro__"].__get__(kind), thing):
            try:
                names.update(name for name in object.__getattribute__(base, "__dict__") if type(name) is str)
            except (AttributeError, TypeError):
                continue
        if issubclass(kind, type):
            for base in type.__dict__["__mro__"].__get__(thing):
                names.update(name for name in type.__dict__["__dict__"].__get__(base) if type(name) is str)
        return sorted(name for name in names if policy.attribute_rule(name) is None)
