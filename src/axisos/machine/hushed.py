"""What Python itself prints about a program's objects, on the host's standard error: not for programs.

An error in a generator that is dropped, a coroutine that nobody awaited, a deprecation: the interpreter tells its own
standard error of them, with text that a program chose (terminal escapes as well) and with source lines from a file of
the host that happens to be named like the program's. None of it belongs outside the machine, so it is dropped when a
program's code is in it; what concerns the host's own code is told as ever.

Called by   the machine, when it is switched on.
Owns        three hooks of this Python; set once, for all machines.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_OF_A_PROGRAM = "_axis_checkpoint"  # among the builtins of every program's code, and of no other
_installed = False


def hush_programs() -> None:
    """Set the hooks; a second call does nothing."""
    global _installed
    if _installed:
        return
    _installed = True
    _hush_unraisable()
    _hush("_showwarnmsg", lambda message: _is_running(sys._getframe(2)))
    _hush("_warn_unawaited_coroutine", lambda coroutine: _is_of_a_program(getattr(coroutine, "cr_frame", None)))


def _hush_unraisable() -> None:
    others = sys.unraisablehook

    def hook(unraisable: Any, /) -> None:
        trace = unraisable.exc_traceback
        while trace is not None:
            if _is_of_a_program(trace.tb_frame):
                return
            trace = trace.tb_next
        others(unraisable)

    sys.unraisablehook = hook


def _hush(name: str, concerns_a_program: Any) -> None:
    others = getattr(warnings, name, None)
    if others is None:
        return  # a Python that has it under another name tells of these things itself

    def hook(subject: Any, *more: Any) -> Any:
        return None if concerns_a_program(subject) else others(subject, *more)

    setattr(warnings, name, hook)


def _is_of_a_program(frame: FrameType | None) -> bool:
    return frame is not None and _OF_A_PROGRAM in frame.f_builtins


def _is_running(frame: FrameType | None) -> bool:
    while frame is not None:
        if _is_of_a_program(frame):
            return True
        frame = frame.f_back
    return False
