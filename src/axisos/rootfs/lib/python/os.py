"""The operating system by the names that Python programmers know, on top of `axis`.

Differs from the host's: files have no numbers, so `os.open` gives a handle token and the calls that take a file number
take a token (0, 1, 2 are the standard handles); there are no links, no fork and no exec. What is missing says so.
"""

from __future__ import annotations

import builtins
import posixpath as path

from abi.status import StatusError
from axis import filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, NoReturn

    from axis.guest import _axis_process, env, syscall

    Handle = str | int

_axis_process.modules["os.path"] = path

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
O_RDONLY, O_WRONLY, O_RDWR = 0, 1, 2
O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_CLOEXEC = 0o100, 0o200, 0o1000, 0o2000, 0o2000000
EX_OK, EX_USAGE = 0, 64
WNOHANG = 1

_MISSING = {
    "fork": "there is no fork; use subprocess, or syscall('process_spawn', path, None, env)",
    "execv": "there is no exec; use subprocess, or syscall('process_spawn', path, None, env)",
    "link": "there are no links; copy the file", "symlink": "there are no links; copy the file",
    "readlink": "there are no links", "popen": "use subprocess.Popen",
    "truncate": "there is no vfs_truncate; write the part to keep to a new file",
    "ftruncate": "there is no vfs_truncate; write the part to keep to a new file",
    "utime": "times are set by writing", "setuid": "identity comes from the login; see su",
    "setgid": "identity comes from the login; see su", "dup": "use syscall ob_duplicate_handle",
    "dup2": "pass handles= to process_spawn instead", "mkfifo": "use axis.pipe.create_named",
    "umask": "modes come from the directory; use chmod", "statvfs": "there is no call for it; see mem_info",
}


def __getattr__(wanted: str) -> Any:
    reason = _MISSING.get(wanted) or (_MISSING["execv"] if wanted[:4] in ("exec", "spaw") else None)
    raise AttributeError(f"module 'os' has no attribute {wanted!r}" + (f": {reason}" if reason else ""))


def _fail(failure: StatusError, *names: object) -> NoReturn:
    filesystem.raise_for(failure, *names)


def fspath(value: object) -> str:
    """The path behind a str or a path object."""
    return path._text(value)


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


def fsencode(value: object) -> bytes:
    return fspath(value).encode("utf-8", "surrogateescape")


def fsdecode(value: object) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else fspath(value)


# -- the environment


class _Environ:
    """The variables in `env`; what is set here is seen by this process, and by its children when it is passed on."""

    def __getitem__(self, key: str) -> str:
        if key == "ARGS" or key not in env:
            raise KeyError(key)
        return str(env[key])

    def __setitem__(self, key: str, value: str) -> None:
        if not isinstance(key, str) or not isinstance(value, str):
            raise TypeError(f"str expected, not {type(value if isinstance(key, str) else key).__name__}")
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

    def __or__(self, other: Any) -> dict[str, str]:
        return {**self.copy(), **dict(other)}

    def __repr__(self) -> str:
        return f"environ({self.copy()!r})"

    def keys(self) -> list[str]:
        return [key for key in env if key != "ARGS"]

    def values(self) -> list[str]:
        return [self[key] for key in self]

    def items(self) -> list[tuple[str, str]]:
        return [(key, self[key]) for key in self]

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
            for key in other.keys() if hasattr(other, "keys") else dict(other):
                self[key] = dict(other)[key] if not hasattr(other, "keys") else other[key]

    def clear(self) -> None:
        for key in self.keys():
            del self[key]

    def copy(self) -> dict[str, str]:
        return dict(self.items())


environ = _Environ()


def getenv(key: str, default: Any = None) -> Any:
    return environ.get(key, default)


def putenv(key: str, value: str) -> None:
    environ[key] = value


def unsetenv(key: str) -> None:
    environ.pop(key, None)


# -- directories and names


def getcwd() -> str:
    return filesystem.getcwd()


def chdir(target: object) -> None:
    filesystem.chdir(fspath(target))


def listdir(target: object = ".") -> list[str]:
    """The names in a directory, without the / that `axis.filesystem.list` puts after directories."""
    return [entry.rstrip("/") for entry in filesystem.list(fspath(target))]


class stat_result(tuple):  # type: ignore[type-arg]
    """(st_mode, st_ino, st_dev, st_nlink, st_uid, st_gid, st_size, st_atime, st_mtime, st_ctime)."""

    __slots__ = ()

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
        return self[8]  # type: ignore[no-any-return]

    st_atime = st_ctime = st_mtime

    @property
    def st_mtime_ns(self) -> int:
        return round(self[8] * 1e9)

    st_atime_ns = st_ctime_ns = st_mtime_ns

    def __repr__(self) -> str:
        shown = f"st_mode={self[0]}, st_uid={self[4]}, st_gid={self[5]}, st_size={self[6]}, st_mtime={self[8]}"
        return f"os.stat_result({shown})"


