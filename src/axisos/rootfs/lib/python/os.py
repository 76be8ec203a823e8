"""The operating system by the names that Python programmers know, on top of `axis`.

Differs from the host's: files have no numbers, so `os.open` gives a handle token and the calls that take a file number
take a token (0, 1, 2 are the standard handles); there are no links, no fork and no exec. What is missing says so.
"""

from __future__ import annotations

import builtins
import posixpath as path

from abi.status import Status, StatusError
from axis import filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, NoReturn

    from axis.guest import _axis_process, env, syscall

    Handle = str | int

_axis_process.modules["os.path"] = path
_path = path  # functions have parameters of that name, as Python's

name = "posix"
sep = "/"
altsep = None
extsep = "."
pathsep = ":"
linesep = "\n"
curdir = "."
pardir = ".."
devnull = "/dev/null"
defpath = "/usr/commands"
error = OSError

F_OK, X_OK, W_OK, R_OK = 0, 1, 2, 4
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
O_RDONLY, O_WRONLY, O_RDWR, O_ACCMODE = 0, 1, 2, 3
O_CREAT, O_EXCL, O_TRUNC, O_APPEND = 0o100, 0o200, 0o1000, 0o2000
# True of every handle here: no link is followed, nothing is inherited, what is written is with the system at once.
O_NOFOLLOW, O_CLOEXEC, O_NOCTTY, O_DSYNC = 0o400000, 0o2000000, 0o400, 0o10000
O_SYNC = O_FSYNC = O_RSYNC = 0o4010000
O_DIRECTORY = 0o200000
EX_OK, EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_NOUSER, EX_NOHOST, EX_UNAVAILABLE, EX_SOFTWARE = 0, *range(64, 71)
EX_OSERR, EX_OSFILE, EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL, EX_PROTOCOL, EX_NOPERM, EX_CONFIG = range(71, 79)
WNOHANG = 1
GRND_NONBLOCK, GRND_RANDOM = 1, 2
supports_bytes_environ = False
supports_dir_fd: frozenset[Any] = frozenset()
supports_effective_ids = supports_fd = supports_follow_symlinks = supports_dir_fd


_IN_RECORDS = ("get_terminal_size", "terminal_size", "times", "times_result", "uname", "uname_result")


def __getattr__(wanted: str) -> Any:
    """The names of `_osrecords`, which few programs ask for, and why others are missing."""
    if wanted in _IN_RECORDS:
        import _osrecords

        value = globals()[wanted] = getattr(_osrecords, wanted)
        return value
    from axis import absent

    return absent.attribute("os", wanted)


def _no(function: str, **given: object) -> None:
    """Refuse the arguments that mean nothing here, when they are given."""
    for argument, value in given.items():
        if value is not None and value is not False:
            from axis import absent

            raise absent.call(f"os.{function}({argument}=...)", "a path is enough: vfs calls take absolute paths")


def _fail(failure: StatusError, *names: object) -> NoReturn:
    filesystem.raise_for(failure, *names)


def fspath(path: object) -> str:
    """The path behind a str or a path object."""
    return _path._text(path)


