"""The table of system calls: who may call what, with which types, and how a call gets to its body.

A call is a method of the subsystem that owns it, marked with `@syscall(rings=...)`. The declaration says it all: the
rings that may call, the parameters with their exact types and defaults. From it come the check, the dispatch and the
manual's reference.

Dispatch uses one dict per ring. A permitted call pays nothing for the ring check; a name that is not in the caller's
dict falls to the slow path, which knows unknown names (303) from forbidden ones: those are logged and end the caller.

Called by   the `syscall` of each process, made here; the kernel, which enters the subsystems at boot.
Always so   the ring is checked before anything is forwarded; arguments have exact types before a body sees them; no
            exception with the kernel's frames reaches ring >= 2.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from abi.names import RINGS
from abi.status import Status, StatusError
from executive.headroom import ROOM
from executive.plain import MAX_INT_BITS
from executive.process import HandlerRaised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from executive.process import Process, Thread
    from executive.scheduler import Scheduler

    Body = Callable[..., object]

ANY_RING: tuple[float, ...] = RINGS
SERVICES: tuple[float, ...] = (0, 1)
DRIVERS: tuple[float, ...] = (0, 1, 2)
SERVICE_ONLY: tuple[float, ...] = (1,)

SECOND_NS = 1_000_000_000
SIMULATED_SYSCALL_NS = 1_000  # machine time that one system call takes in a simulation

_TYPES: dict[str, type | None] = {
    "int": int,
    "float": float,
    "str": str,
    "bytes": bytes,
    "bool": bool,
    "dict": dict,
    "list": list,
    "tuple": tuple,
    "None": None,
}

_F = TypeVar("_F", bound="Callable[..., object]")


def syscall(*, rings: Iterable[float], checks_itself: bool = False) -> Callable[[_F], _F]:
    """Mark a subsystem's method as the system call of its name; callers outside *rings* never reach it.

    With *checks_itself* the body tests the types of its arguments, because it is too hot for a test in front of it.
    Its parameters after (self, thread) are the call's; annotations name exact types (`int | None`, `dict[str, object]`,
    `object` for anything, `Handle` for a token or a standard index).
    """

    def mark(body: _F) -> _F:
        body.__syscall_rings__ = tuple(rings)  # type: ignore[attr-defined]
        body.__syscall_checks_itself__ = checks_itself  # type: ignore[attr-defined]
        return body

    return mark


class Parameter:
    """One parameter of a call, as declared."""

    __slots__ = ("annotation", "default", "name", "required", "types", "variadic")

    def __init__(self, name: str, annotation: str, required: bool, default: object, variadic: bool) -> None:
        self.name = name
        self.annotation = annotation
        self.required = required
        self.default = default
        self.variadic = variadic
        self.types = _exact_types(annotation)

    def __str__(self) -> str:
        if self.variadic:
            return f"*{self.name}"
        return f"{self.name}: {self.annotation}" + ("" if self.required else f" = {self.default!r}")


def _exact_types(annotation: str) -> tuple[type, ...] | None:
    """The types that an annotation admits; None where the body looks for itself."""
    if annotation == "Handle" or annotation.startswith("Handle |"):
        annotation = annotation.replace("Handle", "str | int")
    types: list[type] = []
    for part in _split_union(annotation):
        base = part.split("[", 1)[0].strip()
        if base not in _TYPES:
            return None
        types.append(type(None) if base == "None" else _TYPES[base])  # type: ignore[arg-type]
    return tuple(types)


def _split_union(annotation: str) -> list[str]:
    """Split `int | list[str | None]` at its outer bars."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(annotation):
        if character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
        elif character == "|" and depth == 0:
            parts.append(annotation[start:position].strip())
            start = position + 1
    parts.append(annotation[start:].strip())
    return parts


class SystemCall:
    """One row of the table."""

    __slots__ = ("body", "checked", "checks_itself", "documentation", "name", "parameters", "rings")

    def __init__(
        self,
        name: str,
        rings: tuple[float, ...],
        body: Body,
        parameters: list[Parameter],
        checks_itself: bool = False,
        doc: str = "",
    ) -> None:
        self.name = name
        self.rings = rings
        self.body = body  # (thread, *arguments)
        self.parameters = parameters
        self.checks_itself = checks_itself
        self.documentation = doc
        self.checked = self.behind_checks(body)

    def behind_checks(self, body: Body) -> Body:
        """*body* (thread, *arguments) behind this call's test of its arguments' types."""
        return _with_checks(self, body) if self.parameters and not self.checks_itself else body

    def accepts(self, count: int) -> bool:
        """Whether the call takes *count* arguments."""
        least = sum(1 for p in self.parameters if p.required and not p.variadic)
        most = float("inf") if any(p.variadic for p in self.parameters) else len(self.parameters)
        return least <= count <= most

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters))})"


