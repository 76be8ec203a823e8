"""Which disk `axisos boot` uses, and that no other machine uses it at the same time.

Without a directory given, the packaged system disk lies read-only below a writable overlay:

    $XDG_DATA_HOME/axisos/          (default ~/.local/share/axisos)
      disk/        what was changed on the system disk        lock        held while a machine runs
      home/        the disk labelled "home", /home            nvram       the EEPROM
      package      the version and digests of the packaged disk that was booted last

With a directory, that is the whole system disk. What it lacks is filled in from the packaged one at each boot, so an
empty directory becomes a complete disk, and a broken one is whole again. Its home/ is the disk labelled "home", and
its .axisos/, which the machine does not see, holds lock, nvram and package.

Always so: what belongs to the user is never overwritten. What a newer package has changed and the user too is
reported (`notes`), and the user's stays in force.
"""

from __future__ import annotations

import errno
import os

import axisos
from axisos.machine import disk as disks
from axisos.machine.clock import SIMULATED_EPOCH_S
from axisos.machine.errors import ComponentError
from axisos.machine.host_directory import HostDirectory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axisos.machine.storage import Storage

    Digests = dict[str, str]

OWN = ".axisos"  # in a system disk that is a directory of the user's
FIRMWARE = "eeprom"  # its key among the digests; no file of the packaged disk has this path


class UnusableDisk(Exception):
    """There is no disk to boot from; the message is one line for the user."""


class BootDisk:
    """The storages of one machine and the lock on them.

    `system`, `home`: storages; `nvram`: a host file; `rom`: the EEPROM's program if the packaged one is to replace
    what is in `nvram`; `notes`: lines for the user.
    """

    __slots__ = ("_lock", "home", "notes", "nvram", "rom", "system")

    def __init__(self, system: Storage, home: Storage, nvram: str, rom: bytes | None, notes: list[str], lock: int):
        self.system = system
        self.home = home
        self.nvram = nvram
        self.rom = rom
        self.notes = notes
        self._lock = lock

    def close(self) -> None:
        """Let others have the disk."""
        os.close(self._lock)


def open_boot_disk(directory: str | None, simulated: bool = False) -> BootDisk:
    """Lock and open the disk in *directory*, or the user's overlay. Raises UnusableDisk."""
    place = directory or data_directory()
    try:
        return _open_directory(directory, simulated) if directory else _open_overlay(place, simulated)
    except OSError as error:
        raise UnusableDisk(f"{error.filename or place}: {error.strerror or error}") from None
    except ComponentError as error:
        raise UnusableDisk(f"{place}: {error}") from None


def data_directory() -> str:
    """Where the user's own machine is kept."""
    base = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(base):  # the standard: others are to be ignored
        base = os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(base, "axisos")


def _open_overlay(data: str, simulated: bool) -> BootDisk:
    upper, home = os.path.join(data, "disk"), os.path.join(data, "home")
    for directory in (data, upper, home):
        os.makedirs(directory, 0o700, exist_ok=True)
    lock = _lock(os.path.join(data, "lock"), f"your machine in {data} is running already; --disk DIR boots another one")
    try:
        changed = _host_directory(upper, simulated)
        record = os.path.join(data, "package")
        notes = _compare(changed, record)
        nvram = os.path.join(data, "nvram")
        rom = _newer_firmware(nvram, record, notes)
        _write_record(record)
        return BootDisk(
            disks.overlay(changed, simulated), _host_directory(home, simulated), nvram, rom, notes, lock
        )
    except BaseException:
        os.close(lock)
        raise


def _open_directory(directory: str, simulated: bool) -> BootDisk:
    root = os.path.realpath(directory)
    _check_suitable(directory, root)
    own, home = os.path.join(root, OWN), os.path.join(root, "home")
    os.makedirs(own, 0o700, exist_ok=True)
    lock = _lock(os.path.join(own, "lock"), f"--disk {directory}: another machine is running on it")
    try:
        system = _host_directory(root, simulated)
        disks.populate(system)
        os.makedirs(home, exist_ok=True)
        record, nvram = os.path.join(own, "package"), os.path.join(own, "nvram")
        notes = [f"--disk {directory}: {note}" for note in _compare(system, record)]
        rom = _newer_firmware(nvram, record, notes)
        _write_record(record)
        return BootDisk(system, _host_directory(home, simulated), nvram, rom, notes, lock)
    except BaseException:
        os.close(lock)
        raise


def _check_suitable(directory: str, root: str) -> None:
    """Do not spread a system disk over a directory that holds something else. Raises UnusableDisk."""
    if root in ("/", os.path.realpath(os.path.expanduser("~"))):
        raise UnusableDisk(f"--disk {directory}: give it a directory of its own")
    try:
        present = set(os.listdir(root))
    except FileNotFoundError:
        return
    if present and OWN not in present and present.isdisjoint(os.listdir(disks.packaged_root())):
        raise UnusableDisk(f"--disk {directory}: holds other files and no system disk; give an empty directory")


