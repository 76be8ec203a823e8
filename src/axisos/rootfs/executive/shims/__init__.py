"""Stand-ins for modules of the standard library that would reach the host or keep state for all processes.

Each file has one `make(world)` that returns the names of the module for one process. `world` is a `World`: what the
functions of a shim may use of their process. Classes and functions are made anew for each process.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class World:
    """The process of a shim, as far as shims need it."""

    __slots__ = ("builtins", "format_exception", "host_module", "library", "modules", "own", "syscall")

    def __init__(
        self, builtins: dict[str, Any], host_module: Callable[[str], Any], syscall: Callable[..., Any],
        format_exception: Callable[[BaseException], str], library: Callable[[str], Any], own: Callable[[Any], None],
        modules: dict[str, Any],
    ) -> None:
        self.builtins = builtins
        self.host_module = host_module
        self.syscall = syscall
        self.format_exception = format_exception
        self.library = library
        self.own = own
        self.modules = modules

    def pause(self) -> None:
        """A checkpoint, for loops of shims."""
        if self.builtins["_axis_due"]:
            self.builtins["_axis_checkpoint"]()


def make(name: str, world: World) -> dict[str, Any]:
    """The names of the stand-in for module *name* in one process."""
    from executive.shims import decimals, plain, regex, tools, typevars

    makers = {
        "decimal": decimals.make,
        "re": regex.make, "itertools": tools.make_itertools, "_functools": tools.make_functools,
        "hashlib": plain.make_hashlib, "secrets": plain.make_secrets, "traceback": plain.make_traceback,
        "inspect": plain.make_inspect, "_thread": plain.make_thread, "warnings": plain.make_warnings,
        "locale": plain.make_locale, "os": plain.make_os, "platform": plain.make_platform, "time": plain.make_time,
        "threading": plain.make_threading, "atexit": plain.make_atexit, "io": plain.make_io,
        "math": tools.make_math, "_operator": tools.make_operator, "codecs": plain.make_codecs, "_csv": plain.make_csv,
        "_json": plain.make_json,
        "gettext": plain.make_gettext, "shutil": plain.make_shutil, "unicodedata": plain.make_unicodedata,
        "_abc": plain.make_abc, "_typing": typevars.make,
    }
    return makers[name](world)
