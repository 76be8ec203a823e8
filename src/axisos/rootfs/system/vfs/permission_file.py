"""The permission table on disk: `/etc/perms.toml`, and beside it a log of what changed since it was written.

    [paths]
    "/home/guest" = { uid = 1000, gid = 1000, mode = "755" }

Each change is one line in `/etc/perms.log` at once, so that a power cut loses none; the file itself is written anew
only now and then, and the log then begins afresh. A line is `<uid> <gid> <mode> <path>` or `- <path>`, the path with
Python's unicode escapes; a last line without its line end was cut off and is ignored. What lies on a disk that fstab
does not name is written as `@<disk>:<path on it>`: at the next boot that disk may be elsewhere, or nowhere.

Called by   the Pipeline Manager: `load` at boot, `note` as the table's journal, `save` some time after a change.
Owns        the two files (and a third for a moment), nothing in memory but what is not yet written.
Always so   reading the file and then the log gives the table, whenever the power went; entries of volatile places
            (a disk that is empty after each start) are not kept.
"""

from __future__ import annotations

from abi.status import StatusError
from system.vfs import files
from system.vfs.paths import canonical, is_below
from system.vfs.permissions import SHELF, format_mode, parse_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.vfs.files import Disk
    from system.vfs.permissions import Entry

TABLE = "/etc/perms.toml"
LOG = "/etc/perms.log"
SAVE_INTERVAL_S = 1.0  # machine time from a change to the rewrite; changes in between wait for the same one
ENTRIES_PER_SECOND = 1000  # a table of 5,000 entries is written every 5 s at most

# In force when the file cannot be read: what must be closed stays closed.
FALLBACK: dict[str, Entry] = {
    "/": (0, 0, 0o755), "/tmp": (0, 0, 0o777), "/root": (0, 0, 0o700), "/home/guest": (1000, 1000, 0o755),
    "/etc/passwd.toml": (0, 0, 0o600), "/etc/passwd.toml.new": (0, 0, 0o600), "/etc/perms.toml": (0, 0, 0o600),
    "/etc/perms.toml.new": (0, 0, 0o600), LOG: (0, 0, 0o600), "/etc/pki.toml": (0, 0, 0o600),
    "/etc/signing": (0, 0, 0o700), "/dev/tty": (0, 0, 0o666),
}


def parse_table(text: str) -> tuple[dict[str, Entry], list[str]]:
    """The entries of a permission file, and a line for each that makes no sense and was closed to all but uid 0.

    Raises: ValueError when it is no TOML or has no table `paths`.
    """
    import tomllib

    paths = tomllib.loads(text).get("paths")
    if not isinstance(paths, dict):
        raise ValueError("it has no table [paths]")
    entries: dict[str, Entry] = {}
    problems: list[str] = []
    for path, row in paths.items():
        shelf, colon, rest = path.partition(":") if path.startswith(SHELF) else ("", "", path)
        try:
            name = shelf + colon + canonical(rest)
        except StatusError as error:
            problems.append(f"{error.detail}; the entry is ignored")
            continue
        try:
            entries[name] = _parse_row(row)
        except (StatusError, ValueError) as error:
            entries[name] = (0, 0, 0)
            problems.append(f"{path}: {getattr(error, 'detail', error)}; until that is corrected it is for uid 0 only")
    return entries, problems


def _parse_row(row: object) -> Entry:
    if not isinstance(row, dict):
        raise ValueError('an entry is written { uid = 0, gid = 0, mode = "755" }')
    uid, gid = row.get("uid", 0), row.get("gid", 0)
    if type(uid) is not int or type(gid) is not int or uid < 0 or gid < 0:
        raise ValueError("uid and gid are numbers from 0")
    return uid, gid, parse_mode(row.get("mode"))


def format_line(path: str, entry: Entry | None) -> bytes:
    """One line of the log: the new entry of *path*, None if it has none any more."""
    name = path.encode("unicode_escape")
    if entry is None:
        return b"- %s\n" % name
    return b"%d %d %s %s\n" % (entry[0], entry[1], format_mode(entry[2]).encode(), name)


def replay(log: bytes, entries: dict[str, Entry], place_of: Callable[[str], str] = str) -> int:
    """Apply the log's lines to *entries*, under the names that these have now. Returns how many lines made no sense."""
    bad = 0
    for line in log.split(b"\n")[:-1]:
        if line.startswith(b"- "):
            entries.pop(place_of(line[2:].decode("unicode_escape")), None)
            continue
        try:
            uid, gid, mode, name = line.split(b" ", 3)
            entries[place_of(name.decode("unicode_escape"))] = (int(uid), int(gid), parse_mode(mode.decode()))
        except (ValueError, StatusError):
            bad += 1
    return bad


