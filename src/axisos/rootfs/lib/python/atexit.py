"""Functions to call when the program has ended, the last registered first; before its streams are flushed.

Python's order of the end: the threads that are not daemons, then these functions, then the streams.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from axis.guest import _axis_process

_registered: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = []  # of this process: the module runs once in each


def register(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """Have `func(*args, **kwargs)` called at the end; returns *func*."""
    if not callable(func):
        raise TypeError("the first argument must be callable")
    _registered.append((func, args, kwargs))
    return func


def unregister(func: Callable[..., Any]) -> None:
    """Forget every registration of *func*."""
    _registered[:] = [entry for entry in _registered if entry[0] != func]


def _name_of(func: object) -> str:
    name = getattr(func, "__qualname__", None)
    return f"<function {name}>" if name is not None else repr(func)


def _clear() -> None:
    """Forget everything."""
    _registered.clear()


def _ncallbacks() -> int:
    return len(_registered)


def _run_exitfuncs() -> None:
    import sys

    threads = _axis_process.modules.get("threading")
    if hasattr(threads, "_join_all"):
        threads._join_all()  # whichever of the two was imported first
    while _registered:
        func, args, kwargs = _registered.pop()
        try:
            func(*args, **kwargs)
        except (Exception, SystemExit) as error:
            text = _axis_process.format_exception(error)
            sys.stderr.write(f"Exception ignored in atexit callback: {_name_of(func)}\n{text}")
    streams = _axis_process.modules.get("axis.streams")
    if hasattr(streams, "flush_all"):
        streams.flush_all()  # if that module came later, its own turn at the end is over


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("atexit", name)


_axis_process.at_flush(_run_exitfuncs)