class _PathLikeType(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return hasattr(type(instance), "__fspath__")

    def __subclasscheck__(cls, candidate: type) -> bool:
        return hasattr(candidate, "__fspath__")


class PathLike(metaclass=_PathLikeType):
    """What has `__fspath__`."""

    def __fspath__(self) -> str:
        raise NotImplementedError

    def __class_getitem__(cls, item: object) -> type:
        return cls


def fsencode(filename: object) -> bytes:
    """A path as bytes; bytes stay as they are."""
    return bytes(filename) if isinstance(filename, bytes) else fspath(filename).encode("utf-8", "surrogateescape")


def fsdecode(filename: object) -> str:
    """A path as text, whatever it was."""
    return filename.decode("utf-8", "surrogateescape") if isinstance(filename, bytes) else fspath(filename)


# -- the environment


class _Environ:
    """The variables in `env`; what is set here is seen by this process, and by its children when it is passed on."""

    def __getitem__(self, key: str) -> str:
        if not isinstance(key, str):
            raise TypeError(f"str expected, not {type(key).__name__}")
        if key == "ARGS" or key not in env:
            raise KeyError(key)
        return str(env[key])

    def __setitem__(self, key: str, value: str) -> None:
        if not isinstance(key, str) or not isinstance(value, str):
            raise TypeError(f"str expected, not {type(value if isinstance(key, str) else key).__name__}")
        if "\0" in key or "\0" in value:
            raise ValueError("embedded null byte")
        if key == "ARGS" or not key or "=" in key:
            raise ValueError(f"illegal environment variable name: {key!r}")
        env[key] = value

    def __delitem__(self, key: str) -> None:
        if key == "ARGS" or key not in env:
            raise KeyError(key)
        del env[key]

    def __contains__(self, key: object) -> bool:
        return key != "ARGS" and key in env

    def __iter__(self) -> Iterator[str]:
        return iter([key for key in env if key != "ARGS"])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        return self.copy() == (other.copy() if isinstance(other, _Environ) else other)

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Any) -> Any:
        return {**self.copy(), **other} if hasattr(other, "keys") else NotImplemented

    def __ror__(self, other: Any) -> Any:
        return {**other, **self.copy()} if hasattr(other, "keys") else NotImplemented

    def __ior__(self, other: Any) -> _Environ:
        self.update(other)
        return self

    def __repr__(self) -> str:
        return f"environ({self.copy()!r})"

    def keys(self) -> Any:
        return self.copy().keys()

    def values(self) -> Any:
        return self.copy().values()

    def items(self) -> Any:
        return self.copy().items()

    def get(self, key: str, default: Any = None) -> Any:
        return default if key == "ARGS" or key not in env else str(env[key])

    def setdefault(self, key: str, default: str) -> str:
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str, *default: Any) -> Any:
        if key not in self and default:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def update(self, *others: Any, **more: str) -> None:
        for other in (*others, more):
            given = other if hasattr(other, "keys") else dict(other)
            for key in given.keys():  # noqa: SIM118 - all that a mapping must have
                self[key] = given[key]

    def popitem(self) -> tuple[str, str]:
        for key in self:
            return key, self.pop(key)
        raise KeyError

    def clear(self) -> None:
        for key in self.keys():
            del self[key]

    def copy(self) -> dict[str, str]:
        return {key: str(value) for key, value in env.items() if key != "ARGS"}


environ = _Environ()


def getenv(key: str, default: Any = None) -> Any:
    return environ.get(key, default)


def putenv(name: str, value: str, /) -> None:
    environ[name] = value


def unsetenv(name: str, /) -> None:
    environ.pop(name, None)


# -- directories and names


def getcwd() -> str:
    return filesystem.getcwd()


def getcwdb() -> bytes:
    return fsencode(filesystem.getcwd())


def chdir(path: object) -> None:
    filesystem.chdir(fspath(path))


def listdir(path: object = None) -> list[str]:
    """The names in a directory, without the / that `axis.filesystem.list` puts after directories."""
    return [entry.rstrip("/") for entry in filesystem.list("." if path is None else fspath(path))]


