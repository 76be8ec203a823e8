"""A managed disk: files by path over some `Storage`.

Adds to the storage what belongs to the board: cleaned paths, open handles and their limit, labels, the rule that one
file has one writer, and the game's limit on how much one read gives (timing "oc" only). [+] beside the game's
methods: `stat`, `usage`, `truncate`, `realPath`, and mode "r+" (read and write at one position; the file must exist;
not bound to the one writer).

Always so: a handle works on the board that opened it, until it is closed or the machine goes off.
"""

from __future__ import annotations

from axisos.machine import arguments
from axisos.machine.component import Component, callback
from axisos.machine.errors import (
    HANDLE_TABLE_FULL,
    INVALID_HANDLE,
    NO_SUCH_FILE,
    READ_ONLY,
    ComponentError,
    soft,
    thrown,
)
from axisos.machine.storage import UNLIMITED, clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axisos.machine.component import Callback
    from axisos.machine.storage import Storage, StorageFile

    Names = list[str]
    Facts = dict[str, Any]

_MODES = {
    "r": "r", "rb": "r", "w": "w", "wb": "w", "a": "a", "ab": "a", "r+": "r+", "rb+": "r+", "r+b": "r+",
}  # fmt: skip
LABEL_CHARACTERS = 16
MAX_HANDLES = 1024
MAX_PLACES = 1024
OC_MAX_HANDLES = 16
OC_READ_BYTES = 2048
_READ_COST = (1.0, 1 / 4, 1 / 7, 1 / 10, 1 / 13, 1 / 15)
_WRITE_COST = (1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6)


class FileHandle:
    """An open file. Opaque to programs: only the board that made it can use it."""

    __slots__ = ("file", "mode", "owner", "path")

    def __init__(self, owner: Filesystem, file: StorageFile, path: str, mode: str) -> None:
        self.owner = owner
        self.file: StorageFile | None = file  # None when closed
        self.path = path
        self.mode = mode

    def __repr__(self) -> str:
        return f"<file {self.path!r} {self.mode if self.file is not None else 'closed'}>"


