"""Functions to call when the program has ended, the last registered first; before its streams are flushed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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


def _run_exitfuncs() -> None:
    import sys

    while _registered:
        func, args, kwargs = _registered.pop()
        try:
            func(*args, **kwargs)
        except SystemExit:
            pass
        except Exception as error:
            sys.stderr.write(f"Exception ignored in atexit callback:\n{_axis_process.format_exception(error)}")


_axis_process.at_flush(_run_exitfuncs)