class stat_result(tuple):  # type: ignore[type-arg]
    """(st_mode, st_ino, st_dev, st_nlink, st_uid, st_gid, st_size, st_atime, st_mtime, st_ctime).

    As items the times are whole seconds, as attributes they have a fraction. A file has one time: that of its last
    change.
    """

    n_fields = n_sequence_fields = 10
    n_unnamed_fields = 3
    _changed: float

    def __new__(cls, sequence: Any, changed: float | None = None) -> stat_result:
        fields = tuple(sequence)
        if len(fields) != 10:
            raise TypeError(f"os.stat_result() takes a 10-sequence ({len(fields)}-sequence given)")
        self = tuple.__new__(cls, fields)
        self._changed = fields[8] if changed is None else changed
        return self

    @property
    def st_mode(self) -> int:
        return self[0]  # type: ignore[no-any-return]

    @property
    def st_ino(self) -> int:
        return self[1]  # type: ignore[no-any-return]

    @property
    def st_dev(self) -> int:
        return self[2]  # type: ignore[no-any-return]

    @property
    def st_nlink(self) -> int:
        return self[3]  # type: ignore[no-any-return]

    @property
    def st_uid(self) -> int:
        return self[4]  # type: ignore[no-any-return]

    @property
    def st_gid(self) -> int:
        return self[5]  # type: ignore[no-any-return]

    @property
    def st_size(self) -> int:
        return self[6]  # type: ignore[no-any-return]

    @property
    def st_mtime(self) -> float:
        return self._changed

    st_atime = st_ctime = st_mtime

    @property
    def st_mtime_ns(self) -> int:
        return round(self._changed * 1e9)

    st_atime_ns = st_ctime_ns = st_mtime_ns

    def __repr__(self) -> str:
        names = ["mode", "ino", "dev", "nlink", "uid", "gid", "size", "atime", "mtime", "ctime"]
        return f"os.stat_result({', '.join([f'st_{name}={self[place]}' for place, name in enumerate(names)])})"


_KINDS = {"file": 0o100000, "directory": 0o040000, "device": 0o020000}


