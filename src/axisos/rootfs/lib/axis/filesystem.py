"""Files and directories (manual, chapter 17.1): the VFS calls with paths, streams and builtin exceptions.

Paths may be relative; they are resolved against `env["PWD"]`, which is this process's working directory. Wherever a
handle is taken, a stream, a token or a standard number (-10, -11, -12, or 0, 1, 2) will do.

    with filesystem.open("notes.txt") as file:
        for line in file:
            print(line, end="")

Raises      the builtin that fits and that is also a `StatusError`: `FileNotFoundError` (603, 405), `PermissionError`
            (500), `IsADirectoryError` (614), …; a wrong argument type raises 601 (`ValueError`) before any call.
"""

from __future__ import annotations

from abi.status import StatusError
from axis import streams
from axis.streams import ByteStream, TextStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from axis.guest import env, syscall

    File = ByteStream | TextStream
    AnyHandle = ByteStream | TextStream | str | int
    _Names = list[str]  # `list` is a function of this module
    _Arguments = list[Any]

STDIN = -10
STDOUT = -11
STDERR = -12
SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2

_STANDARD = {0: STDIN, 1: STDOUT, 2: STDERR, STDIN: STDIN, STDOUT: STDOUT, STDERR: STDERR}
_MODES = {
    "r": "r", "w": "w", "a": "a", "rw": "rw", "r+": "rw", "w+": "w+", "a+": "a+", "x": "x", "x+": "x+",
}
_MANUAL_WRITE_BEHIND = 2048  # characters that may wait in a stream of `filesystem.open`


def raise_for(error: StatusError, path: object = None, path2: object = None) -> NoReturn:
    """`axis.errors.raise_for`, loaded when something has failed and not before."""
    from axis import errors

    errors.raise_for(error, path, path2)


def _invalid(detail: str) -> StatusError:
    from axis import errors

    return errors.invalid(detail)


# -- paths


def getcwd() -> str:
    """The working directory of this process: an absolute path."""
    return str(env.get("PWD") or "/")


def text_of(path: object) -> str:
    """The str of a path given as str, bytes or path object. Raises 601 for anything else and for NUL characters."""
    if type(path) is not str:
        as_text = getattr(path, "__fspath__", None)
        if isinstance(path, str):
            text = "".join(path)
        elif isinstance(path, bytes):
            text = path.decode("utf-8", "surrogateescape")
        elif as_text is not None:
            text = as_text()
        else:
            raise _invalid(f"a path must be str, bytes or a path object, not {type(path).__name__}")
    else:
        text = path
    if "\0" in text:
        raise _invalid("a path cannot hold a NUL character")
    return text


def abspath(path: object) -> str:
    """*path* made absolute by the working directory, with `.`, `..` and double slashes resolved as text."""
    text = text_of(path)
    if not text:
        raise_for(StatusError(603, "the empty path names nothing"), text)
    if text[0] != "/":
        text = f"{env.get('PWD') or '/'}/{text}"
    if "//" not in text and "/." not in text:
        return text if len(text) == 1 or text[-1] != "/" else text[:-1]
    parts: _Names = []
    for part in text.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/" + "/".join(parts)


def chdir(path: object) -> str:
    """Make *path* the working directory of this process. Returns it, absolute.

    Raises:  603 if there is no such directory, 613 if it is none, 500 if it may not be listed.
    """
    target = abspath(path)
    info = stat(path)
    if info["type"] != "directory":
        raise_for(StatusError(613, target), path)
    try:
        syscall("vfs_list", target)
    except StatusError as error:
        raise_for(error, path)
    env["PWD"] = target
    return target


# -- handles


def handle_of(target: AnyHandle) -> str | int:
    """The token or standard number that stands for *target*. Raises 601 for what is no handle."""
    if type(target) is str:
        return target
    if type(target) is int:
        if target in _STANDARD:
            return _STANDARD[target]
        raise _invalid(f"{target} is no standard handle: -10, -11, -12, or 0, 1, 2")
    handle = getattr(target, "handle", None)
    if handle is None:
        raise _invalid(f"a handle must be a file, a token or a standard number, not {type(target).__name__}")
    return handle  # type: ignore[no-any-return]


