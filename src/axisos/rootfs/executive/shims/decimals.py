"""`decimal` for one process: the host's numbers, with contexts and a DecimalTuple of the process's own.

A context's precision decides how long one call of C runs, so it is bounded here.
"""

from __future__ import annotations

import collections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

MAX_DIGITS = 50_000  # of the result of one operation


def make(world: World) -> dict[str, Any]:
    from executive import vetted

    names = vetted.copied(world.host_module("decimal"), "decimal")
    base: Any = names["Context"]
    real_get, real_set = names["getcontext"], names["setcontext"]

    def bounded(digits: Any) -> Any:
        if type(digits) is int and digits > MAX_DIGITS:
            raise ValueError(f"a precision of more than {MAX_DIGITS} digits is not offered")
        return digits

    class Context(base):  # type: ignore[misc]  # the class of C
        """How decimal arithmetic rounds, and to how many digits."""

        __module__ = "decimal"
        __slots__ = ()

        def __new__(cls, prec: Any = None, *args: Any, **options: Any) -> Any:
            return base.__new__(cls, bounded(prec), *args, **options)

        def __init__(self, prec: Any = None, *args: Any, **options: Any) -> None:
            base.__init__(self, bounded(prec), *args, **options)

        def __setattr__(self, name: str, value: Any) -> None:
            base.__setattr__(self, name, bounded(value) if name == "prec" else value)

        def copy(self) -> Any:
            return own(self)

        __copy__ = copy

    def own(context: Any) -> Any:
        traps = [signal for signal, on in context.traps.items() if on]
        flags = [signal for signal, on in context.flags.items() if on]
        return Context(context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp,
                       flags, traps)

    def getcontext() -> Any:
        """The context that the process computes in."""
        context = real_get()
        if type(context) is not Context:
            context = own(context)
            real_set(context)
        return context

    def setcontext(context: Any, /) -> None:
        """Compute in *context* from here on."""
        if type(context) is not Context:
            raise TypeError("optional argument must be a context")
        real_set(context)

    class localcontext:
        """Compute in a copy of a context inside a `with` block."""

        __module__ = "decimal"

        def __init__(self, ctx: Any = None, **changes: Any) -> None:
            self._inner = own(getcontext() if ctx is None else ctx)
            for name, value in changes.items():
                setattr(self._inner, name, value)
            self._outer: Any = None

        def __enter__(self) -> Any:
            self._outer = getcontext()
            real_set(self._inner)
            return self._inner

        def __exit__(self, *error: object) -> None:
            real_set(self._outer)

    DecimalTuple = collections.namedtuple("DecimalTuple", "sign digits exponent", module="decimal")
    for made in (Context, localcontext, DecimalTuple):
        world.own(made)
    names.update(Context=Context, localcontext=localcontext, getcontext=getcontext, setcontext=setcontext,
                 DecimalTuple=DecimalTuple)
    return names