def declared_call(name: str, rings: Iterable[float], body: Body) -> SystemCall:
    """The row for a method marked with `syscall`, or for any function (thread, ...) with annotations."""
    function: Any = getattr(body, "__func__", body)
    code = function.__code__
    bound = 1 if function is not body else 0
    names = code.co_varnames[bound + 1 : code.co_argcount]
    defaults = function.__defaults__ or ()
    first_default = len(names) - len(defaults)
    annotations = function.__annotations__
    parameters = [
        Parameter(
            parameter,
            annotations.get(parameter, "object"),
            index < first_default,
            None if index < first_default else defaults[index - first_default],
            False,
        )
        for index, parameter in enumerate(names)
    ]
    if code.co_flags & 0x04:  # *args
        parameters.append(Parameter(code.co_varnames[code.co_argcount], "object", False, None, True))
    checks_itself = getattr(function, "__syscall_checks_itself__", False)
    return SystemCall(name, tuple(rings), body, parameters, checks_itself, function.__doc__ or "")


def _with_checks(call: SystemCall, body: Body) -> Body:
    """A body behind a test of each argument's exact type, as one flat function."""
    namespace: dict[str, object] = {"_body": body, "_refuse": refuse_argument, "_NoneType": type(None)}
    heads, tests, passed = [], [], []
    for parameter in call.parameters:
        name = parameter.name
        if parameter.variadic:
            heads.append(f"*{name}")
            passed.append(f"*{name}")
            continue
        if parameter.required:
            heads.append(name)
        else:
            namespace[f"_default_{name}"] = parameter.default
            heads.append(f"{name}=_default_{name}")
        passed.append(name)
        if parameter.types is not None:
            condition = " and ".join(
                f"type({name}) is not {'_NoneType' if kind is type(None) else kind.__name__}"
                for kind in parameter.types
            )
            tests.append(f"    if {condition}: _refuse({call.name!r}, {name!r}, {parameter.annotation!r}, {name})\n")
    head = f"def {call.name}(_thread, {', '.join(heads)}):\n"
    source = f"{head}{''.join(tests)}    return _body(_thread, {', '.join(passed)})\n"
    exec(compile(source, f"<syscall {call.name}>", "exec"), namespace)  # built from our declarations
    return namespace[call.name]  # type: ignore[return-value]


def refuse_argument(call: str, name: str, annotation: str, value: object) -> None:
    """Raises INVALID_PARAMETER: the argument has the wrong type."""
    given = str(type.__dict__["__name__"].__get__(type(value)))[:80]
    raise StatusError(Status.INVALID_PARAMETER, f"{call}: {name} must be {annotation}, not {given}")


class SyscallTable:
    """All system calls of one machine, by name and by ring."""

    def __init__(self) -> None:
        self.entries: dict[str, SystemCall] = {}
        self.by_ring: dict[float, dict[str, Body]] = {ring: {} for ring in RINGS}

    def enter_subsystem(self, subsystem: object) -> None:
        """Enter every marked method of *subsystem*."""
        for name in dir(type(subsystem)):
            rings = getattr(getattr(type(subsystem), name), "__syscall_rings__", None)
            if rings is not None:
                self.enter(declared_call(name, rings, getattr(subsystem, name)))

    def enter(self, call: SystemCall) -> None:
        """Enter one call; its name must be new."""
        assert call.name not in self.entries, f"{call.name} is declared twice"
        self.entries[call.name] = call
        for ring in call.rings:
            self.by_ring[ring][call.name] = call.checked

    def replace(self, name: str, body: Body, rings: Iterable[float]) -> None:
        """Have *body* answer a call from now on, for those rings (an override)."""
        for ring in RINGS:
            self.by_ring[ring].pop(name, None)
        for ring in rings:
            self.by_ring[ring][name] = body

    def restore(self, name: str) -> None:
        """Undo `replace`: the native call answers again, if there is one."""
        entry = self.entries.get(name)
        self.replace(name, entry.checked if entry else _unknown, entry.rings if entry else ())

    def known(self, name: str) -> bool:
        """Whether some ring has a call of this name."""
        return name in self.entries or any(name in calls for calls in self.by_ring.values())


def _unknown(thread: Thread, *_args: object) -> object:
    raise StatusError(Status.UNKNOWN_SYSCALL, "no such system call")