class Filesystem(Component):
    """One disk. `speed` 0 to 5 sets its prices (timing "oc"); `label_fixed` refuses a new label."""

    type = "filesystem"
    device_class = "volume"
    device_description = "Filesystem"

    def __init__(
        self, address: str, storage: Storage, label: str | None = None, *, speed: int = 3, label_fixed: bool = False
    ) -> None:
        super().__init__(address, 5)
        self.storage = storage
        self.label = label
        self._speed = speed
        self._label_fixed = label_fixed
        self._handles: set[FileHandle] = set()
        self._writing: dict[str, FileHandle] = {}  # by path, the one writer of a file
        self._places: dict[str, str] = {}  # what `clean` has made of paths that were opened
        self._max_handles = MAX_HANDLES
        self._max_read: int | None = None

    def started(self) -> None:
        limited = self.bus.timing is not None
        self._max_handles = OC_MAX_HANDLES if limited else MAX_HANDLES
        self._max_read = OC_READ_BYTES if limited else None

    def stopped(self) -> None:
        for handle in list(self._handles):
            self._close(handle)

    def price(self, method: Callback, args: tuple[Any, ...]) -> float:
        if method.name == "write":
            return _WRITE_COST[self._speed]
        if method.name in ("read", "seek"):
            return method.cost + _READ_COST[self._speed]
        return method.cost

    def device_info(self) -> dict[str, str]:
        return {**super().device_info(), "capacity": str(self.storage.capacity), "size": str(self.storage.capacity)}

    # -- handles ------------------------------------------------------------------------------------------------

    @callback(limit=4, doc="function(path:string[, mode:string=r]):handle -- Opens a file: r, w, a (with b), r+.")
    def open(self, path: Any = None, mode: Any = None) -> FileHandle:
        """Open a file.

        Raises: "unsupported mode"; soft: the path (missing, a directory, no parent, somebody writes it already),
        "too many open handles", "not enough space", "storage is readonly".
        """
        if type(path) is not str:
            path = arguments.text(path, 1)
        how = "r" if mode is None else _MODES.get(arguments.text(mode, 2))
        if how is None:
            raise thrown("unsupported mode")
        place = self._places.get(path)
        if place is None:
            place = clean(path)
            if len(self._places) >= MAX_PLACES:
                self._places.clear()
            self._places[path] = place
        if len(self._handles) >= self._max_handles:
            raise soft("too many open handles", HANDLE_TABLE_FULL)
        only_writer = how == "w" or how == "a"
        if only_writer and place in self._writing:
            raise soft(place, NO_SUCH_FILE)
        file = self.storage.open(place, how)
        if file is None:
            raise soft(place, NO_SUCH_FILE)
        handle = FileHandle(self, file, place, how)
        self._handles.add(handle)
        if only_writer:
            self._writing[place] = handle
        return handle

    @callback(limit=15, doc="function(handle, count:number):string or nil -- Reads up to count bytes; nil at the end.")
    def read(self, handle: Any = None, count: Any = None) -> bytes | None:
        """Up to `count` bytes (may be infinite); None at the end. Raises: "bad file descriptor" (soft)."""
        if handle.__class__ is not FileHandle or handle.owner is not self or handle.mode in "wa":
            raise _bad_handle()
        file: StorageFile | None = handle.file
        if file is None:
            raise _bad_handle()
        if type(count) is not int and count != UNLIMITED:
            count = arguments.integer(count, 2)
        if self._max_read is not None and count > self._max_read:
            count = self._max_read
        if count <= 0:
            return b""
        return file.read(count) or None

    @callback(doc="function(handle, data:string):boolean -- Writes.")
    def write(self, handle: Any = None, data: Any = None) -> bool:
        """Write all of `data`. Raises: "bad file descriptor", "not enough space" (soft)."""
        if handle.__class__ is not FileHandle or handle.owner is not self or handle.mode == "r":
            raise _bad_handle()
        if handle.file is None:
            raise _bad_handle()
        handle.file.write(data if type(data) is bytes else arguments.data(data, 2))
        return True

    @callback(doc="function(handle, whence:string, offset:number):number -- Moves to set, cur or end plus offset.")
    def seek(self, handle: Any = None, whence: Any = None, offset: Any = None) -> int:
        """Move; the new position. Raises: "invalid mode"; soft: "bad file descriptor", "invalid offset"."""
        file = self._open_file(handle)
        origin = arguments.text(whence, 2)
        if origin not in ("set", "cur", "end"):
            raise thrown("invalid mode")
        return file.seek(origin, arguments.integer(offset, 3))

    @callback(doc="function(handle, size:number):boolean -- Makes the file so many bytes long.")
    def truncate(self, handle: Any = None, size: Any = None) -> bool:
        """Cut the file off or fill it up with zeros; the position stays. [+]

        Raises: soft: "bad file descriptor" (also one for reading), "invalid offset", "not enough space".
        """
        file = self._open_file(handle)
        if handle.mode == "r":
            raise _bad_handle()
        file.truncate(arguments.integer(size, 2))
        return True

    @callback(doc="function(handle) -- Closes.")
    def close(self, handle: Any = None) -> None:
        """Close. Raises: "bad file descriptor" (soft)."""
        if handle.__class__ is not FileHandle or handle.owner is not self or handle.file is None:
            raise _bad_handle()
        self._close(handle)

    def _open_file(self, handle: Any) -> StorageFile:
        if handle.__class__ is not FileHandle or handle.owner is not self or handle.file is None:
            raise _bad_handle()
        file: StorageFile = handle.file
        return file

    def _close(self, handle: FileHandle) -> None:
        self._handles.discard(handle)
        if handle.mode != "r" and self._writing.get(handle.path) is handle:
            del self._writing[handle.path]
        file, handle.file = handle.file, None
        if file is not None:
            file.close()

    def _is_written(self, path: str) -> bool:
        """Whether it, or something below it, is open for writing."""
        return any(open_path == path or open_path.startswith(path + "/") for open_path in self._writing)

    # -- files --------------------------------------------------------------------------------------------------

    @callback(doc="function(path:string):boolean -- Whether there is something.")
    def exists(self, path: Any = None) -> bool:
        """Whether there is something."""
        return self.storage.stat(clean(arguments.text(path, 1))) is not None

    @callback(doc="function(path:string):number -- Bytes of a file, else 0.")
    def size(self, path: Any = None) -> int:
        """Bytes of a file; 0 for a directory or nothing."""
        facts = self.storage.stat(clean(arguments.text(path, 1)))
        return 0 if facts is None else facts.size

    @callback(doc="function(path:string):boolean -- Whether it is a directory.")
    def is_directory(self, path: Any = None) -> bool:
        """Whether it is a directory."""
        facts = self.storage.stat(clean(arguments.text(path, 1)))
        return facts is not None and facts.is_directory

    @callback(doc="function(path:string):number -- When it last changed, ms since 1970; 0 if there is nothing.")
    def last_modified(self, path: Any = None) -> int:
        """When it last changed, milliseconds since 1970; 0 if there is nothing."""
        facts = self.storage.stat(clean(arguments.text(path, 1)))
        return 0 if facts is None else int(facts.mtime * 1000)

    @callback(doc="function(path:string):table or nil -- type (file, directory), size, mtime in seconds.")
    def stat(self, path: Any = None) -> Facts | None:
        """{"type": "file" or "directory", "size": bytes, "mtime": seconds since 1970}, or None. [+]"""
        facts = self.storage.stat(clean(arguments.text(path, 1)))
        if facts is None:
            return None
        return {"type": "directory" if facts.is_directory else "file", "size": facts.size, "mtime": facts.mtime}

    @callback(doc="function(path:string):string or nil -- Where it is on the host.")
    def real_path(self, path: Any = None) -> str | None:
        """Where it is on the host, for file names in tracebacks; None if it is not on the host. [+]"""
        return self.storage.real_path(clean(arguments.text(path, 1)))

    @callback(direct=False, doc="function(path:string):table or nil -- Names; directories end with a slash.")
    def list(self, path: Any = None) -> Names | None:
        """Names, sorted, directories with a trailing slash; None if it is not a directory."""
        return self.storage.list(clean(arguments.text(path, 1)))

    @callback(direct=False, doc="function(path:string):boolean -- Makes a directory and its parents.")
    def make_directory(self, path: Any = None) -> bool:
        """Make a directory and its parents; False if something is there. Raises: "not enough space" (soft)."""
        return self.storage.make_directory(clean(arguments.text(path, 1)))

    @callback(direct=False, doc="function(path:string):boolean -- Removes it and all below.")
    def remove(self, path: Any = None) -> bool:
        """Remove it and all below; False if it is missing or being written."""
        place = clean(arguments.text(path, 1))
        return not self._is_written(place) and self.storage.remove(place)

    @callback(direct=False, doc="function(from:string, to:string):boolean -- Renames; replaces a file.")
    def rename(self, old: Any = None, new: Any = None) -> bool:
        """Rename; a file replaces a file, a directory an empty one, else False.

        Raises: the path if it is missing (soft).
        """
        source, target = clean(arguments.text(old, 1)), clean(arguments.text(new, 2))
        if self.storage.stat(source) is None:
            raise soft(source, NO_SUCH_FILE)
        done = self.storage.rename(source, target)
        if done and source != target:
            self._moved(source, target)
        return done

    def _moved(self, old: str, new: str) -> None:
        """What is being written has another name now, and what was replaced has none."""
        self._writing.pop(new, None)
        inside = old + "/"
        for path in [path for path in self._writing if path == old or path.startswith(inside)]:
            handle = self._writing.pop(path)
            handle.path = new + path[len(old) :]
            self._writing[handle.path] = handle

    # -- the volume ---------------------------------------------------------------------------------------------

    @callback(doc="function():number -- Bytes in all, inf if there is no limit.")
    def space_total(self) -> float:
        """Bytes in all; infinite if there is no limit."""
        capacity = self.storage.capacity
        return capacity if capacity == UNLIMITED else int(capacity)

    @callback(doc="function():number -- Bytes in use.")
    def space_used(self) -> int:
        """Bytes in use: 512 for each entry and the root, and the contents."""
        return self.storage.space_used()

    @callback(doc="function(path:string):number -- Bytes in use there: 512 for each entry, and the contents.")
    def usage(self, path: Any = None) -> int:
        """Bytes in use at and below a path, 512 for each entry; 0 if there is nothing. [+]"""
        return self.storage.usage(clean(arguments.text(path, 1)))

    @callback(doc="function():boolean -- Whether nothing can be written.")
    def is_read_only(self) -> bool:
        """Whether nothing can be written."""
        return self.storage.read_only

    @callback(doc="function():string or nil -- The label.")
    def get_label(self) -> str | None:
        """The label."""
        return self.label

    @callback(direct=False, doc="function(label:string or nil):string or nil -- Sets the label, 16 characters.")
    def set_label(self, label: Any = None) -> str | None:
        """Set or clear the label, 16 characters. Raises: "label is read only"."""
        if self._label_fixed:
            raise thrown("label is read only", READ_ONLY)
        self.label = arguments.optional_text(label, 1, "")[:LABEL_CHARACTERS] or None
        return self.label


def _bad_handle() -> ComponentError:
    return soft("bad file descriptor", INVALID_HANDLE)