def open_handle(path: object, mode: str) -> str:
    """Open *path* and return the bare token; the caller closes it with `close`. Modes r, w, a, rw of `vfs_open`."""
    target = abspath(path)
    streams.settle()
    try:
        token: str = syscall("vfs_open", target, mode)
    except StatusError as error:
        raise_for(error, path)
    return token


def open_bytes(path: object, mode: str = "r", write_behind: int = streams.WRITE_BEHIND) -> ByteStream:
    """A stream of bytes over *path*. Modes r, w, a, rw (= r+: it must exist), w+, a+, x, x+."""
    kind = _MODES.get(mode)
    if kind is None:
        raise _invalid(f"mode {mode!r} is none of r, w, a, rw, r+, w+, a+, x, x+")
    if kind[0] == "x":
        if exists(path):
            raise_for(StatusError(612, text_of(path)), path)
        kind = kind.replace("x", "w")
    elif mode == "r+":
        stat(path)
    place = abspath(path)
    if kind in ("w+", "a+"):
        close(open_handle(path, kind[0]))
        raw_mode = "rw" if kind == "w+" else "rw+a"
        stream = ByteStream(open_handle(path, "rw"), path, raw_mode, True, write_behind, path=place)
        if kind == "a+":
            stream.seek(0, SEEK_END)
        return stream
    return ByteStream(open_handle(path, kind), path, kind, True, write_behind, path=place)


def open(path: object, mode: str = "r") -> Any:  # a ByteStream or TextStream, as the mode says
    """Open a file or device.

    Args:    path: absolute or relative; mode: r, w (empties or creates), a, rw, also r+, w+, a+, x; with "b" the
             stream gives and takes bytes, otherwise str (UTF-8).
    Returns: a stream: `read`, `readline`, iteration, `write`, `flush`, `seek`, `tell`, `close`, `with`. Writes reach
             the system at an end of line, beyond 2048 characters, at `flush`, `close`, and before any read.
    Raises:  603, 500, 614, 405.
    """
    if type(mode) is not str:
        raise _invalid(f"mode must be str, not {type(mode).__name__}")
    buffer = open_bytes(path, mode.replace("b", "").replace("t", ""), _MANUAL_WRITE_BEHIND)
    if "b" in mode:
        return buffer
    return TextStream(buffer, line_buffering=True)


class _Tokens:
    """The streams behind bare tokens and standard numbers, so that `write` on one has a buffer as well."""

    __slots__ = ("streams",)

    def __init__(self) -> None:
        self.streams: dict[str | int, TextStream] = {}

    def get(self, handle: str | int) -> TextStream:
        stream = self.streams.get(handle)
        if stream is None or stream.closed:
            stream = _standard_stream(handle) if type(handle) is int else None
            if stream is None:
                below = ByteStream(handle, handle, "rw", False, _MANUAL_WRITE_BEHIND)
                stream = TextStream(below, errors="replace", line_buffering=True)
            self.streams[handle] = stream
        return stream


def _standard_stream(handle: int) -> TextStream:
    """`sys.stdin`, `sys.stdout` or `sys.stderr` as the process began with them: one buffer, so one order."""
    import sys

    return sys._first[(STDIN, STDOUT, STDERR).index(handle)]  # type: ignore[attr-defined,no-any-return]


_tokens = _Tokens()


def read(target: AnyHandle, count: int | None = None) -> str | bytes:
    """Up to *count* characters (bytes of a binary stream); everything that is left without it. Empty at the end.

    On a bare token this is one read of what is there, as on a terminal or a pipe. Flushes this process's writes first.
    """
    if isinstance(target, (TextStream, ByteStream)):
        return target.read(-1 if count is None else count)
    streams.flush_pending()
    handle = handle_of(target)
    try:
        data: bytes = syscall("vfs_read", handle, count)
    except StatusError as error:
        if error.status == 602:
            return ""
        raise_for(error, target)
    return data.decode("utf-8", "replace")


