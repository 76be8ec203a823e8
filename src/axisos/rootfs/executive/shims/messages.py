"""`traceback` and `warnings` for one process: what is said about errors, without the frames behind them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World


_OF_UNITTEST = '  File "<library unittest'  # the frames between a test and whoever runs it


def make_traceback(world: World) -> dict[str, Any]:
    import sys

    from executive.traceback_text import exception_lines

    def current() -> Any:
        return sys.exc_info()[1]

    def lines_of(error: Any) -> list[str]:
        if error is None:
            return ["NoneType: None\n"]
        text = world.format_exception(error)
        return [line + "\n" for line in text.split("\n")[:-1] if not line.startswith(_OF_UNITTEST)]

    def format_exc(limit: Any = None, chain: bool = True) -> str:
        return "".join(lines_of(current()))

    def format_exception(exc: Any, value: Any = None, tb: Any = None, limit: Any = None, chain: bool = True) -> Any:
        return lines_of(value if isinstance(value, BaseException) else exc)

    def format_exception_only(exc: Any, value: Any = None) -> list[str]:
        error = value if isinstance(value, BaseException) else exc
        return [line + "\n" for line in exception_lines(error)]

    def write(text: str, file: Any) -> None:
        if file is not None:
            file.write(text)
        else:
            system = world.modules.get("sys")
            stream = getattr(system, "stderr", None)
            if stream is not None:
                stream.write(text)
            else:
                world.syscall("vfs_write", -12, text.encode("utf-8", "surrogateescape"))

    def print_exc(limit: Any = None, file: Any = None, chain: bool = True) -> None:
        write(format_exc(), file)

    def print_exception(exc: Any, value: Any = None, tb: Any = None, limit: Any = None, file: Any = None,
                        chain: bool = True) -> None:
        write("".join(format_exception(exc, value)), file)

    class TracebackException:
        """An error, kept as text."""

        __module__ = "traceback"

        def __init__(self, exc_type: Any, exc_value: Any, exc_traceback: Any = None, **options: Any) -> None:
            self.exc_type = exc_type
            self._lines, self._last = lines_of(exc_value), format_exception_only(exc_value)
            self._text = str(exc_value)

        @classmethod
        def from_exception(cls, exc: Any, *args: Any, **options: Any) -> Any:
            return cls(type(exc), exc, None, **options)

        def format(self, *, chain: bool = True) -> Any:
            return iter(self._lines)

        def format_exception_only(self) -> Any:
            return iter(self._last)

        def print(self, *, file: Any = None, chain: bool = True) -> None:
            write("".join(self._lines), file)

        def __str__(self) -> str:
            return self._text

    world.own(TracebackException)
    return {
        "TracebackException": TracebackException, "clear_frames": lambda tb: None,
        "format_exc": format_exc, "format_exception": format_exception, "print_exc": print_exc,
        "format_exception_only": format_exception_only, "print_exception": print_exception,
        "format_tb": lambda tb, limit=None: [], "extract_tb": lambda tb, limit=None: [],
        "format_stack": lambda f=None, limit=None: [], "print_stack": lambda f=None, limit=None, file=None: None,
        "print_tb": lambda tb, limit=None, file=None: None,
    }


def make_warnings(world: World) -> dict[str, Any]:
    """Filters, records and errors as Python documents them; a warning is shown without its line of source."""
    shown: set[tuple[str, str]] = set()
    filters: list[tuple[str, Any, Any]] = []  # (action, pattern of the message, category); the first that fits wins
    records: list[list[Any]] = []  # the lists that warnings go into, the innermost block's last
    hidden = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)

    class WarningMessage:
        """A warning that was caught."""

        __module__ = "warnings"

        def __init__(self, message: Any, category: Any, filename: str = "", lineno: int = 0, file: Any = None,
                     line: Any = None, source: Any = None) -> None:
            self.message, self.category, self.filename, self.lineno = message, category, filename, lineno
            self.file, self.line, self.source = file, line, source

        def __str__(self) -> str:
            return f"{{message : {self.message!r}, category : {self.category.__name__!r}}}"

    def action_for(kind: Any, text: str) -> str:
        for action, pattern, category in filters:
            if issubclass(kind, category) and (pattern is None or pattern.match(text)):
                return action
        return "ignore" if issubclass(kind, hidden) else "default"

    def warn(message: Any, category: Any = None, stacklevel: int = 1, source: Any = None, **more: Any) -> None:
        kind = type(message) if isinstance(message, Warning) else UserWarning if category is None else category
        if not (isinstance(kind, type) and issubclass(kind, Warning)):
            raise TypeError(f"category must be a Warning subclass, not '{type(kind).__name__}'")
        text = str(message)
        action = action_for(kind, text)
        if action == "ignore":
            return
        problem = message if isinstance(message, Warning) else kind(message)
        if action == "error":
            raise problem
        key = (kind.__name__, text)
        if action != "always" and key in shown:
            return
        shown.add(key)
        if records:
            records[-1].append(WarningMessage(problem, kind))
        else:
            line = formatwarning(problem, kind, "", 0)
            world.syscall("vfs_write", -12, line.encode("utf-8", "backslashreplace"))

    def formatwarning(message: Any, category: Any, filename: str, lineno: int, line: Any = None) -> str:
        return f"{filename}:{lineno}: " * bool(filename) + f"{category.__name__}: {message}\n"

    def add(action: str, pattern: Any, category: Any, append: bool) -> None:
        if action not in ("default", "always", "ignore", "error", "once", "module"):
            raise ValueError(f"invalid action: {action!r}")
        shown.clear()
        filters.insert(len(filters) if append else 0, (action, pattern, category))

    def simplefilter(action: str, category: Any = Warning, lineno: int = 0, append: bool = False) -> None:
        add(action, None, category, append)

    def filterwarnings(action: str, message: str = "", category: Any = Warning, module: str = "", lineno: int = 0,
                       append: bool = False) -> None:
        pattern = world.library("re").compile(message, 2) if message else None
        add(action, pattern, category, append)

    def resetwarnings() -> None:
        filters.clear()
        filters.append(("default", None, Warning))

    class catch_warnings:
        """Put the filters back at the end of the block; with *record*, give a list of the warnings in it."""

        __module__ = "warnings"

        def __init__(self, *, record: bool = False, module: Any = None, action: Any = None,
                     category: Any = Warning, lineno: int = 0, append: bool = False) -> None:
            self._record, self._filter = record, (action, category, lineno, append)
            self._saved: list[Any] = []

        def __enter__(self) -> Any:
            self._saved = list(filters)
            if self._filter[0] is not None:
                simplefilter(*self._filter)
            shown.clear()
            if not self._record:
                return None
            records.append([])
            return records[-1]

        def __exit__(self, *error: object) -> None:
            filters[:] = self._saved
            if self._record and records:
                records.pop()

    for kind in (WarningMessage, catch_warnings):
        world.own(kind)
    return {
        "warn": warn, "simplefilter": simplefilter, "filterwarnings": filterwarnings, "resetwarnings": resetwarnings,
        "catch_warnings": catch_warnings, "formatwarning": formatwarning, "WarningMessage": WarningMessage,
        "_deprecated": lambda *args, **kwargs: None,
    }
