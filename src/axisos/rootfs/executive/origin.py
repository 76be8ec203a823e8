"""Where in a program something was made: found when it is made, put into words when somebody asks."""

from __future__ import annotations

from itertools import islice
from sys import _getframe
from typing import TYPE_CHECKING

from executive.log import printable

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from executive.process import Thread
    from executive.scheduler import Scheduler

    Origin = tuple[CodeType, int]  # code of a program, and an instruction in it

KERNEL_FRAMES = 5  # from `origin_of_call` to a program, at least: looking at a frame is what costs
MAX_STEPS = 4000  # of a code object's lines, to find one: all handles of all processes may be asked about in one call
MAX_FILE, MAX_NAME = 200, 80  # characters that are told: a program may name files and functions as it likes
LIBRARIES = "/lib/"  # what stands between a program and the kernel, and is not what its author looks for


def origin_of_call(scheduler: Scheduler) -> Origin | None:
    """The place in a program where the call under way was made, below the kernel and the libraries.

    A service works for the client whose call it answers; the client's call counts then. None if there is none: what the
    kernel does by itself.
    """
    current = scheduler.current
    if current.is_system:
        return place_of(current.payer) if current.payer is not current else None
    sandbox = current.process.sandbox
    if sandbox is None:
        return None
    names = sandbox.builtins
    depth = KERNEL_FRAMES
    try:
        while (frame := _getframe(depth)).f_builtins is not names:
            depth += 1
    except ValueError:
        return None
    return place_in(frame, names)


def place_of(thread: Thread) -> Origin | None:
    """Where a thread that does not run is in its program."""
    sandbox = thread.process.sandbox
    if sandbox is None or thread.task is None:
        return None
    return place_in(thread.task.gr_frame, sandbox.builtins)


def place_in(frame: FrameType | None, names: dict[str, object]) -> Origin | None:
    """The first frame from here on of the process's own code, which has *names* for builtins; better of no library."""
    library: Origin | None = None
    while frame is not None:
        if frame.f_builtins is names:
            if not frame.f_code.co_filename.startswith(LIBRARIES):
                return frame.f_code, frame.f_lasti
            library = library or (frame.f_code, frame.f_lasti)
        frame = frame.f_back
    return library


def in_words(origin: Origin | None) -> str:
    """`/path/program.py:12 in function`; "" where nothing is known.

    Far into a very long piece of code it is `/path/program.py:4000+`. A long path begins with `...`; what is
    not printable stands as an escape.
    """
    if origin is None:
        return ""
    code, instruction = origin
    line, more = code.co_firstlineno, "+"
    for _start, end, number in islice(code.co_lines(), MAX_STEPS):
        line = number or line
        if instruction < end:
            more = ""
            break
    name, file = code.co_name, code.co_filename
    where = "" if name == "<module>" else f" in {name[:MAX_NAME]}"
    return printable(f"{'...' + file[-MAX_FILE:] if len(file) > MAX_FILE else file}:{line}{more}{where}")