def write(target: AnyHandle, data: object) -> bool:
    """Write *data* (bytes as they are, anything else as its str). Buffered until an end of line; see `open`.

    Raises:  600, 500, 820 - at the latest at `flush` or `close`.
    """
    if isinstance(target, (TextStream, ByteStream)):
        stream: File = target
    else:
        stream = _tokens.get(handle_of(target))
    if isinstance(data, (bytes, bytearray, memoryview)):
        buffer = stream.buffer if isinstance(stream, TextStream) else stream
        buffer.write(data)
        if isinstance(stream, TextStream) and b"\n" in bytes(data):
            buffer.flush()
        return True
    text = str(data)
    if isinstance(stream, TextStream):
        stream.write(text)
    else:
        stream.write(text.encode())
    return True


def flush(target: AnyHandle) -> bool:
    """Hand what was written to the system."""
    if isinstance(target, (TextStream, ByteStream)):
        target.flush()
    else:
        stream = _tokens.streams.get(handle_of(target))
        if stream is not None:
            stream.flush()
    return True


def close(target: AnyHandle) -> bool:
    """Flush and close a stream or token. Raises 600 if a token is not open; closing a stream twice is allowed."""
    if isinstance(target, (TextStream, ByteStream)):
        target.close()
        return True
    handle = handle_of(target)
    stream = _tokens.streams.pop(handle, None)
    if stream is not None:
        stream.flush()
    try:
        syscall("vfs_close", handle)
    except StatusError as error:
        raise_for(error, target)
    return True


def seek(target: AnyHandle, offset: int, whence: int | str = SEEK_SET) -> int:
    """Move the position; *whence* 0, 1, 2 or "set", "cur", "end". Returns the new position in bytes."""
    number = {"set": 0, "cur": 1, "end": 2}.get(whence, whence) if isinstance(whence, str) else whence
    if number not in (0, 1, 2):
        raise _invalid(f"whence {whence!r} is none of 0, 1, 2, 'set', 'cur', 'end'")
    if isinstance(target, (TextStream, ByteStream)):
        return target.seek(offset, number)
    flush(target)
    try:
        position: int = syscall("vfs_seek", handle_of(target), offset, ("set", "cur", "end")[number])
    except StatusError as error:
        raise_for(error, target)
    return position


def tell(target: AnyHandle) -> int:
    """The present position in bytes."""
    if isinstance(target, (TextStream, ByteStream)):
        return target.tell()
    return seek(target, 0, SEEK_CUR)


def device_control(target: AnyHandle, method: str, args: _Arguments | None = None) -> Any:
    """Ask a device's driver for *method*; returns the driver's result. Raises the driver's status, 601 on a file."""
    if type(method) is not str:
        raise _invalid(f"the method must be str, not {type(method).__name__}")
    flush(target)
    try:
        return syscall("vfs_device_control", handle_of(target), method, [*(args or ())])
    except StatusError as error:
        raise_for(error, getattr(target, "name", None))


def isatty(target: AnyHandle) -> bool:
    """Whether *target* is a terminal."""
    return streams.is_terminal(handle_of(target))


# -- names


def list(path: object = ".") -> _Names:
    """The names in a directory, those of directories with a `/` at the end. Raises 603, 613, 500."""
    try:
        names: _Names = syscall("vfs_list", abspath(path))
    except StatusError as error:
        raise_for(error, path)
    return names


def stat(path: object) -> dict[str, Any]:
    """{"type": "file" | "directory" | "device", "size", "mtime" (s), "uid", "gid", "mode": "755"}. Raises 603, 500."""
    streams.settle()
    try:
        info: dict[str, Any] = syscall("vfs_stat", abspath(path))
    except StatusError as error:
        raise_for(error, path)
    return info