_KINDS = {"file": 0o100000, "directory": 0o040000, "device": 0o020000}


def stat(target: object, *, dir_fd: object = None, follow_symlinks: bool = True) -> stat_result:
    """What the system knows of a path; `st_mode` holds the type and the rights."""
    facts = filesystem.stat(fspath(target))
    when = float(facts.get("mtime") or 0)
    mode = _KINDS.get(facts["type"], 0) | int(str(facts["mode"]), 8)
    return stat_result((mode, 0, 0, 1, facts["uid"], facts["gid"], facts["size"], when, when, when))


lstat = stat


class DirEntry:
    """One name in a directory, from `scandir`."""

    def __init__(self, directory: str, entry: str) -> None:
        self.name = entry.rstrip("/")
        self.path = path.join(directory, self.name)
        self._directory = entry[-1:] == "/"

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return self._directory

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return not self._directory and path.isfile(self.path)

    def is_symlink(self) -> bool:
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


def scandir(target: object = ".") -> _Scan:
    return _Scan(fspath(target))


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
        yield from walk(path.join(directory, entry), topdown, onerror)
    if not topdown:
        yield directory, directories, files


def mkdir(target: object, mode: int = 0o777, *, dir_fd: object = None) -> None:
    filesystem.mkdir(fspath(target))
    if mode != 0o777:
        filesystem.chmod(fspath(target), mode & 0o777)


def makedirs(target: object, mode: int = 0o777, exist_ok: bool = False) -> None:
    """Make a directory and the ones above it that are missing."""
    text = fspath(target)
    head, tail = path.split(text)
    if not tail:
        head, tail = path.split(head)
    if head and tail and not path.exists(head):
        makedirs(head, exist_ok=True)
    try:
        mkdir(text, mode)
    except OSError:
        if not exist_ok or not path.isdir(text):
            raise


def remove(target: object, *, dir_fd: object = None) -> None:
    """Delete a file."""
    text = fspath(target)
    if filesystem.stat(text)["type"] == "directory":
        _fail(StatusError(614, text), text)
    filesystem.remove(text)


unlink = remove


def rmdir(target: object, *, dir_fd: object = None) -> None:
    """Delete an empty directory."""
    text = fspath(target)
    if filesystem.stat(text)["type"] != "directory":
        _fail(StatusError(613, text), text)
    filesystem.remove(text)


def removedirs(target: object) -> None:
    """Delete an empty directory and the ones above it that are then empty."""
    text = fspath(target).rstrip("/")
    rmdir(text)
    head = path.dirname(text)
    while head and head != "/":
        try:
            rmdir(head)
        except OSError:
            break
        head = path.dirname(head)


def rename(source: object, target: object) -> None:
    filesystem.rename(fspath(source), fspath(target))


replace = rename


def renames(source: object, target: object) -> None:
    head = path.dirname(fspath(target))
    if head and not path.exists(head):
        makedirs(head)
    rename(source, target)


def chmod(target: object, mode: int, *, dir_fd: object = None, follow_symlinks: bool = True) -> None:
    filesystem.chmod(fspath(target), mode & 0o777)


def chown(target: object, uid: int, gid: int, *, dir_fd: object = None, follow_symlinks: bool = True) -> None:
    facts = filesystem.stat(fspath(target))
    filesystem.chown(fspath(target), facts["uid"] if uid == -1 else uid, facts["gid"] if gid == -1 else gid)


def access(target: object, mode: int, **_keywords: object) -> bool:
    """Whether this process may read (R_OK), write (W_OK), execute (X_OK) a path, by its own rights' digits."""
    try:
        facts = filesystem.stat(fspath(target))
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


def open(target: object, flags: int = O_RDONLY, mode: int = 0o777, *, dir_fd: object = None) -> str:
    """A handle token; close it with `os.close`."""
    text = fspath(target)
    kind = flags & 3
    exists = path.exists(text)
    if flags & O_EXCL and exists:
        _fail(StatusError(612, text), text)
    if not flags & O_CREAT and not exists:
        _fail(StatusError(603, text), text)
    if kind == O_RDONLY:
        if flags & O_CREAT and not exists:
            filesystem.close(filesystem.open_handle(text, "w"))
        return filesystem.open_handle(text, "r")
    if kind == O_WRONLY and flags & O_APPEND:
        return filesystem.open_handle(text, "a")
    if flags & O_TRUNC:
        token = filesystem.open_handle(text, "w")
        if kind == O_WRONLY:
            return token
        filesystem.close(token)
    return filesystem.open_handle(text, "rw")


def read(handle: Handle, count: int) -> bytes:
    """Up to *count* bytes, b"" at the end."""
    try:
        data: bytes = syscall("vfs_read", filesystem.handle_of(handle), min(count, 1 << 18))
    except StatusError as failure:
        if failure.status == 602:
            return b""
        _fail(failure)
    return data