def save_delay_s(count: int) -> float:
    """How long to collect changes of a table of *count* entries before it is written."""
    return max(SAVE_INTERVAL_S, count / ENTRIES_PER_SECOND)


class PermissionFile:
    """Keeps the table of one system disk."""

    def __init__(self, disk: Disk, log: Callable[[str, str], object], volatile: tuple[str, ...] = ()) -> None:
        self._disk = disk
        self._log = log  # (message, level)
        self.volatile = volatile  # directories whose entries are not kept, and beginnings of such names (`@<disk>:`)
        self.name_of: Callable[[str], str] = lambda path: path  # under which name an entry is written
        self._journal: object = None  # raw handle of the log
        self._is_dirty = False
        self._may_write = True

    @property
    def is_dirty(self) -> bool:
        """Whether the file lags behind the table."""
        return self._is_dirty

    def load(self, place_of: Callable[[str], str] = str) -> dict[str, Entry]:
        """The table as it was left; a file that cannot be read is kept aside and what must be closed stays closed.

        Args: place_of: the name that an entry has now, with the disks as they are mounted now.
        """
        try:
            entries, problems = parse_table(files.read_all(self._disk, TABLE).decode())
        except (StatusError, ValueError) as error:
            reason = getattr(error, "detail", error)
            self._log(
                f"{TABLE} cannot be used ({reason}): built-in permissions are in force and no change of them is kept; "
                "correct the file and reboot", "fail",
            )
            self._may_write = False
            return dict(FALLBACK)
        for problem in problems:
            self._log(f"{TABLE}: {problem}", "warn")
        entries = {place_of(name): entry for name, entry in entries.items()}
        log = files.read_if_there(self._disk, LOG)
        if log:
            bad = replay(log, entries, place_of)
            self._is_dirty = True
            if bad:
                self._log(f"{LOG}: {bad} lines make no sense and are ignored", "warn")
        return entries

    def reload(self) -> dict[str, Entry] | None:
        """The table after somebody has written the file: what it says goes before what the log says. None, and a
        line in the system log, when it makes no sense; the table in force then stays."""
        try:
            entries, problems = parse_table(files.read_all(self._disk, TABLE).decode())
        except (StatusError, ValueError) as error:
            reason = getattr(error, "detail", error)
            self._log(f"{TABLE} was changed and cannot be used ({reason}): the permissions stay as they were", "fail")
            return None
        for problem in problems:
            self._log(f"{TABLE}: {problem}", "warn")
        self._may_write = True
        self._begin_log()
        return entries

    def note(self, path: str, entry: Entry | None) -> None:
        """Write one change down. A disk that cannot be written is reported once; the table goes on in memory."""
        if not self._may_write or (self._is_volatile(path) and path not in self.volatile):
            return
        try:
            if self._journal is None:
                self._journal = self._disk.open(LOG, "a")
            self._disk.write(self._journal, format_line(self.name_of(path), entry))
        except Exception as error:
            self._give_up(error)
        self._is_dirty = True

    def save(self, entries: dict[str, Entry]) -> None:
        """Write the table anew, in one step, and begin a new log."""
        self._is_dirty = False
        if not self._may_write:
            return
        import tomli_w

        kept = {
            name: {"uid": uid, "gid": gid, "mode": format_mode(mode)}
            for name, (uid, gid, mode) in sorted(
                (self.name_of(path), entry)
                for path, entry in entries.items()
                if path in self.volatile or not self._is_volatile(path)
            )
        }
        text = "# Who may do what with which path; kept by the Pipeline Manager. Change it with chmod and chown.\n"
        text += tomli_w.dumps({"paths": kept})
        try:
            files.replace_all(self._disk, TABLE, text.encode())
            self._begin_log()
        except Exception as error:
            self._give_up(error)

    def touch(self) -> None:
        """The table was changed without a word: it is to be written."""
        self._is_dirty = True

    def _is_volatile(self, path: str) -> bool:
        if path.startswith(SHELF):
            return any(path.startswith(place) for place in self.volatile)
        return any(is_below(path, place) for place in self.volatile)

    def _begin_log(self) -> None:
        """Forget the log: the file says it all."""
        if self._journal is not None:
            self._disk.close(self._journal)
            self._journal = None
        if self._disk.exists(LOG):
            self._disk.remove(LOG)

    def _give_up(self, error: Exception) -> None:
        self._may_write = False
        self._journal = None
        reason = getattr(error, "reason", error)
        self._log(f"{TABLE} cannot be written ({reason}): changes of permissions last until the next boot", "warn")