class Gate:
    """Makes the `syscall` function of each process and decides what happens off the straight path."""

    def __init__(
        self,
        table: SyscallTable,
        scheduler: Scheduler,
        advance_ns: Callable[[int], None] | None,
        on_violation: Callable[[Thread, str], None],
        on_flood: Callable[[Thread], None],
        on_bug: Callable[[Thread, str, BaseException], None],
    ) -> None:
        self._table = table
        self._scheduler = scheduler
        self._advance_ns = advance_ns  # simulation: machine time goes on by calls
        self._on_violation = on_violation
        self._on_flood = on_flood
        self._on_bug = on_bug

    def make(self, process: Process) -> Callable[..., object]:
        """The `syscall(name, *args)` of one process.

        It returns the call's plain value or raises StatusError: 303 for an unknown name, 601 for arguments that the
        declaration does not admit. A call that is closed to the caller's ring ends the caller and never returns.
        """
        scheduler = self._scheduler
        refuse, fail = self._refuse, self._fail
        left = process.limits.syscalls_per_second
        next_window = self._next_window
        trusted = process.ring <= 1  # the services neither recurse without end nor flood themselves

        def syscall(name: str, *args: object) -> object:
            nonlocal left
            thread = scheduler.current
            if thread.process is not process:
                raise GeneratorExit  # a finalizer that runs in another's name: it may end, and nothing else
            if process.alarm:
                scheduler.on_alarm(thread)
            if not trusted:
                isinstance(None, ROOM)  # or RecursionError, before anything has changed
                left -= 1
                if left < 0:
                    left = next_window(thread)
            body = process.calls.get(name) if type(name) is str else None
            if body is None:
                refuse(thread, name)
            try:
                if not args:  # spelt out: a call with a star costs a C stack frame, which every switch would copy
                    return body(thread)  # type: ignore[misc]
                count = len(args)
                if count == 1:
                    return body(thread, args[0])  # type: ignore[misc]
                if count == 2:
                    return body(thread, args[0], args[1])  # type: ignore[misc]
                if count == 5:  # the answers of servers
                    return body(thread, args[0], args[1], args[2], args[3], args[4])  # type: ignore[misc]
                return body(thread, *args)  # type: ignore[misc]
            except HandlerRaised as interrupted:
                failure = interrupted.error
            except Exception as error:
                failure = fail(thread, name, args, error)
            raise failure  # outside the handler: a program's error carries no trace of the kernel's

        return syscall if self._advance_ns is None else self._counted(process, syscall, self._advance_ns)

    def _next_window(self, thread: Thread) -> int:
        """As many calls were made as one second may see; if the second is over, the count begins anew."""
        process = thread.process
        now_ns = self._scheduler.now_ns()
        if now_ns - process.calls_since_ns < SECOND_NS:
            self._on_flood(thread)
        process.calls_since_ns = now_ns
        return process.limits.syscalls_per_second

    def _counted(
        self, process: Process, inner: Callable[..., object], advance_ns: Callable[[int], None]
    ) -> Callable[..., object]:
        """`syscall` where each call takes machine time."""
        scheduler = self._scheduler
        step = scheduler.step if scheduler.follows_schedule and process.ring > 2 else None

        def syscall(name: str, *args: object) -> object:
            advance_ns(SIMULATED_SYSCALL_NS)
            if step is not None and scheduler.current.process is process:
                step(scheduler.current)
            return inner(name, *args)

        return syscall

    def _refuse(self, thread: Thread, name: object) -> None:
        """Say why there is no such call for this caller; a forbidden one is the caller's last."""
        if type(name) is not str:
            raise StatusError(Status.INVALID_PARAMETER, "the name of a system call is a str")
        if not self._table.known(name):
            raise StatusError(Status.UNKNOWN_SYSCALL, f"no system call is named {name[:60]!r}")
        self._on_violation(thread, name)

    def _fail(self, thread: Thread, name: str, args: tuple[object, ...], error: Exception) -> Exception:
        """What the caller gets to see of a failed call."""
        if isinstance(error, StatusError):
            if thread.process.ring <= 2:
                return error
            return StatusError(error.status, error.detail, error.partial)
        entry = self._table.entries.get(name)
        if isinstance(error, TypeError) and entry is not None and not entry.accepts(len(args)):
            return StatusError(Status.INVALID_PARAMETER, f"{name} was given {len(args)} arguments: it is {entry}")
        status = getattr(error, "status", None)
        if type(status) is int:
            return StatusError(status, f"{name}: {error}")  # hardware says no
        if isinstance(error, RecursionError):
            return RecursionError(f"{name}: maximum recursion depth exceeded")
        for arg in args:
            if type(arg) is int and arg.bit_length() > MAX_INT_BITS:
                return StatusError(
                    Status.INVALID_PARAMETER, f"{name}: integers of at most {MAX_INT_BITS} bits may be passed"
                )
        self._on_bug(thread, name, error)
        return StatusError(Status.UNSUCCESSFUL, f"{name} failed inside the system; the kernel log says where")
