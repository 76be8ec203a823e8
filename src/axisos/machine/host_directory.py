"""A directory of the host as a tree of files: the packaged system disk, `--disk DIR`, a home directory.

Confined: paths are clean before they come here, a symbolic link is followed only while it stays inside, and what has
been opened is checked once more by its real place before a byte is read or written. Devices, pipes, sockets and names
that a program could not spell do not exist.

The threat is a link lying in the tree, not a host user who changes the tree while the machine runs: against that the
check of the opened file holds, the other calls (`stat`, `list`, `remove`) do not promise it.
"""

from __future__ import annotations

import errno
import os
import time

from axisos.machine.errors import ACCESS_DENIED, HANDLE_TABLE_FULL, INVALID_PARAMETER, ComponentError, soft
from axisos.machine.storage import (
    ENTRY_BYTES,
    UNLIMITED,
    Stat,
    Storage,
    StorageFile,
    disk_full,
    invalid_offset,
    nameable,
    parent_of,
    read_only,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    Identity = tuple[int, ...]  # inode, times of changes, device
    Names = list[str]

_FLAGS = os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_OPEN = {
    "r": os.O_RDONLY | _FLAGS,
    "w": os.O_WRONLY | os.O_CREAT | _FLAGS,  # emptied only when its place has been checked
    "a": os.O_WRONLY | os.O_CREAT | os.O_APPEND | _FLAGS,
    "r+": os.O_RDWR | _FLAGS,
}
_KIND, _DIRECTORY, _REGULAR, _LINK = 0o170000, 0o040000, 0o100000, 0o120000
_WHENCE = {"set": os.SEEK_SET, "cur": os.SEEK_CUR, "end": os.SEEK_END}
_BIG_READ = 1 << 16
_MAX_REMEMBERED = 4096  # paths
_HELD_BYTES = 1 << 16  # what is kept of a file
_MAX_HELD = 64  # files
_MAX_LISTS = 64  # directories
_SETTLED_NS = 100_000_000  # a directory changed so recently may change again within one tick of the host's time stamps


def failure(error: OSError) -> ComponentError:
    """What the host's refusal means to a program."""
    code = error.errno
    if code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return disk_full()
    if code in (errno.EMFILE, errno.ENFILE):
        return soft("too many open handles", HANDLE_TABLE_FULL)
    if code == errno.EROFS:
        return read_only()
    if code in (errno.EACCES, errno.EPERM):
        return soft("access denied", ACCESS_DENIED)
    if code in (errno.ENAMETOOLONG, errno.EILSEQ):
        return soft("path is too long", INVALID_PARAMETER)
    return soft("i/o error")


class HostDirectory(Storage):
    """Files below a host directory.

    Args: root: the directory, which must exist; read_only: refuse every change; capacity: bytes, counted as the
    game does; hidden: names that do not exist for the machine, at any depth; fixed_mtime: report this time for
    everything that this object did not write itself (for machines whose run must not depend on the host).
    """

    def __init__(
        self,
        root: str,
        *,
        read_only: bool = False,
        capacity: float = UNLIMITED,
        hidden: tuple[str, ...] = (),
        fixed_mtime: float | None = None,
    ) -> None:
        if not os.path.isdir(root):
            raise NotADirectoryError(f"{root} is not a directory")
        self.identity = self._root = os.path.realpath(root)
        self._prefix = self._root if self._root.endswith("/") else self._root + "/"
        self.read_only = read_only
        self.capacity = capacity
        self.fixed_mtime = fixed_mtime
        self._hidden = hidden
        self._used: int | None = None  # bytes; None = to be counted
        self._written: dict[str, float] = {}  # calendar time of what was written here, when mtimes are fixed
        self._safe = {""}  # directories found to lie inside
        # Files that were opened and found to lie inside: inode, time of its last change, device. As long as these are
        # the same, so is what there is to read, whatever leads to it now.
        self._found: dict[str, Identity] = {}
        self._held: dict[str, tuple[Identity, bytes]] = {}  # small files of a read-only disk that were opened again
        self._lengths: dict[str, Length] = {}  # of files that are being written
        self._lists: dict[str, tuple[Identity, Names]] = {}  # directories without links, likewise

    # -- reading ------------------------------------------------------------------------------------------------

    def open(self, path: str, mode: str) -> StorageFile | None:
        if mode != "r":
            return self._open_for_writing(path, mode)
        if path in self._held:
            held = self._hold_on(path)
            if held is not None:
                return held
        if self._hidden and self._is_hidden(path):
            return None
        try:
            fd = os.open(self._prefix + path, _OPEN["r"])
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO):
                return None
            raise failure(error) from None
        facts = os.fstat(fd)
        identity = (facts.st_ino, facts.st_ctime_ns, facts.st_dev)
        if self._found.get(path) == identity:
            if self.read_only and facts.st_size <= _HELD_BYTES and facts.st_mode & _KIND == _REGULAR:
                return self._hold(fd, path, identity)
            return HostFile(fd, None, path)
        if facts.st_mode & _KIND != _REGULAR or not self._holds(fd, path):
            os.close(fd)
            return None
        if len(self._found) >= _MAX_REMEMBERED:
            self._found.clear()
        self._found[path] = identity
        return HostFile(fd, None, path)

    def _hold(self, fd: int, path: str, identity: Identity) -> StorageFile:
        """A small file of a read-only disk that is opened again: keep what is in it."""
        try:
            data = os.read(fd, _HELD_BYTES + 1)
        except OSError as error:
            raise failure(error) from None
        finally:
            os.close(fd)
        if len(self._held) >= _MAX_HELD:
            self._held.clear()
        self._held[path] = identity, data
        return HeldFile(data)

    def _hold_on(self, path: str) -> StorageFile | None:
        """A kept file, if it is still what it was."""
        identity, data = self._held[path]
        try:
            facts = os.stat(self._prefix + path)
        except OSError:
            facts = None
        if facts is None or (facts.st_ino, facts.st_ctime_ns, facts.st_dev) != identity:
            del self._held[path]
            return None
        return HeldFile(data)

    def stat(self, path: str) -> Stat | None:
        facts = self._facts(path)
        if facts is None:
            return None
        mtime = facts.st_mtime if self.fixed_mtime is None else self._written.get(path, self.fixed_mtime)
        if facts.st_mode & _KIND == _DIRECTORY:
            return Stat(True, 0, mtime)
        return Stat(False, facts.st_size, mtime)

    def list(self, path: str) -> list[str] | None:
        facts = self._facts(path)
        if facts is None or facts.st_mode & _KIND != _DIRECTORY:
            return None
        identity = (facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_dev)
        known = self._lists.get(path)
        if known is not None and known[0] == identity:
            return known[1].copy()
        names, has_links = self._scan(path)
        if not has_links and time.time_ns() - facts.st_ctime_ns > _SETTLED_NS:
            if len(self._lists) >= _MAX_LISTS:
                self._lists.clear()
            self._lists[path] = identity, names.copy()
        return names

    def _scan(self, path: str) -> tuple[Names, bool]:
        """The names in a directory, and whether there are links among them."""
        names = []
        has_links = False
        try:
            with os.scandir(self._prefix + path) as entries:
                for entry in entries:
                    if entry.name in self._hidden or not nameable(entry.name):
                        continue
                    if entry.is_symlink():
                        has_links = True
                        found = self._facts(f"{path}/{entry.name}" if path else entry.name)
                        if found is not None:
                            names.append(entry.name + "/" if found.st_mode & _KIND == _DIRECTORY else entry.name)
                    elif entry.is_dir():
                        names.append(entry.name + "/")
                    elif entry.is_file():
                        names.append(entry.name)
        except OSError as error:
            raise failure(error) from None
        names.sort()
        return names, has_links

    def real_path(self, path: str) -> str | None:
        return self._prefix + path if self._facts(path) is not None else None

    def space_used(self) -> int:
        if self._used is None:
            self._used = self._count("")
        return self._used

    def usage(self, path: str) -> int:
        facts = self._facts(path)
        if facts is None:
            return 0
        return self._count(path) if facts.st_mode & _KIND == _DIRECTORY else ENTRY_BYTES + facts.st_size

    # -- changing -----------------------------------------------------------------------------------------------

    def make_directory(self, path: str) -> bool:
        self._check_writable()
        missing: list[str] = []
        while True:
            facts = self._facts(path)
            if facts is not None:
                if not missing or facts.st_mode & _KIND != _DIRECTORY:
                    return False
                break
            if os.path.lexists(self._prefix + path):
                return False
            missing.append(path)
            path = parent_of(path)
        self.take(ENTRY_BYTES * len(missing))
        try:
            for new in reversed(missing):
                os.mkdir(self._prefix + new)
                self._stamp(new)
        except (FileExistsError, NotADirectoryError, FileNotFoundError):
            return False
        except OSError as error:
            raise failure(error) from None
        return True

    def remove(self, path: str) -> bool:
        self._check_writable()
        if not path or self._is_hidden(path) or not self._is_safe(parent_of(path)):
            return False
        try:
            kind = os.lstat(self._prefix + path).st_mode & _KIND
            if kind == _DIRECTORY:
                self._remove_tree(self._prefix + path)
            else:
                os.unlink(self._prefix + path)  # of a link this takes the link, not what it points to
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise failure(error) from None
        self._forget(path)
        return True

    def rename(self, old: str, new: str) -> bool:
        self._check_writable()
        source, target = self._facts(old), self._facts(new)
        if not old or not new or source is None or new.startswith(old + "/"):
            return False
        above = self._facts(parent_of(new))
        if above is None or above.st_mode & _KIND != _DIRECTORY:
            return False
        is_directory = source.st_mode & _KIND == _DIRECTORY
        if target is not None and (target.st_mode & _KIND == _DIRECTORY) != is_directory:
            return False
        try:
            os.rename(self._prefix + old, self._prefix + new)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOENT):
                return False
            raise failure(error) from None
        stamps = {new + path[len(old) :]: time for path, time in self._written.items() if _is_at_or_below(path, old)}
        self._forget(old)
        self._forget(new)
        self._written.update(stamps)
        return True

    def _open_for_writing(self, path: str, mode: str) -> StorageFile | None:
        self._check_writable()
        facts = self._facts(path)
        if facts is None:
            above = self._facts(parent_of(path))
            if (
                mode == "r+"
                or above is None
                or above.st_mode & _KIND != _DIRECTORY
                or os.path.lexists(self._prefix + path)
            ):
                return None
            self.take(ENTRY_BYTES)
        elif facts.st_mode & _KIND != _REGULAR:
            return None
        try:
            fd = os.open(self._prefix + path, _OPEN[mode], 0o666)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            self._used = None  # what was taken for a new entry was not used
            return None
        except OSError as error:
            self._used = None
            raise failure(error) from None
        if not self._holds(fd, path):
            os.close(fd)
            return None
        if mode == "w":
            if facts is not None and self._used is not None:
                self._used -= facts.st_size
            os.ftruncate(fd, 0)
        self._stamp(path)
        length = self._lengths.get(path)
        if length is None:
            length = self._lengths[path] = Length()
        length.writers += 1
        length.size = os.fstat(fd).st_size
        return HostFile(fd, self, path, length, mode == "a")

    # -- confinement --------------------------------------------------------------------------------------------

    def _holds(self, fd: int, path: str) -> bool:
        """Whether an open file really lies inside."""
        try:
            place = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            place = os.path.realpath(self._prefix + path)  # a host without /proc
        return place.startswith(self._prefix)

    def _is_safe(self, directory: str) -> bool:
        """Whether a directory lies inside, links followed. Remembered: programs cannot make links."""
        if directory in self._safe:
            return True
        if self._hidden and self._is_hidden(directory):
            return False
        place = os.path.realpath(self._prefix + directory)
        if place != self._root and not place.startswith(self._prefix):
            return False
        if os.path.isdir(place):
            if len(self._safe) > _MAX_REMEMBERED:
                self._safe = {""}
            self._safe.add(directory)
        return True

    def _facts(self, path: str) -> os.stat_result | None:
        """The host's facts of a regular file or directory inside; None for anything else."""
        if not self._is_safe(parent_of(path)) or (self._hidden and self._is_hidden(path)):
            return None
        try:
            facts = os.lstat(self._prefix + path)
            if facts.st_mode & _KIND == _LINK:
                if not os.path.realpath(self._prefix + path).startswith(self._prefix):
                    return None
                facts = os.stat(self._prefix + path)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EACCES):
                return None
            raise failure(error) from None
        except ValueError:  # a lone surrogate or the like
            return None
        return facts if facts.st_mode & _KIND in (_DIRECTORY, _REGULAR) else None

    def _is_link(self, path: str) -> bool:
        return os.path.islink(self._prefix + path)

    def _is_hidden(self, path: str) -> bool:
        for name in self._hidden:  # noqa: SIM110  (asked for every file that is opened: a generator costs twice as much)
            if name in path and name in path.split("/"):
                return True
        return False

    # -- bookkeeping --------------------------------------------------------------------------------------------

    def _check_writable(self) -> None:
        if self.read_only:
            raise read_only()

    def _stamp(self, path: str) -> None:
        if self.fixed_mtime is not None:
            self._written[path] = self.now() if self.now is not None else self.fixed_mtime

    def _forget(self, path: str) -> None:
        """Something at or below a path went away."""
        self._used = None
        self._safe = {""}
        for gone in [other for other in self._lengths if _is_at_or_below(other, path)]:
            del self._lengths[gone]
        for gone in [other for other in self._written if _is_at_or_below(other, path)]:
            del self._written[gone]

    def take(self, count: int) -> None:
        """Count bytes as used, if there is a capacity. Raises: "not enough space"."""
        if self.capacity == UNLIMITED:
            self._used = None
            return
        used = self.space_used() + count
        if used > self.capacity:
            raise disk_full()
        self._used = used

    def _count(self, path: str) -> int:
        """Bytes of everything shown in a directory; what links point to counts nothing of its own below it."""
        total, directories = ENTRY_BYTES, [path]
        for directory in directories:  # grows while it is gone through
            for name in self.list(directory) or ():
                total += ENTRY_BYTES
                below = f"{directory}/{name}" if directory else name
                if not name.endswith("/"):
                    facts = self._facts(below)
                    total += facts.st_size if facts is not None else 0
                elif not self._is_link(below[:-1]):
                    directories.append(below[:-1])
        return total

    def _remove_tree(self, place: str) -> None:
        directories = [place]
        for directory in directories:  # grows while it is gone through, parents before children
            with os.scandir(directory) as entries:
                for entry in list(entries):
                    if entry.is_dir(follow_symlinks=False):
                        directories.append(entry.path)
                    else:
                        os.unlink(entry.path)
        for directory in reversed(directories):
            os.rmdir(directory)