def stat(path: object, *, dir_fd: object = None, follow_symlinks: bool = True) -> stat_result:
    """What the system knows of a path, or of what an open handle leads to; `st_mode` holds the type and the rights."""
    if dir_fd is not None:
        _no("stat", dir_fd=dir_fd)
    if type(path) is int or (type(path) is str and path[:2] == "H-" and streams.path_behind(path) is not None):
        return fstat(path)
    facts = filesystem.stat(fspath(path))
    when = float(facts.get("mtime") or 0)
    mode = _KINDS.get(facts["type"], 0) | int(str(facts["mode"]), 8)
    whole = int(when // 1)
    return stat_result((mode, 0, 0, 1, facts["uid"], facts["gid"], facts["size"], whole, whole, whole), when)


def lstat(path: object, *, dir_fd: object = None) -> stat_result:
    """The same as `stat`: there are no links."""
    return stat(path, dir_fd=dir_fd)


def fstat(fd: Handle) -> stat_result:
    """What the system knows of the file behind a handle that `open` or `os.open` gave; a pipe or device has no size."""
    handle = filesystem.handle_of(fd)
    place = streams.path_behind(handle)
    if place is not None:
        return stat(place)
    try:
        syscall("vfs_seek", handle, 0, "cur")
    except StatusError as failure:
        kind = {706: 0o010600, 601: 0o020620}.get(int(failure.status))
        if kind is None:
            _fail(failure)
        return stat_result((kind, 0, 0, 1, getuid(), getgid(), 0, 0, 0, 0))
    from axis import absent

    raise absent.call("os.fstat of a handle that came from elsewhere", "ask os.stat for the path (vfs_stat)")


class DirEntry:
    """One name in a directory, from `scandir`."""

    def __init__(self, directory: str, entry: str) -> None:
        self.name = entry.rstrip("/")
        self.path = _path.join(directory, self.name)
        self._directory = entry[-1:] == "/"

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return self._directory

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return not self._directory and _path.isfile(self.path)

    def is_symlink(self) -> bool:
        return False

    def is_junction(self) -> bool:
        return False

    def stat(self, *, follow_symlinks: bool = True) -> stat_result:
        return stat(self.path)

    def inode(self) -> int:
        return 0

    def __fspath__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"


class _Scan:
    """The entries of a directory, one after the other; also usable in `with`."""

    def __init__(self, directory: str) -> None:
        self._entries = iter([DirEntry(directory, entry) for entry in filesystem.list(directory)])

    def __iter__(self) -> _Scan:
        return self

    def __next__(self) -> DirEntry:
        return next(self._entries)

    def __enter__(self) -> _Scan:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._entries = iter([])


def scandir(path: object = None) -> _Scan:
    """The entries of a directory as `DirEntry` objects."""
    return _Scan("." if path is None else fspath(path))


def walk(
    top: object, topdown: bool = True, onerror: Callable[[OSError], object] | None = None, followlinks: bool = False,
) -> Iterator[tuple[str, list[str], list[str]]]:
    """(directory, names of directories, names of files) for the whole tree."""
    directory = fspath(top)
    try:
        entries = filesystem.list(directory)
    except OSError as failure:
        if onerror is not None:
            onerror(failure)
        return
    directories = [entry[:-1] for entry in entries if entry[-1] == "/"]
    files = [entry for entry in entries if entry[-1] != "/"]
    if topdown:
        yield directory, directories, files
    for entry in directories:
        yield from walk(_path.join(directory, entry), topdown, onerror)
    if not topdown:
        yield directory, directories, files


def mkdir(path: object, mode: int = 0o777, *, dir_fd: object = None) -> None:
    _no("mkdir", dir_fd=dir_fd)
    filesystem.mkdir(fspath(path))
    if mode != 0o777:
        filesystem.chmod(fspath(path), mode & 0o777)


def makedirs(name: object, mode: int = 0o777, exist_ok: bool = False) -> None:
    """Make a directory and the ones above it that are missing."""
    text = fspath(name)
    head, tail = _path.split(text)
    if not tail:
        head, tail = _path.split(head)
    if head and tail and not _path.exists(head):
        makedirs(head, exist_ok=True)
        if tail == curdir:
            return
    try:
        mkdir(text, mode)
    except OSError:
        if not exist_ok or not _path.isdir(text):
            raise


def remove(path: object, *, dir_fd: object = None) -> None:
    """Delete a file."""
    _no("remove", dir_fd=dir_fd)
    text = fspath(path)
    if filesystem.stat(text)["type"] == "directory":
        _fail(StatusError(614, text), text)
    filesystem.remove(text)


def unlink(path: object, *, dir_fd: object = None) -> None:
    """Delete a file."""
    remove(path, dir_fd=dir_fd)


def rmdir(path: object, *, dir_fd: object = None) -> None:
    """Delete an empty directory."""
    _no("rmdir", dir_fd=dir_fd)
    text = fspath(path)
    if filesystem.stat(text)["type"] != "directory":
        _fail(StatusError(613, text), text)
    filesystem.remove(text)


def removedirs(name: object) -> None:
    """Delete an empty directory and the ones above it that are then empty."""
    text = fspath(name).rstrip("/")
    rmdir(text)
    head = _path.dirname(text)
    while head and head != "/":
        try:
            rmdir(head)
        except OSError:
            break
        head = _path.dirname(head)


def rename(src: object, dst: object, *, src_dir_fd: object = None, dst_dir_fd: object = None) -> None:
    """Give a file or directory another name; an existing file, or an empty directory by a directory, is replaced."""
    _no("rename", src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
    source, target = fspath(src), fspath(dst)
    try:
        filesystem.rename(source, target)
    except FileExistsError:
        _make_way(source, target)
        filesystem.rename(source, target)
    except NotImplementedError:
        raise OSError(18, "Invalid cross-device link", source, None, target) from None


def _make_way(source: str, target: str) -> None:
    """The VFS replaces files by files only: what else has to happen before, or why it may not."""
    onto, moved = filesystem.is_dir(target), filesystem.is_dir(source)
    if onto and not moved:
        _fail(StatusError(614, target), source, target)
    if moved and not onto:
        _fail(StatusError(613, target), source, target)
    if filesystem.list(target):
        _fail(StatusError(615, target), source, target)
    filesystem.remove(target)


def replace(src: object, dst: object, *, src_dir_fd: object = None, dst_dir_fd: object = None) -> None:
    """The same as `rename`."""
    rename(src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)


def renames(old: object, new: object) -> None:
    """Rename; directories above the new name are made, empty ones above the old name go."""
    head = _path.dirname(fspath(new))
    if head and not _path.exists(head):
        makedirs(head)
    rename(old, new)
    above = _path.dirname(fspath(old))
    if above:
        try:
            removedirs(above)
        except OSError:
            pass  # it holds something else: it stays


def truncate(path: object, length: int) -> None:
    """Make a file *length* bytes long: cut off, or filled up with zeros."""
    streams.settle()
    place = filesystem.abspath(fspath(path))
    try:
        streams.truncate(place, length)
    except StatusError as failure:
        _fail(failure, path)


def ftruncate(fd: Handle, length: int) -> None:
    """`truncate` for the file behind a handle that `open` or `os.open` gave."""
    if length < 0:
        raise OSError(22, "Invalid argument")
    streams.settle()
    try:
        syscall("vfs_truncate", filesystem.handle_of(fd), length)
    except StatusError as failure:
        if failure.status in (Status.ACCESS_DENIED, Status.INVALID_PARAMETER, Status.OBJECT_TYPE_MISMATCH):
            raise OSError(22, "Invalid argument") from None
        _fail(failure, None)


def chmod(path: object, mode: int, *, dir_fd: object = None, follow_symlinks: bool = True) -> None:
    _no("chmod", dir_fd=dir_fd)
    filesystem.chmod(fspath(path), mode & 0o777)


def chown(path: object, uid: int, gid: int, *, dir_fd: object = None, follow_symlinks: bool = True) -> None:
    """Give a path to another owner; -1 leaves one of the two as it is."""
    _no("chown", dir_fd=dir_fd)
    facts = filesystem.stat(fspath(path))
    filesystem.chown(fspath(path), facts["uid"] if uid == -1 else uid, facts["gid"] if gid == -1 else gid)


def access(
    path: object, mode: int, *, dir_fd: object = None, effective_ids: bool = False, follow_symlinks: bool = True,
) -> bool:
    """Whether this process may read (R_OK), write (W_OK), execute (X_OK) a path, by its own rights' digits."""
    _no("access", dir_fd=dir_fd)
    try:
        facts = filesystem.stat(fspath(path))
    except OSError:
        return False
    info = syscall("process_info")
    if info["uid"] == 0:
        return True
    digits = str(facts["mode"])
    in_group = facts["gid"] == info["gid"] or facts["gid"] in (info.get("groups") or ())
    digit = digits[0] if facts["uid"] == info["uid"] else digits[1] if in_group else digits[2]
    return int(digit) & mode == mode


# -- handles


def open(path: object, flags: int, mode: int = 0o777, *, dir_fd: object = None) -> str:
    """A handle token; close it with `os.close`."""
    _no("open", dir_fd=dir_fd)
    text = fspath(path)
    token = _opened(text, flags)
    streams.opened[token] = filesystem.abspath(text)
    return token


def _opened(text: str, flags: int) -> str:
    kind = flags & O_ACCMODE
    exists = _path.exists(text)
    if flags & O_CREAT and flags & O_EXCL and exists:
        _fail(StatusError(612, text), text)
    if not flags & O_CREAT and not exists:
        _fail(StatusError(603, text), text)
    if flags & O_DIRECTORY and not _path.isdir(text):
        _fail(StatusError(613, text), text)
    if kind == O_RDONLY:
        if flags & O_CREAT and not exists:
            filesystem.close(filesystem.open_handle(text, "w"))
        return filesystem.open_handle(text, "r")
    if flags & O_TRUNC or not exists:
        token = filesystem.open_handle(text, "w")
        if kind == O_WRONLY and not flags & O_APPEND:
            return token
        filesystem.close(token)
    if flags & O_APPEND:
        if kind == O_RDWR:
            from axis import absent

            raise absent.call("os.open(O_RDWR | O_APPEND)", "use open(path, 'a+'); the VFS appends in mode 'a' only")
        return filesystem.open_handle(text, "a")
    return filesystem.open_handle(text, "rw")


def read(fd: Handle, length: int, /) -> bytes:
    """Up to *length* bytes, b"" at the end."""
    if length < 0:
        raise OSError(22, "Invalid argument")
    streams.settle()
    try:
        data: bytes = syscall("vfs_read", filesystem.handle_of(fd), min(length, 1 << 18))
    except StatusError as failure:
        if failure.status == 602:
            return b""
        _fail(failure)
    return data


def write(fd: Handle, data: bytes, /) -> int:
    """Write bytes, unbuffered; returns how many were taken."""
    if isinstance(data, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    try:
        return syscall("vfs_write", filesystem.handle_of(fd), bytes(data)[:1 << 18])  # type: ignore[no-any-return]
    except StatusError as failure:
        _fail(failure)


def close(fd: Handle) -> None:
    handle = filesystem.handle_of(fd)
    streams.opened.pop(handle, None)
    try:
        syscall("vfs_close", handle)
    except StatusError as failure:
        _fail(failure)


def lseek(fd: Handle, position: int, whence: int, /) -> int:
    """Move the position of a handle; returns it."""
    if whence not in (SEEK_SET, SEEK_CUR, SEEK_END):
        raise OSError(22, "Invalid argument")
    try:
        return syscall("vfs_seek", filesystem.handle_of(fd), position, ("set", "cur", "end")[whence])  # type: ignore[no-any-return]
    except StatusError as failure:
        if failure.status == 601:
            raise OSError(22 if streams.path_behind(fd) else 29, "Illegal seek") from None
        if failure.status == 706:
            raise OSError(29, "Illegal seek") from None
        _fail(failure)


def fsync(fd: Handle) -> None:
    """Nothing to do: what is written is with the system at once."""


def fdatasync(fd: Handle) -> None:
    """Nothing to do: what is written is with the system at once."""


def sync() -> None:
    """Hand over what this process's streams still hold; the system itself holds nothing back."""
    streams.settle()


def isatty(fd: Handle, /) -> bool:
    return filesystem.isatty(fd)


def device_encoding(fd: Handle) -> str | None:
    """UTF-8 for a terminal, None for anything else."""
    return "UTF-8" if filesystem.isatty(fd) else None


def fdopen(
    fd: Handle, mode: str = "r", buffering: int = -1, encoding: str | None = None, *args: Any, **kwargs: Any,
) -> Any:
    """A stream over a handle token."""
    place = streams.opened.pop(fd, None) if type(fd) is str else None
    stream = builtins.open(  # noqa: SIM115 - the caller closes it
        None, mode, buffering, encoding, *args, opener=lambda _path, _mode: fd, **kwargs
    )
    if place is not None:
        streams.name_file(stream, place)
    return stream


def popen(cmd: str, mode: str = "r", buffering: int = -1) -> Any:
    """A stream that reads what a shell line prints ("r"), or that the line reads ("w"); `close` gives its status."""
    if mode not in ("r", "w"):
        raise ValueError(f"invalid mode {mode!r}")
    import subprocess

    return subprocess._CommandStream(cmd, mode)


def pipe() -> tuple[str, str]:
    """(read end, write end) of a new pipe, as handle tokens."""
    return syscall("ke_create_pipe")  # type: ignore[no-any-return]


# -- processes


def getpid() -> int:
    return syscall("process_info")["tgid"]  # type: ignore[no-any-return]


def getppid() -> int:
    return syscall("process_info")["parent"]  # type: ignore[no-any-return]


def getuid() -> int:
    return syscall("process_get_uid")  # type: ignore[no-any-return]


geteuid = getuid


def getgid() -> int:
    return syscall("process_info")["gid"]  # type: ignore[no-any-return]


getegid = getgid


def getgroups() -> list[int]:
    info = syscall("process_info")
    return [*dict.fromkeys([info["gid"], *(info.get("groups") or ())])]


def setpgrp() -> None:
    """Begin a process group of one's own."""
    setpgid(0, 0)


def getpgrp() -> int:
    return syscall("ke_getpgid")  # type: ignore[no-any-return]


def getpgid(pid: int) -> int:
    try:
        return syscall("process_info", pid or None)["pgid"]  # type: ignore[no-any-return]
    except StatusError as failure:
        _fail(failure)


def setpgid(pid: int, pgid: int) -> None:
    from axis import signals

    signals.setpgid(pid or getpid(), pgid or pid or getpid())


def getlogin() -> str:
    if not env.get("USER"):
        raise OSError(6, "No such device or address")
    return str(env["USER"])


def kill(pid: int, signal: int, /) -> None:
    """Send a signal; 0 only asks whether the process is there. A *pid* of 0 or less means a group: 0 one's own."""
    if pid <= 0:
        killpg(-pid or getpgrp(), signal)
        return
    try:
        if signal == 0:
            syscall("process_info", pid)
        else:
            syscall("process_kill", pid, int(signal))
            syscall("process_get_pid")  # a signal to oneself is handled at the next call: before this one returns
    except StatusError as failure:
        _fail(failure)


def killpg(pgid: int, signal: int, /) -> None:
    """Send a signal to all of a process group."""
    from axis import signals

    try:
        signals.send_group(pgid, int(signal))
        syscall("process_get_pid")  # as for `kill`
    except StatusError as failure:
        _fail(failure)


def waitpid(pid: int, options: int, /) -> tuple[int, int]:
    """(pid, status) of a child that has ended; -1 = any. With WNOHANG (0, 0) while none has."""
    try:
        if pid == -1:
            done, code = syscall("process_wait_any", 0 if options & WNOHANG else None)
            return done, _status(code)
        if options & WNOHANG:
            code = syscall("process_poll", pid)
            return (0, 0) if code is None else (pid, _status(syscall("process_wait_status", pid)))
        return pid, _status(syscall("process_wait_status", pid))
    except StatusError as failure:
        if failure.status == 258:
            return 0, 0
        if failure.status == 606:
            raise ChildProcessError(10, "No child processes") from None
        _fail(failure)


def wait() -> tuple[int, int]:
    return waitpid(-1, 0)


def _status(code: int) -> int:
    """An exit code (128 + n by signal n) in the form of `wait`."""
    return code - 128 if 128 < code < 160 else code << 8


def waitstatus_to_exitcode(status: int) -> int:
    return -(status & 0x7F) if status & 0x7F else status >> 8


def WIFEXITED(status: int) -> bool:
    return not status & 0x7F


def WEXITSTATUS(status: int) -> int:
    return status >> 8


def WIFSIGNALED(status: int) -> bool:
    return bool(status & 0x7F)


def WTERMSIG(status: int) -> int:
    return status & 0x7F


def WCOREDUMP(status: int, /) -> bool:
    """False: there are no core dumps."""
    return False


def WIFSTOPPED(status: int) -> bool:
    """False: only children that have ended are waited for."""
    return False


def WIFCONTINUED(status: int) -> bool:
    """False: only children that have ended are waited for."""
    return False


def WSTOPSIG(status: int) -> int:
    return status >> 8 & 0xFF


def system(command: str) -> int:
    """Run a line in the shell; returns the status in the form of `wait`."""
    import subprocess

    code = subprocess.run(["/bin/sh.py", "-c", command]).returncode
    return -code if code < 0 else code << 8


def _exit(status: int) -> NoReturn:
    """End the process at once, without writing what its streams still hold."""
    syscall("process_exit", status & 0xFF)
    raise SystemExit(status)


def abort() -> NoReturn:
    kill(getpid(), 6)
    raise SystemExit(134)


def cpu_count() -> int:
    return 1


def process_cpu_count() -> int:
    return 1


def sched_yield() -> None:
    """Let the others have their turn first."""
    syscall("process_yield")


def sched_getaffinity(pid: int, /) -> set[int]:
    """The processors that a process may run on: the one there is."""
    return {0}


def get_exec_path(env: Any = None) -> list[str]:
    """The directories in which programs are looked for."""
    return str((environ if env is None else env).get("PATH") or defpath).split(pathsep)


def urandom(size: int, /) -> bytes:
    """Bytes that nobody can guess (in a simulation: that follow from its seed)."""
    if size < 0:
        raise ValueError("negative argument not allowed")
    data = b""
    while len(data) < size:
        data += syscall("random_bytes", min(size - len(data), 65536))
    return data


def getrandom(size: int, flags: int = 0) -> bytes:
    return urandom(size)


def strerror(code: int, /) -> str:
    """What an error number means."""
    import errno

    return errno._text_of(code)
