"""A tree of files in memory: throw-away disks, tmpfs, the upper half of an overlay.

Owns `_files` (path -> contents) and `_directories` (path -> names in it), both flat, so that opening a file is one
lookup however deep it lies. Space is counted exactly, as each byte is written.
"""

from __future__ import annotations

from axisos.machine.storage import (
    ENTRY_BYTES,
    UNLIMITED,
    Stat,
    Storage,
    StorageFile,
    ancestors,
    disk_full,
    invalid_offset,
    parent_of,
)


class MemoryStorage(Storage):
    """Files in memory, up to a capacity in bytes."""

    def __init__(self, capacity: float = UNLIMITED, identity: str = "memory") -> None:
        self.capacity = capacity
        self.identity = identity
        self.used = ENTRY_BYTES
        self._files: dict[str, _Contents] = {}
        self._directories: dict[str, dict[str, bool]] = {"": {}}  # names below, True for directories
        self._mtimes: dict[str, float] = {"": 0.0}  # of directories

    def time(self) -> float:
        """Calendar time for what changes now."""
        return self.now() if self.now is not None else 0.0

    def open(self, path: str, mode: str) -> StorageFile | None:
        contents = self._files.get(path)
        if mode == "r" or mode == "r+":
            return None if contents is None else MemoryFile(self, contents, False)
        if contents is None:
            parent, _, name = path.rpartition("/")
            if path in self._directories or parent not in self._directories:
                return None
            self.take(ENTRY_BYTES)
            contents = self._files[path] = _Contents(self.time())
            self._directories[parent][name] = False
        elif mode == "w":
            self.used -= len(contents.data)
            contents.data = bytearray()
            contents.mtime = self.time()
        return MemoryFile(self, contents, mode == "a")

    def stat(self, path: str) -> Stat | None:
        contents = self._files.get(path)
        if contents is not None:
            return Stat(False, len(contents.data), contents.mtime)
        return Stat(True, 0, self._mtimes[path]) if path in self._directories else None

    def list(self, path: str) -> list[str] | None:
        names = self._directories.get(path)
        if names is None:
            return None
        return sorted([name + "/" if is_directory else name for name, is_directory in names.items()])

    def make_directory(self, path: str) -> bool:
        if path in self._directories or path in self._files:
            return False
        missing = [path]
        for above in ancestors(path):
            if above in self._files:
                return False
            if above in self._directories:
                break
            missing.append(above)
        self.take(ENTRY_BYTES * len(missing))
        for new in reversed(missing):
            parent, _, name = new.rpartition("/")
            self._directories[parent][name] = True
            self._directories[new] = {}
            self._mtimes[new] = self.time()
        return True

    def remove(self, path: str) -> bool:
        contents = self._files.pop(path, None)
        if contents is not None:
            self.used -= ENTRY_BYTES + len(contents.data)
            contents.linked = False
        elif path and path in self._directories:
            inside = path + "/"
            for file in [file for file in self._files if file.startswith(inside)]:
                contents = self._files.pop(file)
                self.used -= ENTRY_BYTES + len(contents.data)
                contents.linked = False
            for below in [path, *(below for below in self._directories if below.startswith(inside))]:
                del self._directories[below], self._mtimes[below]
                self.used -= ENTRY_BYTES
        else:
            return False
        parent, _, name = path.rpartition("/")
        del self._directories[parent][name]
        return True

    def rename(self, old: str, new: str) -> bool:
        is_directory = old in self._directories
        if not old or not new or not (is_directory or old in self._files) or parent_of(new) not in self._directories:
            return False
        if new == old:
            return True
        if new.startswith(old + "/"):
            return False
        if new in self._directories:
            if not is_directory or self._directories[new]:
                return False
            self.remove(new)
        elif new in self._files:
            if is_directory:
                return False
            self.remove(new)
        above, _, name = old.rpartition("/")
        del self._directories[above][name]
        above, _, name = new.rpartition("/")
        self._directories[above][name] = is_directory
        if is_directory:
            self._move_below(old, new)
        else:
            self._files[new] = self._files.pop(old)
        return True

    def _move_below(self, old: str, new: str) -> None:
        """Re-key a directory and all that it holds."""
        inside, cut = old + "/", len(old)
        for file in [file for file in self._files if file.startswith(inside)]:
            self._files[new + file[cut:]] = self._files.pop(file)
        for below in [old, *(below for below in self._directories if below.startswith(inside))]:
            self._directories[new + below[cut:]] = self._directories.pop(below)
            self._mtimes[new + below[cut:]] = self._mtimes.pop(below)

    def space_used(self) -> int:
        return self.used

    def usage(self, path: str) -> int:
        contents = self._files.get(path)
        if contents is not None:
            return ENTRY_BYTES + len(contents.data)
        if not path or path not in self._directories:
            return 0 if path else self.used
        inside = path + "/"
        files = [len(contents.data) for file, contents in self._files.items() if file.startswith(inside)]
        directories = sum(1 for below in self._directories if below.startswith(inside))
        return ENTRY_BYTES * (1 + directories + len(files)) + sum(files)

    def take(self, count: int) -> None:
        """Count bytes as used. Raises: "not enough space"."""
        if self.used + count > self.capacity:
            raise disk_full()
        self.used += count


class _Contents:
    """The bytes of a file, shared by its name and its open handles."""

    __slots__ = ("data", "linked", "mtime")

    def __init__(self, mtime: float) -> None:
        self.data = bytearray()
        self.linked = True  # it still has a name, so its bytes count
        self.mtime = mtime


class MemoryFile(StorageFile):
    """An open file of a `MemoryStorage`."""

    __slots__ = ("_append", "_contents", "_position", "_storage")

    def __init__(self, storage: MemoryStorage, contents: _Contents, append: bool) -> None:
        self._storage = storage
        self._contents = contents
        self._append = append
        self._position = len(contents.data) if append else 0

    def read(self, count: float) -> bytes:
        data, start = self._contents.data, self._position
        end = min(start + count, len(data))
        if end <= start:
            return b""
        self._position = int(end)
        return bytes(data[start : self._position])

    def write(self, data: bytes) -> None:
        contents = self._contents
        start = len(contents.data) if self._append else self._position
        growth = start + len(data) - len(contents.data)
        if growth > 0 and data:
            if contents.linked:
                self._storage.take(growth)
            if start > len(contents.data):
                contents.data.extend(bytes(start - len(contents.data)))
        contents.data[start : start + len(data)] = data
        contents.mtime = self._storage.time()
        self._position = start + len(data)

    def seek(self, whence: str, offset: int) -> int:
        base = 0 if whence == "set" else self._position if whence == "cur" else len(self._contents.data)
        if base + offset < 0:
            raise invalid_offset()
        self._position = base + offset
        return self._position

    def truncate(self, size: int) -> None:
        if size < 0:
            raise invalid_offset()
        contents = self._contents
        growth = size - len(contents.data)
        if contents.linked:
            self._storage.take(growth)
        if growth > 0:
            contents.data.extend(bytes(growth))
        else:
            del contents.data[size:]
        contents.mtime = self._storage.time()

    def close(self) -> None:
        pass
