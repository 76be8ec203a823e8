"""What a program knows about its interpreter and itself. The host's own `sys` is never visible here.

`_axis_process` is the sandbox's private word to the libraries below /lib: `path` (the program's file), `modules` (this
process's module table), `at_exit` (register a function to call when the program has returned).
"""

from __future__ import annotations

from axis.streams import ByteStream, TextStream, flush_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from axis.guest import _axis_process, env

path: list[str] = ["/lib/python", "/usr/lib"]
argv: list[str] = [_axis_process.path, *(env.get("ARGS") or ())]
modules = _axis_process.modules
stdin = __stdin__ = TextStream(ByteStream(-10, "<stdin>", "r", False), None, "surrogateescape")
stdout = __stdout__ = TextStream(ByteStream(-11, "<stdout>", "w", False), None, "surrogateescape", None, None)
stderr = __stderr__ = TextStream(ByteStream(-12, "<stderr>", "w", False), None, "backslashreplace", None, True)
_axis_process.at_exit(flush_all)
platform = "axis"


def exit(status: object = None, /) -> NoReturn:
    raise SystemExit(status)
