"""What lies below a `filesystem` component: a tree of files, wherever it is kept.

Three kinds: `MemoryStorage`, `HostDirectory`, and `OverlayStorage` (a writable one over a read-only one). Paths are
clean: no leading slash, no empty part, no "." or ".."; the root is "". The component cleans what programs give it.

A storage answers None or False for what is not there or not possible, and raises `ComponentError` for what failed
(no space, read-only, the host's disk). It knows nothing of handles, limits or machines.
"""

from __future__ import annotations

from axisos.machine.errors import DISK_FULL, INVALID_PARAMETER, READ_ONLY, ComponentError, soft

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY_BYTES = 512  # what each file and directory counts beside its contents
MAX_PATH = 1024  # characters
UNLIMITED = float("inf")
_FORBIDDEN = ("\\", ":", "*", "?", '"', "<", ">", "|", "\0")


class Stat:
    """Facts about one file or directory."""

    __slots__ = ("is_directory", "mtime", "size")

    def __init__(self, is_directory: bool, size: int, mtime: float) -> None:
        self.is_directory = is_directory
        self.size = size  # bytes; 0 for directories
        self.mtime = mtime  # seconds since 1970

    def __repr__(self) -> str:
        return f"Stat({'directory' if self.is_directory else 'file'}, {self.size}, {self.mtime})"


class StorageFile:
    """An open file: one position, bytes."""

    __slots__ = ()

    def read(self, count: float) -> bytes:
        """Up to `count` bytes (may be infinite) from the position; empty at the end."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """All of `data` at the position (at the end when appending). Raises: "not enough space"."""
        raise NotImplementedError

    def seek(self, whence: str, offset: int) -> int:
        """Move to `offset` from "set", "cur" or "end"; the new position. Raises: "invalid offset" if negative."""
        raise NotImplementedError

    def truncate(self, size: int) -> None:
        """Make the file that long; the position stays. Raises: "invalid offset" if negative, "not enough space"."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of it; idempotent."""
        raise NotImplementedError


class Storage:
    """A tree of files. Modes of `open` are "r", "w", "a" and "r+"."""

    identity = ""  # what it is, for addresses that stay the same: a host path, a name
    read_only = False
    capacity: float = UNLIMITED  # bytes
    now: Callable[[], float] | None = None  # calendar time for what is written; set by the machine

    def open(self, path: str, mode: str) -> StorageFile | None:
        """The file, opened; None if it is missing ("r", "r+"), a directory, or its parent is missing ("w", "a")."""
        raise NotImplementedError

    def stat(self, path: str) -> Stat | None:
        """Facts, or None if there is nothing."""
        raise NotImplementedError

    def list(self, path: str) -> list[str] | None:
        """Names, sorted, directories with a trailing slash; None if it is not a directory."""
        raise NotImplementedError

    def make_directory(self, path: str) -> bool:
        """Make it and its parents; False if something is there or a parent is a file."""
        raise NotImplementedError

    def remove(self, path: str) -> bool:
        """Remove it and all below; False if it is missing or the root."""
        raise NotImplementedError

    def rename(self, old: str, new: str) -> bool:
        """Give it another place. A file replaces a file, a directory replaces an empty directory; else False."""
        raise NotImplementedError

    def space_used(self) -> int:
        """Bytes: 512 for each entry, the root too, and the contents."""
        raise NotImplementedError

    def usage(self, path: str) -> int:
        """Bytes at and below a path: 512 for each entry, and the contents; 0 if there is nothing."""
        facts = self.stat(path)
        if facts is None:
            return 0
        total, directories = ENTRY_BYTES + facts.size, [path] if facts.is_directory else []
        for directory in directories:  # grows while it is gone through
            for name in self.list(directory) or ():
                total += ENTRY_BYTES
                below = f"{directory}/{name}" if directory else name
                if name.endswith("/"):
                    directories.append(below[:-1])
                elif (found := self.stat(below)) is not None:
                    total += found.size
        return total

    def real_path(self, path: str) -> str | None:
        """Where it is on the host, if it is there: a name for debuggers, not a licence to write."""
        return None


def clean(path: str) -> str:
    """A program's path as storages want it.

    Raises: "path contains invalid characters", and the path itself if it leads above the root (both soft).
    """
    if not path.isprintable():  # what no listing shows, nobody makes
        raise soft("path contains invalid characters", INVALID_PARAMETER)
    for char in _FORBIDDEN:
        if char in path:
            raise soft("path contains invalid characters", INVALID_PARAMETER)
    if len(path) > MAX_PATH:
        raise soft("path is too long", INVALID_PARAMETER)
    if "//" not in path and "/." not in path and path[:1] != ".":
        return path.strip("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise soft(path, INVALID_PARAMETER)
            parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)


def nameable(name: str) -> bool:
    """Whether programs can name a file that the host has (others are not shown to them)."""
    return name.isprintable() and not any(char in name for char in _FORBIDDEN)


def parent_of(path: str) -> str:
    """The directory that holds it."""
    return path.rpartition("/")[0]


def ancestors(path: str) -> list[str]:
    """The directories above it, nearest first, without the root."""
    above = []
    while "/" in path:
        path = parent_of(path)
        above.append(path)
    return above


def disk_full() -> ComponentError:
    """It does not fit."""
    return soft("not enough space", DISK_FULL)


def read_only() -> ComponentError:
    """It cannot be written."""
    return soft("storage is readonly", READ_ONLY)


def invalid_offset() -> ComponentError:
    """A position before the start."""
    return soft("invalid offset", INVALID_PARAMETER)
