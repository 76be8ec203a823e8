"""Where in a program something was made: found when it is made, put into words when somebody asks."""

from __future__ import annotations

from sys import _getframe
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from executive.process import Thread

    Origin = tuple[CodeType, int]  # code of a program, and an instruction in it

LIBRARIES = "/lib/"  # what stands between a program and the kernel, and is not what its author looks for


def origin_of_call(current: Thread) -> Origin | None:
    """The place in a program where the call under way was made, below the kernel and the libraries.

    A service works for the client whose call it answers; the client's call counts then. None if there is none: what the
    kernel does by itself.
    """
    maker = current.payer if current.is_system else current
    return place_of(maker, _getframe(1) if maker is current else None)


def place_of(thread: Thread, frame: FrameType | None = None) -> Origin | None:
    """Where a thread is in its program: the running one, seen from its *frame*, or one that waits."""
    sandbox = thread.process.sandbox
    if sandbox is None:
        return None
    if frame is None and thread.task is not None:
        frame = thread.task.gr_frame
    names = sandbox.builtins  # what the process's code has, and nobody else's
    library: Origin | None = None
    while frame is not None:
        if frame.f_builtins is names:
            if not frame.f_code.co_filename.startswith(LIBRARIES):
                return frame.f_code, frame.f_lasti
            library = library or (frame.f_code, frame.f_lasti)
        frame = frame.f_back
    return library


def in_words(origin: Origin | None) -> str:
    """`/path/program.py:12 in function`; "" where nothing is known."""
    if origin is None:
        return ""
    code, instruction = origin
    line = code.co_firstlineno
    for start, end, number in code.co_lines():
        if start <= instruction < end and number is not None:
            line = number
    where = "" if code.co_name == "<module>" else f" in {code.co_name}"
    return f"{code.co_filename}:{line}{where}"
