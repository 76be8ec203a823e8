"""Who may do what with which path (manual, chapter 8.5).

Each entry of the table says owner, group and mode of one path. A path without an entry has those of its nearest
ancestor that has one, so `/etc/signing` with mode 700 protects everything in it. To reach a path, its seeker needs
search (1) on every directory above it; then the owner's digit counts, else the group's, else the others'.

    r  4   read a file, list a directory
    w  2   write a file; make, delete and rename entries of a directory
    x  1   execute a file, pass through a directory

Rights belong to what a path leads to, so they go with a disk that is unmounted and come back with it. Until then its
entries stand under names that are no paths, `@<disk>:<path on it>`, which nobody can ask about.

Called by   the vfs calls, with canonical paths; uid 0 may do everything and is not asked about.
Owns        the table and what was worked out from it. `journal` hears of every change.
Always so   a remembered answer is dropped before the entry that it came from changes.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from system.vfs.paths import is_below, parent_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Entry = tuple[int, int, int]  # owner, group, mode as three octal digits
    Identity = tuple[int, int, tuple[int, ...]]  # uid, gid, further groups
    Journal = Callable[[str, "Entry | None"], object]

READ = 4
WRITE = 2
SEARCH = EXECUTE = 1

DEFAULT_ENTRY = (0, 0, 0o755)
NEW_FILE_MODE = 0o644
NEW_DIRECTORY_MODE = 0o755
VIRTUAL_DEVICE_ENTRY = (0, 0, 0o666)
PHYSICAL_DEVICE_ENTRY = (0, 0, 0o600)
SHELF = "@"  # begins the name of an entry that has no path now
PROTECTED = ("/boot", "/sys")  # only uid 0 changes modes there, whoever owns the entry

MAX_IDENTITIES = 64  # remembered at once
MAX_REMEMBERED = 4096  # paths for each of them


def parse_mode(mode: object) -> int:
    """The number of a mode written as three octal digits, "755".

    Raises: INVALID_PARAMETER for anything else.
    """
    if type(mode) is str and len(mode) == 3 and all(digit in "01234567" for digit in mode):
        return int(mode, 8)
    raise StatusError(
        Status.INVALID_PARAMETER,
        f"a mode is a text of three digits 0-7 for owner, group and others, as '755', not {mode!r:.20}",
    )


def format_mode(mode: int) -> str:
    """A mode as three octal digits."""
    return f"{mode:03o}"


def default_device_entry(path: str) -> Entry:
    """Rights of a device node without an entry: hardware, named <type>_<address>_<index>, is for uid 0 only."""
    parts = path.rsplit("/", 1)[-1].rsplit("_", 2)
    if len(parts) == 3 and parts[2].isdecimal() and len(parts[1]) == 6:
        return PHYSICAL_DEVICE_ENTRY
    return VIRTUAL_DEVICE_ENTRY


class Permissions:
    """The permission table of one machine."""

    def __init__(self, entries: dict[str, Entry], journal: Journal | None = None) -> None:
        self.entries = entries
        self.journal = journal
        self._remembered: dict[Identity, dict[str, int]] = {}

    # --- asking ------------------------------------------------------------------------------------------------

    def rights(self, path: str, uid: int, gid: int, groups: tuple[int, ...]) -> int:
        """What that user may do with *path*: a sum of READ, WRITE, EXECUTE; 0 when it cannot even be reached."""
        if uid == 0:
            return 7
        remembered = self._remembered.get((uid, gid, groups))
        if remembered is None:
            remembered = self._remember((uid, gid, groups))
        bits = remembered.get(path)
        if bits is None:
            if len(remembered) >= MAX_REMEMBERED:
                remembered.clear()
            bits = remembered[path] = self._work_out(path, uid, gid, groups)
        return bits

    def entry(self, path: str) -> Entry:
        """Owner, group and mode in force for *path*, whether its own or inherited."""
        entries = self.entries
        found = entries.get(path)
        if found is None and path.startswith("/dev/"):
            return default_device_entry(path)
        while found is None:
            if path == "/":
                return DEFAULT_ENTRY
            path = path[: path.rfind("/")] or "/"
            found = entries.get(path)
        return found

    def may_remove(self, path: str, uid: int, gid: int, groups: tuple[int, ...]) -> bool:
        """Whether that user may delete or rename *path*: write on its directory, and, where everybody has that
        (as in /tmp), ownership of the file or of the directory."""
        if uid == 0:
            return True
        directory = parent_of(path)
        if self.rights(directory, uid, gid, groups) & (WRITE | SEARCH) != WRITE | SEARCH:
            return False
        owner, _, mode = self.entry(directory)
        return not mode & WRITE or uid in (owner, self.entry(path)[0])

    # --- changing ----------------------------------------------------------------------------------------------

    def change_mode(self, path: str, mode: int, uid: int) -> None:
        """Give *path* another mode.

        Raises: ACCESS_DENIED unless *uid* is 0 or owns it, and below /boot and /sys unless it is 0.
        """
        owner, group, _ = self.entry(path)
        if uid != 0:
            if any(is_below(path, directory) for directory in PROTECTED):
                raise StatusError(Status.ACCESS_DENIED, f"{path}: modes below /boot and /sys are changed by uid 0 only")
            if uid != owner:
                raise StatusError(
                    Status.ACCESS_DENIED,
                    f"{path}: only its owner (uid {owner}) and uid 0 may change its mode, not uid {uid}",
                )
        self._set(path, (owner, group, mode))

    def change_owner(self, path: str, uid: int, gid: int) -> None:
        """Give *path* another owner and group; who may ask for it is decided by the caller."""
        self._set(path, (uid, gid, self.entry(path)[2]))

    def created(self, path: str, uid: int, gid: int, is_directory: bool) -> None:
        """A file or directory was made by that user. It gets an entry even if it would inherit the same rights: a
        later change of its directory's mode is not meant for it."""
        entry = (uid, gid, NEW_DIRECTORY_MODE if is_directory else NEW_FILE_MODE)
        if self.entries.get(path) == entry:
            return
        self.entries[path] = entry
        if is_directory:
            self._remembered.clear()
        else:
            for remembered in self._remembered.values():  # there is nothing below a file
                remembered.pop(path, None)
        if self.journal is not None:
            self.journal(path, entry)

    def deleted(self, path: str, is_directory: bool) -> None:
        """A file, or a directory with all that was in it, is gone."""
        gone = [path] if path in self.entries else []
        if is_directory:
            prefix = path + "/"
            gone += [other for other in self.entries if other.startswith(prefix)]
        for other in gone:
            del self.entries[other]
            if self.journal is not None:
                self.journal(other, None)
        if gone:
            self._remembered.clear()

    def renamed(self, old: str, new: str, is_directory: bool) -> None:
        """A file or directory has another name now; it and all that is in it keep owner, group and mode."""
        moved = {new: self.entry(old)}
        if is_directory:
            prefix = old + "/"
            within = [(path, entry) for path, entry in self.entries.items() if path.startswith(prefix)]
            moved.update((new + path[len(old) :], entry) for path, entry in within)
        self.deleted(old, is_directory)
        self.deleted(new, is_directory)
        for path, entry in moved.items():
            self._set(path, entry)

    def put_away(self, point: str, shelf_of: Callable[[str], str]) -> None:
        """What *point* shows is about to change: keep the entries below it under the names of what they are of."""
        for path in [path for path in self.entries if is_below(path, point)]:
            self.entries[shelf_of(path)] = self.entries.pop(path)
        self._remembered.clear()

    def bring_back(self, place_on: Callable[[str], str]) -> None:
        """Give every entry that was put away its path again, where there is one now ("" for none)."""
        for shelf in [name for name in self.entries if name.startswith(SHELF)]:
            path = place_on(shelf)
            if path:
                self.entries[path] = self.entries.pop(shelf)
        self._remembered.clear()

    def set_default(self, path: str, entry: Entry) -> None:
        """An entry for a path that has none."""
        if path not in self.entries:
            self._set(path, entry)

    def replace(self, entries: dict[str, Entry]) -> None:
        """Take another table; the journal is not told."""
        self.entries = entries
        self._remembered.clear()

    # --- inside ------------------------------------------------------------------------------------------------

    def _set(self, path: str, entry: Entry) -> None:
        self._remembered.clear()
        self.entries[path] = entry
        if self.journal is not None:
            self.journal(path, entry)

    def _work_out(self, path: str, uid: int, gid: int, groups: tuple[int, ...]) -> int:
        if path != "/" and not self.rights(parent_of(path), uid, gid, groups) & SEARCH:
            return 0
        owner, group, mode = self.entry(path)
        if uid == owner:
            return mode >> 6
        if gid == group or group in groups:
            return mode >> 3 & 7
        return mode & 7

    def _remember(self, identity: Identity) -> dict[str, int]:
        if len(self._remembered) >= MAX_IDENTITIES:
            self._remembered.clear()
        remembered: dict[str, int] = {}
        self._remembered[identity] = remembered
        return remembered