def write(handle: Handle, data: bytes) -> int:
    """Write bytes, unbuffered; returns how many were taken."""
    try:
        return syscall("vfs_write", filesystem.handle_of(handle), bytes(data)[:1 << 18])  # type: ignore[no-any-return]
    except StatusError as failure:
        _fail(failure)


def close(handle: Handle) -> None:
    try:
        syscall("vfs_close", filesystem.handle_of(handle))
    except StatusError as failure:
        _fail(failure)


def lseek(handle: Handle, offset: int, whence: int) -> int:
    return filesystem.seek(handle, offset, whence)


def fsync(handle: Handle) -> None:
    """Nothing to do: what is written is with the system at once."""


def isatty(handle: Handle) -> bool:
    return filesystem.isatty(handle)


def fdopen(handle: Handle, mode: str = "r", buffering: int = -1, *args: Any, **keywords: Any) -> Any:
    """A stream over a handle token."""

    return builtins.open(None, mode, buffering, *args, opener=lambda _path, _mode: handle, **keywords)


def pipe() -> tuple[str, str]:
    """(read end, write end) of a new pipe, as handle tokens."""
    return syscall("ke_create_pipe")  # type: ignore[no-any-return]


class terminal_size(tuple):  # type: ignore[type-arg]
    """(columns, lines)."""

    __slots__ = ()

    @property
    def columns(self) -> int:
        return self[0]  # type: ignore[no-any-return]

    @property
    def lines(self) -> int:
        return self[1]  # type: ignore[no-any-return]


def get_terminal_size(handle: Handle = 1) -> terminal_size:
    try:
        size = syscall("vfs_device_control", filesystem.handle_of(handle), "get_size", [])
    except StatusError:
        raise OSError(25, "Inappropriate ioctl for device") from None
    return terminal_size((size["w"], size["h"]) if isinstance(size, dict) else tuple(size)[:2])


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


def kill(pid: int, signal: int) -> None:
    """Send a signal; 0 only asks whether the process is there."""
    try:
        if signal == 0:
            syscall("process_info", pid)
        else:
            syscall("process_kill", pid, int(signal))
            syscall("process_get_pid")  # a signal to oneself is handled at the next call: before this one returns
    except StatusError as failure:
        _fail(failure)


def killpg(pgid: int, signal: int) -> None:
    from axis import signals

    signals.send_group(pgid, int(signal))


def waitpid(pid: int, options: int = 0) -> tuple[int, int]:
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
    return waitpid(-1)


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


def system(command: str) -> int:
    """Run a line in the shell; returns the status in the form of `wait`."""
    import subprocess

    code = subprocess.run(["/bin/sh.py", "-c", command]).returncode
    return -code if code < 0 else code << 8


def _exit(code: int) -> NoReturn:
    """End the process at once, without writing what its streams still hold."""
    syscall("process_exit", code)
    raise SystemExit(code)


def abort() -> NoReturn:
    kill(getpid(), 6)
    raise SystemExit(134)


def cpu_count() -> int:
    return 1


def urandom(size: int) -> bytes:
    return syscall("random_bytes", size)  # type: ignore[no-any-return]


def strerror(code: int) -> str:
    from axis import errors

    for _, number, text in errors._TABLE.values():
        if number == code:
            return text
    return f"Unknown error {code}"


class uname_result(tuple):  # type: ignore[type-arg]
    """(sysname, nodename, release, version, machine)."""

    __slots__ = ()

    @property
    def sysname(self) -> str:
        return self[0]  # type: ignore[no-any-return]

    @property
    def nodename(self) -> str:
        return self[1]  # type: ignore[no-any-return]

    @property
    def release(self) -> str:
        return self[2]  # type: ignore[no-any-return]

    @property
    def version(self) -> str:
        return self[3]  # type: ignore[no-any-return]

    @property
    def machine(self) -> str:
        return self[4]  # type: ignore[no-any-return]


def uname() -> uname_result:
    found = syscall("reg_get_value", "@VT\\SYS\\BOOT", "KernelVersion")
    return uname_result(
        ("AxisOS", str(env.get("HOSTNAME") or "localhost"), str(found[0]) if found else "0.3", "Xen XKA", "python")
    )


class times_result(tuple):  # type: ignore[type-arg]
    """(user, system, children_user, children_system, elapsed), in seconds."""

    __slots__ = ()

    @property
    def user(self) -> float:
        return self[0]  # type: ignore[no-any-return]

    @property
    def elapsed(self) -> float:
        return self[4]  # type: ignore[no-any-return]


def times() -> times_result:
    return times_result((syscall("process_info")["cpu_time"], 0.0, 0.0, 0.0, syscall("time_get")[0]))
