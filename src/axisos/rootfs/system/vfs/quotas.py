"""Quotas: a disk of which a mount may use only so much.

A `QuotaDisk` stands between the vfs calls and a disk and does what the disk does, after it has counted. Used is what
the disks themselves count: 512 bytes for each file and directory below the mount's base, and the contents.

    [[mount]] ... type = "homefs", options = "rw,size=3000"       3,000 KiB

What is there is counted once, when something is first to grow or somebody asks: a boot pays nothing for a large disk.
Growth is refused before a byte is written. A file that is deleted while somebody writes it keeps its share until
it is closed: the disk has not got its space back either.

Called by   the vfs calls, in place of the disk.
Owns        the count, and the files that are open for writing; readers get the disk's own handles.
Always so   a change is counted when the disk has made it, and not when it has refused; a write that failed halfway is
            counted by what it left.
"""

from __future__ import annotations

from abi.status import Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from system.vfs.files import Disk

ENTRY_BYTES = 512  # what the disks count for each file and directory beside its contents


class QuotaError(Exception):
    """It would not fit. Looks like a disk's own failure to whoever asks what it means."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.status = int(Status.DISK_FULL)
        self.reason = reason


class _Written:
    """A file that is open for writing: how long it is, and by how many handles."""

    __slots__ = ("path", "size", "writers")

    def __init__(self, path: str, size: int) -> None:
        self.path = path
        self.size = size
        self.writers = 0


class _Writer:
    """One handle that may write."""

    __slots__ = ("appends", "file", "position", "raw")

    def __init__(self, raw: object, file: _Written, appends: bool) -> None:
        self.raw = raw
        self.file = file
        self.appends = appends
        self.position = 0


class QuotaDisk:
    """A `Disk` with a limit in bytes on what lies below *base*."""

    def __init__(self, disk: Disk, base: str, limit: int, name: str) -> None:
        self._disk = disk
        self._base = base
        self._name = name  # the mount point, for messages
        self.limit: float = limit  # bytes
        self._counted: int | None = None  # bytes; None = nobody has asked yet
        self._written: dict[str, _Written] = {}  # by path on the disk
        self._orphans: dict[_Written, None] = {}  # deleted while they were being written

    # --- the count ---------------------------------------------------------------------------------------------

    def used(self) -> int:
        """Bytes in use."""
        if self._counted is None:
            left_open = sum(ENTRY_BYTES + file.size for file in self._orphans)
            self._counted = max(0, self._disk.usage(self._base or "/") - ENTRY_BYTES) + left_open
        return self._counted

    def lift(self) -> None:
        """The disk is gone: let it say so itself to whoever has files open on it."""
        self._counted = 0
        self.limit = float("inf")

    def _need(self, growth: int) -> None:
        """Raise unless so many bytes more are within the limit."""
        if growth > 0 and self.used() + growth > self.limit:
            left, kib = max(0, int(self.limit) - self.used()), int(self.limit) // 1024
            raise QuotaError(
                f"the quota of {self._name}, {kib} KiB, has {left} bytes left, and {growth} are needed"
            )

    def _add(self, growth: int) -> None:
        if self._counted is not None:
            self._counted += growth

    # --- open files --------------------------------------------------------------------------------------------

    def open(self, path: str, mode: str = "r") -> Any:
        if mode == "r":
            return self._disk.open(path, "r")
        info = self._disk.stat(path)
        if info is None:
            self._need(ENTRY_BYTES)
        raw = self._disk.open(path, mode)
        file = self._written.get(path)
        if file is None:
            file = self._written[path] = _Written(path, info["size"] if info is not None else 0)
        if info is None:
            self._add(ENTRY_BYTES)
        elif mode == "w":
            self._add(-file.size)
            file.size = 0
        file.writers += 1
        return _Writer(raw, file, mode == "a")

    def read(self, handle: Any, count: float) -> bytes | None:
        if type(handle) is not _Writer:
            return self._disk.read(handle, count)
        data = self._disk.read(handle.raw, count)
        if data:
            handle.position += len(data)
        return data

    def write(self, handle: Any, data: bytes) -> Any:
        file = handle.file
        start = file.size if handle.appends else handle.position
        end = start + len(data)
        growth = end - file.size if data else 0
        if growth > 0:
            self._need(growth)
        try:
            done = self._disk.write(handle.raw, data)
        except Exception:
            self._recount(file, handle)
            raise
        handle.position = end
        if growth > 0:
            self._add(growth)
            file.size += growth
        return done

    def _recount(self, file: _Written, handle: _Writer) -> None:
        """A write has failed, after some of it or after none."""
        try:
            handle.position = self._disk.seek(handle.raw, "cur", 0)
            size = self._disk.seek(handle.raw, "end", 0)
            self._disk.seek(handle.raw, "set", handle.position)
        except Exception:  # the disk is gone: there is nothing left to count
            return
        self._add(size - file.size)
        file.size = size

    def truncate(self, handle: Any, size: int) -> Any:
        file = handle.file
        self._need(size - file.size)
        done = self._disk.truncate(handle.raw, size)
        self._add(size - file.size)
        file.size = size
        return done

    def seek(self, handle: Any, whence: str, offset: int) -> int:
        if type(handle) is not _Writer:
            return self._disk.seek(handle, whence, offset)
        handle.position = self._disk.seek(handle.raw, whence, offset)
        return handle.position

    def close(self, handle: Any) -> None:
        if type(handle) is not _Writer:
            self._disk.close(handle)
            return
        try:
            self._disk.close(handle.raw)
        finally:
            file = handle.file
            file.writers -= 1
            if not file.writers:
                if file in self._orphans:
                    del self._orphans[file]
                    self._add(-ENTRY_BYTES - file.size)
                else:
                    del self._written[file.path]

    # --- names -------------------------------------------------------------------------------------------------

    def makeDirectory(self, path: str) -> bool:
        self._need(ENTRY_BYTES)
        done = self._disk.makeDirectory(path)
        if done:
            self._add(ENTRY_BYTES)
        return done

    def remove(self, path: str) -> bool:
        share = self._disk.usage(path) if self._counted is not None else 0
        done = self._disk.remove(path)
        if done:
            self._add(-share)
            self._unlink(path)
        return done

    def rename(self, old: str, new: str) -> bool:
        replaced = self._disk.usage(new) if self._counted is not None and old != new else 0
        done = self._disk.rename(old, new)
        if not done or old == new:
            return done
        self._add(-replaced)
        self._unlink(new)
        inside = old + "/"
        for path in [path for path in self._written if path == old or path.startswith(inside)]:
            file = self._written.pop(path)
            file.path = new + path[len(old) :]
            self._written[file.path] = file
        return done

    def _unlink(self, path: str) -> None:
        """The names at and below *path* are gone; files that are being written keep their share."""
        inside = path + "/"
        for gone in [gone for gone in self._written if gone == path or gone.startswith(inside)]:
            file = self._written.pop(gone)
            self._orphans[file] = None
            self._add(ENTRY_BYTES + file.size)

    def stat(self, path: str) -> dict[str, Any] | None:
        return self._disk.stat(path)

    def exists(self, path: str) -> bool:
        return self._disk.exists(path)

    def list(self, path: str) -> Any:
        return self._disk.list(path)

    def usage(self, path: str) -> int:
        return self._disk.usage(path)

    def getLabel(self) -> str | None:
        return self._disk.getLabel()

    def spaceTotal(self) -> float:
        return self.limit

    def spaceUsed(self) -> int:
        return self.used()

    def left(self) -> int:
        """Bytes that may still be used: what the quota leaves, or the disk if that is less."""
        left = int(self.limit) - self.used()
        total = self._disk.spaceTotal()
        return left if total == float("inf") else min(left, int(total) - int(self._disk.spaceUsed()))
