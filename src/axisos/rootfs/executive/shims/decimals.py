"""`decimal` for one process: the host's numbers, with contexts whose precision is bounded.

The C code looks for no signals, and a logarithm to n digits takes time that grows faster than the square of n. The
precision is the only way to ask for many digits, so each way to a context ends at the class below.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

MAX_PRECISION = 5000  # digits; `log10` and `power` to so many take the host two seconds
SIGNALS = ("ConversionSyntax", "DivisionImpossible", "DivisionUndefined", "InvalidContext")


def make(world: World) -> dict[str, Any]:
    from executive import vetted

    host = world.host_module("decimal")
    names = vetted.copied(host, "decimal")
    base = host.Context
    real_precision = base.prec

    def checked(precision: Any) -> Any:
        if isinstance(precision, int) and precision > MAX_PRECISION:
            raise ValueError(f"valid range for prec is [1, {MAX_PRECISION}]: more digits would take too long here")
        return precision

    class Context(base):  # type: ignore[misc, valid-type]
        __doc__ = base.__doc__
        __module__ = "decimal"
        __qualname__ = "Context"
        __slots__ = ()

        def __init__(self, prec: Any = None, *args: Any, **kwargs: Any) -> None:
            super().__init__(checked(prec), *args, **kwargs)

        @property
        def prec(self) -> Any:
            """The number of digits of results."""
            return real_precision.__get__(self)

        @prec.setter
        def prec(self, precision: Any) -> None:
            real_precision.__set__(self, checked(precision))

        def copy(self) -> Any:
            """A context like this one."""
            return own(self)

        __copy__ = copy

        def __repr__(self) -> str:
            return str(base.__repr__(self))

    def own(context: Any) -> Any:
        """A context of the process's own, like *context*."""
        return Context(
            context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp,
            [signal for signal, is_set in context.flags.items() if is_set],
            [signal for signal, is_set in context.traps.items() if is_set],
        )

    templates = {name: own(getattr(host, name)) for name in ("BasicContext", "DefaultContext", "ExtendedContext")}

    def getcontext() -> Any:
        """The context of this thread."""
        context = host.getcontext()
        if not isinstance(context, Context):
            context = own(context)
            host.setcontext(context)
        return context

    def setcontext(context: Any, /) -> None:
        """Set the context of this thread."""
        if not isinstance(context, base):
            raise TypeError("optional argument must be a context")
        template = any(context is each for each in templates.values())
        host.setcontext(own(context) if template or not isinstance(context, Context) else context)

    class ContextManager:
        """Sets a copy of a context for a block."""

        __module__ = "decimal"

        def __init__(self, context: Any) -> None:
            self._context = context
            self._saved: Any = None

        def __enter__(self) -> Any:
            self._saved = getcontext()
            setcontext(self._context)
            return self._context

        def __exit__(self, *error: object) -> None:
            setcontext(self._saved)

    def localcontext(ctx: Any = None, **options: Any) -> Any:
        """A copy of *ctx*, or of the context of this thread, for a `with` block."""
        if ctx is not None and not isinstance(ctx, base):
            raise TypeError("optional argument must be a context")
        context = own(getcontext() if ctx is None else ctx)
        for name, value in options.items():
            if name not in _OPTIONS:
                raise TypeError(f"{name!r} is an invalid keyword argument for this function")
            if name in ("flags", "traps") and isinstance(value, (list, tuple)):
                value = {signal: signal in value for signal in context.flags}
            setattr(context, name, value)
        return ContextManager(context)

    # The host's is a named tuple, with functions of the host's in it.
    DecimalTuple = world.library("collections").namedtuple("DecimalTuple", "sign digits exponent", module="decimal")
    for kind in (Context, ContextManager):
        world.own(kind)
    names.update({name: getattr(host, name) for name in SIGNALS if hasattr(host, name)})
    names.update(templates)
    names.update(
        Context=Context, DecimalTuple=DecimalTuple, getcontext=getcontext, setcontext=setcontext,
        localcontext=localcontext, MAX_PREC=MAX_PRECISION,
    )
    return names


_OPTIONS = frozenset({"prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"})
