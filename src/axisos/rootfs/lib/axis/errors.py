"""From a status to the exception that a Python programmer expects.

A system call raises `StatusError(status, detail)`. The libraries hand it on as the builtin exception that fits, and
that exception still is a `StatusError`: `except FileNotFoundError` and `except StatusError` both catch it, and
`.status`, `.detail` and `.partial` tell what the kernel said.

Called by   the libraries in /lib/axis and /lib/python, on their error paths only.
Always so   a status without a fitting builtin stays the `StatusError` that it was.
"""

from __future__ import annotations

import builtins

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class _Mapped(StatusError):
    """Common part: keeps status and detail, and fills in what `OSError` promises (errno, strerror, filename)."""

    def __init__(
        self, status: int, detail: str = "", errno: int | None = None, strerror: str = "",
        filename: object = None, filename2: object = None, partial: int = 0,
    ) -> None:
        StatusError.__init__(self, status, detail, partial)
        self.errno = errno
        self.strerror: str | None = strerror
        self.filename = filename
        self.filename2 = filename2
        self.args = (errno, strerror) if errno is not None else (detail or self.status.meaning,)

    def __str__(self) -> str:
        if self.errno is None:
            return self.detail or self.status.meaning
        text = f"[Errno {self.errno}] {self.strerror}"
        if self.filename2 is not None:
            return f"{text}: {self.filename!r} -> {self.filename2!r}"
        if self.filename is not None:
            return f"{text}: {self.filename!r}"
        return f"{text}: {self.detail}" if self.detail else text


class UnsupportedOperation(builtins.OSError, builtins.ValueError):
    """`io.UnsupportedOperation`: the stream cannot do that, as reading one opened for writing, or seeking in a pipe."""


class OSError(_Mapped, builtins.OSError):
    """A failure that only `errno` and `status` tell apart."""


class FileNotFoundError(_Mapped, builtins.FileNotFoundError):
    """603, 405, 703: nothing has this name."""


class FileExistsError(_Mapped, builtins.FileExistsError):
    """612, 406, 704: the name is taken."""


class NotADirectoryError(_Mapped, builtins.NotADirectoryError):
    """613."""


class IsADirectoryError(_Mapped, builtins.IsADirectoryError):
    """614."""


class PermissionError(_Mapped, builtins.PermissionError):
    """500 to 503, 801: the caller may not."""


class ProcessLookupError(_Mapped, builtins.ProcessLookupError):
    """606."""


class TimeoutError(_Mapped, builtins.TimeoutError):
    """258."""


class InterruptedError(_Mapped, builtins.InterruptedError):
    """607."""


class BrokenPipeError(_Mapped, builtins.BrokenPipeError):
    """820."""


class ConnectionError(_Mapped, builtins.ConnectionError):
    """300 from the network: it could not be connected, or was lost."""


class ConnectionRefusedError(_Mapped, builtins.ConnectionRefusedError):
    """300 from the network: nobody listens there."""


class ConnectionResetError(_Mapped, builtins.ConnectionResetError):
    """300 from the network: the other side has broken it off."""


class BlockingIOError(_Mapped, builtins.BlockingIOError):
    """821: the call would have to sleep and may not."""


class EOFError(_Mapped, builtins.EOFError):
    """602."""


class ValueError(_Mapped, builtins.ValueError):
    """601, 705, 823: an argument has the wrong range or form."""


class TypeError(_Mapped, builtins.TypeError):
    """706, 825: the handle is of another type."""


class RuntimeError(_Mapped, builtins.RuntimeError):
    """822: only the owner may release."""


class KeyError(_Mapped, builtins.KeyError):
    """800: no such registry key."""


class NotImplementedError(_Mapped, builtins.NotImplementedError):
    """301, 303."""