def _host_directory(root: str, simulated: bool) -> HostDirectory:
    return HostDirectory(root, hidden=(*disks.HIDDEN, OWN), fixed_mtime=SIMULATED_EPOCH_S if simulated else None)


def _lock(path: str, refusal: str) -> int:
    """Take the lock that goes with the life of this process and its children. Raises UnusableDisk with the refusal."""
    import fcntl

    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(fd)
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise UnusableDisk(refusal) from None
        raise
    return fd


# --- the package and what the user has changed ---------------------------------------------------------------------


def _compare(own: Storage, record: str) -> list[str]:
    """Lines about files of the user that are not those of the package, which has changed since the last boot."""
    version, before = _read_record(record)
    if not before:
        return []
    package = disks.packaged()
    now = _digests_unless_same(package, record)
    if now is None:
        return []
    notes, older = [], []
    for path, digest in now.items():
        if before.get(path) == digest or own.stat(path) is None:
            continue
        mine = _digest_of(own, path)
        if mine in (digest, None):
            continue
        if mine == before.get(path):
            older.append("/" + path)
        else:
            notes.append(f"/{path} was changed by you, and by AxisOS {axisos.__version__} (before: {version}); "
                         "yours stays in force")
    if older:
        names = ", ".join(older[:3]) + (f" and {len(older) - 3} more" if len(older) > 3 else "")
        notes.append(f"still as in AxisOS {version}: {names}; remove what you want as in {axisos.__version__}")
    return notes


def _newer_firmware(nvram: str, record: str, notes: list[str]) -> bytes | None:
    """The packaged firmware if the chip still holds the one of an older package; what the user flashed stays."""
    from axisos.firmware import plain_rom
    from axisos.machine.components.eeprom import Eeprom

    chip = Eeprom("")
    try:
        with open(nvram, "rb") as file:
            chip.restore(file.read())
    except FileNotFoundError:
        return None
    except ValueError:
        os.replace(nvram, nvram + ".bad")
        notes.append(f"{nvram}: not an EEPROM image; kept as {os.path.basename(nvram)}.bad, a new one is made")
        return None
    rom = plain_rom()
    if chip.code != rom and _sha256(chip.code) == _read_record(record)[1].get(FIRMWARE):
        return rom
    return None


def _sha256(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()


def _digest_of(storage: Storage, path: str) -> str | None:
    """The digest of a file; None if it is none."""
    file = storage.open(path, "r")
    if file is None:
        return None
    try:
        return _sha256(file.read(float("inf")))
    finally:
        file.close()


def _files(storage: Storage) -> list[str]:
    """Every file, in order."""
    found: list[str] = []
    directories = [""]
    for directory in directories:  # grows while it is gone through
        for name in storage.list(directory) or ():
            path = f"{directory}/{name}".strip("/")
            (directories if name.endswith("/") else found).append(path)
    return sorted(found)


def _signature(storage: Storage) -> str:
    """What changes when a file of the package does, without reading any."""
    lines = [axisos.__version__]
    for path in _files(storage):
        facts = storage.stat(path)
        if facts is not None:
            lines.append(f"{path} {facts.size} {facts.mtime}")
    return _sha256("\n".join(lines).encode("utf-8", "surrogateescape"))


def _digests_unless_same(package: Storage, record: str) -> Digests | None:
    """The digests of the packaged disk; None if it is the one that was recorded."""
    with open(record, encoding="utf-8", errors="surrogateescape") as file:
        head = file.readline().split()
    return None if len(head) == 2 and head[1] == _signature(package) else _digests(package)


def _digests(package: Storage) -> Digests:
    found = {path: _digest_of(package, path) for path in _files(package)}
    return {path: digest for path, digest in found.items() if digest is not None}


def _read_record(record: str) -> tuple[str, Digests]:
    """Version and digests of the package that was booted last; nothing known: "" and none.

    The file: a line with version and signature, then a line for each file, its digest before its path.
    """
    try:
        with open(record, encoding="utf-8", errors="surrogateescape") as file:
            head, *lines = file.read().splitlines()
    except (FileNotFoundError, ValueError):
        return "", {}
    parts = (line.partition(" ") for line in lines)
    return head.partition(" ")[0], {path: digest for digest, _, path in parts}


def _write_record(record: str) -> None:
    """Record the package of now, if it is another one than before."""
    from axisos.firmware import plain_rom

    package = disks.packaged()
    firmware = _sha256(plain_rom())
    known = _read_record(record)[1]
    if known and known.get(FIRMWARE) == firmware and _digests_unless_same(package, record) is None:
        return
    lines = [f"{axisos.__version__} {_signature(package)}", f"{firmware} {FIRMWARE}"]
    lines += [f"{digest} {path}" for path, digest in _digests(package).items()]
    draft = f"{record}.{os.getpid()}"
    with open(draft, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join(lines) + "\n")
    os.replace(draft, record)
