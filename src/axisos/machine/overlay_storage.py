"""A writable storage laid over a read-only one: the packaged system disk that every machine may change.

What is written goes to the upper one; what is deleted below is marked there by an empty file `.wh.NAME` beside where
NAME was (a *whiteout*, as container images have it). A whiteout means: below here the lower one does not count, so it
stays in force when NAME is made anew.

    upper   etc/motd  etc/.wh.hosts          the program sees   /etc/motd (upper's)   /etc/fstab (lower's)
    lower   etc/motd  etc/hosts  etc/fstab

Always so: `_gone` holds the path of every whiteout in the upper storage; programs can neither see nor make one.
"""

from __future__ import annotations

from axisos.machine.errors import INVALID_PARAMETER, soft
from axisos.machine.storage import Stat, Storage, StorageFile, parent_of, read_only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Names = list[str]

WHITEOUT = ".wh."
_DRAFT = WHITEOUT + WHITEOUT + "draft"
_CHUNK = 1 << 20


class OverlayStorage(Storage):
    """`upper` over `lower`; only `upper` is ever changed."""

    def __init__(self, upper: Storage, lower: Storage) -> None:
        self.upper = upper
        self.lower = lower
        self.identity = f"{upper.identity} over {lower.identity}"
        self.capacity = upper.capacity
        self.read_only = upper.read_only
        self._lower_used: int | None = None
        self._gone: set[str] = set()
        self._find_whiteouts()

    @property  # handed on to the upper one
    def now(self) -> Callable[[], float] | None:
        return self.upper.now

    @now.setter
    def now(self, clock: Callable[[], float] | None) -> None:
        self.upper.now = clock

    # -- reading ------------------------------------------------------------------------------------------------

    def open(self, path: str, mode: str) -> StorageFile | None:
        if mode == "r":
            file = self.upper.open(path, "r")
            if file is None and not (self._gone and self._is_gone(path)):
                file = self.lower.open(path, "r")
            return None if file is not None and self._is_mark(path) else file
        self._refuse_mark(path)
        if self.upper.stat(path) is None:
            below = self._below(path)
            if below is not None and below.is_directory:
                return None
            if below is None and mode == "r+":
                return None
            if not self._raise_parent(path):
                return None
            if below is not None and mode != "w":
                self._copy_up(path, path)
        return self.upper.open(path, mode)

    def stat(self, path: str) -> Stat | None:
        if self._is_mark(path):
            return None
        return self.upper.stat(path) or self._below(path)

    def list(self, path: str) -> Names | None:
        if self._is_mark(path):
            return None
        above = self.upper.stat(path)
        below = self._below(path) if above is None or above.is_directory else None
        if not (above or below or Stat(False, 0, 0)).is_directory:
            return None
        names = {}
        if below is not None and below.is_directory:
            head = path + "/" if path else ""
            for name in self.lower.list(path) or ():
                if head + name.rstrip("/") not in self._gone:
                    names[name.rstrip("/")] = name
        if above is not None:
            for name in self.upper.list(path) or ():
                if not name.startswith(WHITEOUT):
                    names[name.rstrip("/")] = name
        return sorted(names.values())

    def real_path(self, path: str) -> str | None:
        if self._is_mark(path):
            return None
        if self.upper.stat(path) is not None:
            return self.upper.real_path(path)
        return self.lower.real_path(path) if self._below(path) is not None else None

    def space_used(self) -> int:
        """Both halves together; what is hidden below is counted, its space is not got back."""
        if self._lower_used is None:
            self._lower_used = self.lower.space_used()
        return self.upper.space_used() + self._lower_used

    # -- changing -----------------------------------------------------------------------------------------------

    def make_directory(self, path: str) -> bool:
        self._refuse_mark(path)
        if self.stat(path) is not None:
            return False
        parent = parent_of(path)
        while parent and (facts := self.stat(parent)) is None:
            parent = parent_of(parent)
        if parent and not facts.is_directory:  # type: ignore[union-attr]  # the loop ended because it is there
            return False
        return self.upper.make_directory(path)

    def remove(self, path: str) -> bool:
        if not path or self.stat(path) is None:
            return False
        if self._below(path) is not None:
            self._raise_parent(path)
            self._mark_gone(path)
        if self.upper.stat(path) is not None:
            self.upper.remove(path)
            self._gone = {gone for gone in self._gone if not gone.startswith(path + "/")}
        return True

    def rename(self, old: str, new: str) -> bool:
        self._refuse_mark(new)
        source, target, above = self.stat(old), self.stat(new), self.stat(parent_of(new))
        if not old or not new or source is None or above is None or not above.is_directory:
            return False
        if new == old:
            return True
        if new.startswith(old + "/"):
            return False
        if target is not None:
            if target.is_directory != source.is_directory or (target.is_directory and self.list(new)):
                return False
            if target.is_directory:
                self.remove(new)
        self._raise_parent(new)
        if not source.is_directory:
            self._move_file(old, new)
        else:
            self._copy_tree(old, new)
            self.remove(old)
        return True

    # -- inside -------------------------------------------------------------------------------------------------

    def _is_mark(self, path: str) -> bool:
        return WHITEOUT in path and (path.startswith(WHITEOUT) or "/" + WHITEOUT in path)

    def _refuse_mark(self, path: str) -> None:
        if self._is_mark(path):
            raise soft("path contains invalid characters", INVALID_PARAMETER)
        if self.read_only:
            raise read_only()

    def _is_gone(self, path: str) -> bool:
        """Whether a whiteout stands at it or above it."""
        while path:
            if path in self._gone:
                return True
            path = parent_of(path)
        return False

    def _below(self, path: str) -> Stat | None:
        """What the lower storage shows there, if it counts."""
        if self._gone and self._is_gone(path):
            return None
        return self.lower.stat(path)

    def _find_whiteouts(self) -> None:
        directories = [""]
        for directory in directories:  # grows while it is gone through
            head = directory + "/" if directory else ""
            for name in self.upper.list(directory) or ():
                if name.endswith("/"):
                    directories.append(head + name[:-1])
                elif name.startswith(WHITEOUT):
                    self._gone.add(head + name[len(WHITEOUT) :])
                elif (below := self.lower.stat(head + name)) is not None and below.is_directory:
                    self._gone.add(head + name)  # a newer lower one has a directory where a file was written

    def _raise_parent(self, path: str) -> bool:
        """Have the directory that holds it in the upper storage too; False if there is none in either."""
        parent = parent_of(path)
        facts = self.upper.stat(parent)
        if facts is None:
            facts = self._below(parent)
            if facts is None or not facts.is_directory:
                return False
            self.upper.make_directory(parent)
        return facts.is_directory

    def _mark_gone(self, path: str) -> None:
        parent, _, name = path.rpartition("/")
        mark = self.upper.open(f"{parent}/{WHITEOUT}{name}" if parent else WHITEOUT + name, "w")
        assert mark is not None, f"no place for the whiteout of {path}"
        mark.close()
        self._gone.add(path)

    def _copy_up(self, old: str, new: str) -> None:
        """Copy a file of either storage into the upper one."""
        source = self.open(old, "r")
        assert source is not None, f"{old} vanished"
        parent = parent_of(new)
        draft = f"{parent}/{_DRAFT}" if parent else _DRAFT  # it becomes `new` only when it is complete
        target = self.upper.open(draft, "w")
        assert target is not None, f"no place for {new}"
        try:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
        except BaseException:
            target.close()
            self.upper.remove(draft)
            raise
        finally:
            source.close()
        target.close()
        self.upper.rename(draft, new)

    def _move_file(self, old: str, new: str) -> None:
        if self.upper.stat(old) is not None:
            below = self._below(old) is not None
            if below:
                self._mark_gone(old)
            self.upper.rename(old, new)
            return
        self._copy_up(old, new)
        self.remove(old)

    def _copy_tree(self, old: str, new: str) -> None:
        directories = [""]
        for below in directories:  # grows while it is gone through
            if self.upper.stat(new + below) is None:
                self.upper.make_directory(new + below)
            for name in self.list(old + below) or ():
                if name.endswith("/"):
                    directories.append(f"{below}/{name[:-1]}")
                else:
                    self._copy_up(f"{old}{below}/{name}", f"{new}{below}/{name}")