def exists(path: object) -> bool:
    """Whether *path* names something that the caller may see."""
    try:
        stat(path)
    except (OSError, ValueError):
        return False
    return True


def is_dir(path: object) -> bool:
    """Whether *path* is a directory."""
    try:
        return bool(stat(path)["type"] == "directory")
    except (OSError, ValueError):
        return False


def is_file(path: object) -> bool:
    """Whether *path* is a regular file."""
    try:
        return bool(stat(path)["type"] == "file")
    except (OSError, ValueError):
        return False


def _named(name: str, path: object, *args: object) -> bool:
    """One system call about one path."""
    streams.settle()
    try:
        syscall(name, abspath(path), *args)
    except StatusError as error:
        raise_for(error, path)
    return True


def chmod(path: object, mode: str | int) -> bool:
    """Set the rights of *path*; *mode* is three octal digits ("755") or a number (0o755). Raises 500, 601, 603."""
    digits = f"{mode:03o}" if type(mode) is int else mode
    if type(digits) is not str or len(digits) != 3 or digits.strip("01234567"):
        raise _invalid(f"mode {mode!r} is not three octal digits, as in '755'")
    return _named("vfs_chmod", path, digits)


def chown(path: object, uid: int, gid: int) -> bool:
    """Give *path* to another owner; uid 0 only (500)."""
    return _named("vfs_chown", path, uid, gid)


def remove(path: object, recursive: bool = False) -> bool:
    """Delete a file or an empty directory, with *recursive* a whole tree. Raises 603, 500, 615."""
    return _named("vfs_delete", path, recursive)


def mkdir(path: object) -> bool:
    """Make a directory. Raises 612, 603 (no parent), 500."""
    return _named("vfs_mkdir", path)


def truncate(target: object, size: int) -> bool:
    """Make a file *size* bytes long, in one step; *target* is a path, or a stream that may write. Raises 601, 616."""
    if isinstance(target, (TextStream, ByteStream)):
        target.truncate(size)
        return True
    token = open_handle(target, "rw" if exists(target) else "r")  # "r": so that what is missing is not made
    try:
        syscall("vfs_truncate", token, size)
    except StatusError as error:
        raise_for(error, target)
    finally:
        syscall("vfs_close", token)
    return True


def rename(source: object, target: object) -> bool:
    """Give *source* the name *target*; an existing file there is replaced. Raises 603, 500, 614."""
    streams.settle()
    try:
        syscall("vfs_rename", abspath(source), abspath(target))
    except StatusError as error:
        raise_for(error, source, target)
    return True


# -- mounts


def mount(disk: str, point: object, path: str = "/", kind: str = "homefs", options: str = "rw") -> bool:
    """Have *path* of a disk appear in the directory *point*; uid 0 only (501).

    Args:    disk: an address or the beginning of one, "label:<name>", "boot" or "virtual"; kind: homefs, tmpfs, ringfs;
             options: rw, ro, size=<KiB>, uid=, gid=, mode=, remount, separated by commas.
    Raises:  405 no such disk, 603, 613, 604 (something is mounted there), 601.
    """
    return _named_point("vfs_mount", point, lambda place: (disk, path, place, kind, options))


def unmount(point: object) -> bool:
    """Have what is mounted at *point* disappear; uid 0 only (501). Raises 604 if it is in use, naming by whom, 601."""
    return _named_point("vfs_unmount", point, lambda place: (place,))


def mounts(usage: bool = True) -> _Arguments:
    """What is mounted: [{point, type, disk, label, path, alias, options, open, size, used, free}], sizes in bytes."""
    rows: _Arguments = syscall("vfs_mounts", usage)
    return rows


def _named_point(name: str, point: object, arguments: Any) -> bool:
    streams.settle()
    try:
        syscall(name, *arguments(abspath(point)))
    except StatusError as error:
        raise_for(error, point)
    return True
