"""Tracebacks as a guest may see them: its own files and lines, nothing of the kernel or the host.

Called by   the kernel for an uncaught error, and `traceback` of the guest's library.
Owns        nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

MAX_FRAMES = 60
MAX_LINE = 500
MAX_CHAIN = 20


def format_exception(
    error: BaseException, is_guest_frame: Callable[[FrameType], bool], read_line: Callable[[str, int], str]
) -> str:
    """The text that Python prints for *error*, without frames of files that are not the guest's.

    Args: is_guest_frame: says whether a frame is the guest's.
          read_line: gives the source line, "" if it cannot be had.
    """
    return "".join(_chain(error, is_guest_frame, read_line, set(), ""))


def _chain(
    error: BaseException, is_guest_frame: Callable[[FrameType], bool], read_line: Callable[[str, int], str],
    seen: set[int], indent: str,
) -> list[str]:
    if id(error) in seen or len(seen) > MAX_CHAIN:
        return []
    seen.add(id(error))
    out: list[str] = []
    cause = _plain_attribute(error, "__cause__")
    context = _plain_attribute(error, "__context__")
    if cause is not None:
        earlier = _chain(cause, is_guest_frame, read_line, seen, indent)
        if earlier:
            out += earlier
            out.append(indent + "\n" + indent
                       + "The above exception was the direct cause of the following exception:\n" + indent + "\n")
    elif context is not None and not BaseException.__dict__["__suppress_context__"].__get__(error):
        earlier = _chain(context, is_guest_frame, read_line, seen, indent)
        if earlier:
            out += earlier
            out.append(indent + "\n" + indent
                       + "During handling of the above exception, another exception occurred:\n" + indent + "\n")
    frames = _frames(_plain_traceback(error), is_guest_frame, read_line, indent)
    if frames:
        out.append(indent + "Traceback (most recent call last):\n")
        out += frames
    out += [indent + line + "\n" for line in exception_lines(error)]
    if isinstance(error, BaseExceptionGroup):
        inner = BaseExceptionGroup.exceptions.__get__(error)
        for number, item in enumerate(inner[:15], 1):
            out.append(f"{indent}  +---------------- {number} ----------------\n")
            out += _chain(item, is_guest_frame, read_line, seen, indent + "    | ")
    return out


def _plain_attribute(error: BaseException, name: str) -> BaseException | None:
    """The C-level attribute, whatever the guest's class says about its own."""
    value = BaseException.__dict__[name].__get__(error)
    return value if isinstance(value, BaseException) else None


def _plain_traceback(error: BaseException) -> TracebackType | None:
    traceback: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    return traceback


def _frames(
    traceback: TracebackType | None, is_guest_frame: Callable[[FrameType], bool], read_line: Callable[[str, int], str],
    indent: str,
) -> list[str]:
    entries: list[tuple[str, int, str]] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if is_guest_frame(traceback.tb_frame):
            entries.append((code.co_filename, traceback.tb_lineno or 0, code.co_name))
        traceback = traceback.tb_next
    out: list[str] = []
    previous: tuple[str, int, str] | None = None
    repeated = 0
    skipped = max(0, len(entries) - MAX_FRAMES)
    if skipped:
        half = MAX_FRAMES // 2
        shown = [*entries[:half], None, *entries[-half:]]
    else:
        shown = list(entries)
    for entry in shown:
        if entry is None:
            out.append(f"{indent}  [{skipped} more frames]\n")
            continue
        if entry == previous:
            repeated += 1
            if repeated > 2:
                continue
        else:
            if repeated > 2:
                out.append(_repetition(repeated - 2, indent))
            repeated = 0
        previous = entry
        path, line, name = entry
        out.append(f'{indent}  File "{path}", line {line}, in {name}\n')
        text = read_line(path, line).strip()
        if text:
            out.append(f"{indent}    {text[:MAX_LINE]}\n")
    if repeated > 2:
        out.append(_repetition(repeated - 2, indent))
    return out


def _repetition(count: int, indent: str) -> str:
    return f"{indent}  [Previous line repeated {count} more time{'s' if count > 1 else ''}]\n"


def exception_lines(error: BaseException) -> list[str]:
    """The last lines of a traceback: the kind of error and what it says."""
    kind = type(error)
    name = _text(lambda: kind.__qualname__)
    module = _text(lambda: kind.__module__)
    if module not in ("builtins", "__main__", "abi.status", "axis.errors", "executive.policy", "<unknown>"):
        name = f"{module}.{name}"
    if isinstance(error, SyntaxError):
        return _syntax_lines(error, name)
    text = _text(lambda: str(error))
    lines = f"{name}: {text}".split("\n") if text else [name]
    try:
        notes = getattr(error, "__notes__", None)
        if type(notes) is list:
            for note in notes[:20]:
                lines += _text(lambda note=note: str(note)).split("\n")  # type: ignore[misc]
    except Exception:  # the guest's own attribute access
        pass
    return lines


def _syntax_lines(error: SyntaxError, name: str) -> list[str]:
    lines = []
    if error.lineno is not None:
        lines.append(f'  File "{error.filename or "<string>"}", line {error.lineno}')
        if type(error.text) is str:
            shown = error.text.rstrip("\n")
            lines.append("    " + shown.lstrip()[:MAX_LINE])
            if type(error.offset) is int and 0 < error.offset <= len(shown) + 1:
                lines.append("    " + " " * max(0, error.offset - 1 - (len(shown) - len(shown.lstrip()))) + "^")
    lines.append(f"{name}: {_text(lambda: str(error.msg))}")
    return lines


def _text(make: Callable[[], object]) -> str:
    """Run a guest's own `__str__` and survive it."""
    try:
        text = make()
        return str.__str__(text) if isinstance(text, str) else "<unknown>"
    except Exception:
        return "<exception str() failed>"