def _is_at_or_below(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory + "/")


class Length:
    """How long a file is that is being written: all its writers share it, so that none has to ask the host."""

    __slots__ = ("size", "writers")

    def __init__(self) -> None:
        self.size = 0
        self.writers = 0


class HostFile(StorageFile):
    """An open file of a `HostDirectory`; the host keeps its position."""

    __slots__ = ("_appends", "_fd", "_length", "_path", "_position", "_writer")

    def __init__(
        self, fd: int, writer: HostDirectory | None, path: str, length: Length | None = None, appends: bool = False
    ) -> None:
        self._fd = fd
        self._writer = writer  # whose space writes count in
        self._path = path
        self._length = length  # a writer's, as are the next two
        self._appends = appends
        self._position = 0

    def read(self, count: float) -> bytes:
        try:
            if count <= _BIG_READ:
                data = os.read(self._fd, int(count))
            else:
                left = min(count, os.fstat(self._fd).st_size - os.lseek(self._fd, 0, os.SEEK_CUR))
                parts = []
                while left > 0:
                    part = os.read(self._fd, int(min(left, 1 << 24)))
                    if not part:
                        break
                    parts.append(part)
                    left -= len(part)
                data = b"".join(parts)
        except OSError as error:
            raise failure(error) from None
        self._position += len(data)
        return data

    def write(self, data: bytes) -> None:
        storage, length = self._writer, self._length
        if storage is None or length is None:
            raise read_only()
        end = (length.size if self._appends else self._position) + len(data)
        growth = end - length.size
        storage.take(growth if growth > 0 and data else 0)
        try:
            done = os.write(self._fd, data)
            while done < len(data):
                done += os.write(self._fd, data[done:])
            self._position = end
            if growth > 0:
                length.size = end
        except OSError as error:
            self._ask_again(storage, length)
            raise failure(error) from None
        if storage.fixed_mtime is not None:
            storage._stamp(self._path)

    def truncate(self, size: int) -> None:
        storage, length = self._writer, self._length
        if storage is None or length is None:
            raise read_only()
        if size < 0:
            raise invalid_offset()
        storage.take(size - length.size)
        try:
            os.ftruncate(self._fd, size)
            length.size = size
        except (OSError, OverflowError) as error:
            self._ask_again(storage, length)
            raise (failure(error) if isinstance(error, OSError) else invalid_offset()) from None
        storage._stamp(self._path)

    def _ask_again(self, storage: HostDirectory, length: Length) -> None:
        """The host has done some of it, or none: see what is there."""
        storage._used = None
        length.size = os.fstat(self._fd).st_size
        self._position = os.lseek(self._fd, 0, os.SEEK_CUR)

    def seek(self, whence: str, offset: int) -> int:
        try:
            self._position = os.lseek(self._fd, offset, _WHENCE[whence])
        except OverflowError:
            raise invalid_offset() from None
        except OSError as error:
            raise (invalid_offset() if error.errno == errno.EINVAL else failure(error)) from None
        return self._position

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)
            storage, length = self._writer, self._length
            if storage is not None and length is not None:
                length.writers -= 1
                if not length.writers and storage._lengths.get(self._path) is length:
                    del storage._lengths[self._path]

    def __del__(self) -> None:
        self.close()


class HeldFile(StorageFile):
    """An open file of a read-only disk whose contents are kept in memory."""

    __slots__ = ("_data", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def read(self, count: float) -> bytes:
        start = self._position
        if count >= len(self._data) - start:
            self._position = max(start, len(self._data))
            return self._data[start:]
        self._position = end = start + int(count)
        return self._data[start:end]

    def write(self, data: bytes) -> None:
        raise read_only()

    def seek(self, whence: str, offset: int) -> int:
        base = 0 if whence == "set" else self._position if whence == "cur" else len(self._data)
        if base + offset < 0:
            raise invalid_offset()
        self._position = base + offset
        return self._position

    def truncate(self, size: int) -> None:
        raise read_only()

    def close(self) -> None:
        pass