# status -> class, errno (None for those that are no OSError), what strerror says ("": the detail)
_TABLE: dict[int, tuple[type[_Mapped], int | None, str]] = {
    603: (FileNotFoundError, 2, "No such file or directory"),
    405: (FileNotFoundError, 2, "No such device"),
    703: (FileNotFoundError, 2, "No such object"),
    606: (ProcessLookupError, 3, "No such process"),
    607: (InterruptedError, 4, "Interrupted system call"),
    300: (OSError, 5, "Input/output error"),
    600: (OSError, 9, "Bad file descriptor"),
    700: (OSError, 9, "Bad file descriptor"),
    702: (OSError, 9, "Bad file descriptor"),
    821: (BlockingIOError, 11, "Resource temporarily unavailable"),
    302: (OSError, 12, "Cannot allocate memory"),
    500: (PermissionError, 13, "Permission denied"),
    502: (PermissionError, 13, "Permission denied"),
    503: (PermissionError, 13, "Permission denied"),
    501: (PermissionError, 1, "Operation not permitted"),
    801: (PermissionError, 1, "Operation not permitted"),
    604: (OSError, 16, "Device or resource busy"),
    612: (FileExistsError, 17, "File exists"),
    406: (FileExistsError, 17, "Device exists"),
    704: (FileExistsError, 17, "Object exists"),
    605: (OSError, 19, "Device not ready"),
    613: (NotADirectoryError, 20, "Not a directory"),
    614: (IsADirectoryError, 21, "Is a directory"),
    701: (OSError, 24, "Too many open files"),
    616: (OSError, 28, "No space left on device"),
    617: (OSError, 30, "Read-only file system"),
    820: (BrokenPipeError, 32, "Broken pipe"),
    610: (OSError, 35, "Resource deadlock avoided"),
    615: (OSError, 39, "Directory not empty"),
    824: (OSError, 90, "Message too long"),
    258: (TimeoutError, 110, "Timed out"),
    609: (OSError, 122, ""),
    611: (OSError, 125, "Operation cancelled"),
    602: (EOFError, None, ""),
    601: (ValueError, None, ""),
    705: (ValueError, None, ""),
    823: (ValueError, None, ""),
    706: (TypeError, None, ""),
    825: (TypeError, None, ""),
    822: (RuntimeError, None, ""),
    800: (KeyError, None, ""),
    301: (NotImplementedError, None, ""),
    303: (NotImplementedError, None, ""),
}


def to_builtin(error: StatusError, filename: object = None, filename2: object = None) -> StatusError:
    """The exception that stands for *error*: the fitting builtin and still a `StatusError`.

    Args:    error: what a system call raised; filename, filename2: the path or paths that it was about.
    Returns: a new exception, or *error* itself when it is one already or no builtin fits.
    """
    row = _TABLE.get(int(error.status))
    if row is None or isinstance(error, _Mapped):
        return error
    kind, errno, strerror = row
    if errno is not None and not strerror:  # which limit it was that was met
        return kind(error.status, "", errno, error.detail or error.status.meaning, filename, filename2)
    return kind(error.status, error.detail, errno, strerror, filename, filename2, error.partial)


def raise_for(error: StatusError, filename: object = None, filename2: object = None) -> NoReturn:
    """Raise what `to_builtin` makes of *error*, without the system call's own exception behind it."""
    raise to_builtin(error, filename, filename2) from None


def invalid(detail: str) -> StatusError:
    """The error for a bad argument (601, a `ValueError`), to be raised before any system call is made."""
    return to_builtin(StatusError(Status.INVALID_PARAMETER, detail))


def reason(error: BaseException) -> str:
    """The short text for people of any exception: `No such file or directory`, not the whole message."""
    strerror = getattr(error, "strerror", None)
    if strerror:
        return str(strerror)
    if isinstance(error, StatusError):
        mapped = to_builtin(error)
        if isinstance(mapped, _Mapped) and mapped.strerror:
            return mapped.strerror
        return error.detail or error.status.meaning
    return str(error) or type(error).__name__
