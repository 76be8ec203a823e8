"""Mounting: disks appear and disappear while the machine runs (manual, chapter 8.6).

The disks of `/etc/fstab.toml` are mounted before the first call is answered, and again when one that was missing is
plugged in. Everything else is uid 0's to do, by `vfs_mount` and `vfs_unmount`. A mount in use stays, and it is said who
uses it; a disk that is pulled out takes its mounts along, whoever uses them, and their files fail by name.

Called by   the Pipeline Manager: at boot, for these calls, and when hardware comes and goes.
Owns        little: it changes the mount table, and with it where the permission table's entries stand.
Always so   a disk brings its rights along wherever it is mounted; what it covers has its own again afterwards.
"""

from __future__ import annotations

from abi.names import SHORT_ADDRESS, TYPE_FILE
from abi.status import Status, StatusError
from system.vfs import files
from system.vfs.mounts import LIMITED, MountEntry, find_disk, parse_options
from system.vfs.paths import canonical, is_below, shorten
from system.vfs.permissions import SHELF, parse_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.request import SyscallRequest
    from system.vfs.files import Disk
    from system.vfs.mounts import Mount, Mounts
    from system.vfs.permission_file import PermissionFile
    from system.vfs.permissions import Permissions

    Syscall = Callable[..., Any]

AT_RUN_TIME = ("homefs", "tmpfs", "ringfs")
FLAGS = ("rw", "ro", "noauto", "remount")
NUMBERS = ("size", "uid", "gid")
DEFAULT_MODE = {"tmpfs": 0o777}  # of the root of a disk whose rights nobody has set; else 755
MAX_NAMED = 3  # users of a busy mount that a message names


class Mounting:
    """Changes the mount table of one machine."""

    def __init__(
        self, syscall: Syscall, mounts: Mounts, root: tuple[str, Disk], fstab: list[MountEntry],
        log: Callable[[str, str], object],
    ) -> None:
        self._syscall = syscall
        self._mounts = mounts
        self._root = root
        self._fstab = fstab
        self._log = log
        self._permissions: Permissions = None  # type: ignore[assignment]  # `keep_rights`, before any call comes
        self._file: PermissionFile = None  # type: ignore[assignment]  # likewise
        self._changed: Callable[[], object] = lambda: None
        self._otherwise: list[str] = []  # points where the next boot may have something else than there is now

    # --- the boot ----------------------------------------------------------------------------------------------

    def mount_all(self) -> None:
        """Everything that fstab names; what cannot be mounted is logged, and its place stays on the disk below."""
        disks = self._disks()
        for entry in self._fstab:
            if entry.kind != "swap" and "noauto" not in entry.options:
                self._try(entry, disks)

    def _try(self, entry: MountEntry, disks: dict[str, Disk]) -> Mount | None:
        """Mount one entry of fstab, or say in the log why not."""
        try:
            found: tuple[str, Disk | None] = self._root  # what the kernel has put at /, whatever was asked for
            if entry.mount != "/":
                found = find_disk(entry, self._root, disks)
            address, disk = found
            return self._mounts.mount(entry, disk, address)
        except StatusError as error:
            self._log(f"/etc/fstab.toml: {entry.mount} is not mounted: {error.detail}", "warn")
            return None

    def place_of(self, name: str) -> str:
        """The path of an entry that the permission file names by disk; the name itself while it has none."""
        return (self._mounts.place_on(name) or name) if name.startswith(SHELF) else name

    def keep_rights(self, permissions: Permissions, file: PermissionFile, changed: Callable[[], object]) -> None:
        """From now on the permission table follows the mounts; *changed* has it written when it is time."""
        self._permissions = permissions
        self._file = file
        self._changed = changed
        file.name_of = self._kept_name
        self._note_differences()

    def _kept_name(self, path: str) -> str:
        """The name of a path's entry in the permission file: by disk, if the next boot may have it elsewhere."""
        for point in self._otherwise:
            if is_below(path, point):
                return path if path.startswith(SHELF) else self._mounts.shelf_of(path)
        return path

    def _note_differences(self) -> None:
        """The mounts have changed: which are not as the next boot will have them, and what is gone after it."""
        table = self._mounts.table()
        expected = {entry.mount: entry for entry in self._fstab if entry.mount and "noauto" not in entry.options}
        disks = self._disks()
        points = [
            mount.point for mount in table
            if mount.point != "/" and not self._is_as_in_fstab(mount, expected.get(mount.point), disks)
        ]
        self._otherwise = points + [point for point in expected if self._mounts.at(point) is None]
        self._mark_volatile(table)

    def _mark_volatile(self, table: list[Mount]) -> None:
        """What is on a tmpfs is gone after a boot, and so are its rights, mounted or not."""
        uuids = {mount.uuid: None for mount in table if mount.kind == "tmpfs" and not mount.alias}
        shelves = [f"{SHELF}{uuid}:" for uuid in uuids]
        kept = [place for place in self._file.volatile if place.startswith(SHELF) and place not in shelves]
        points = [mount.point for mount in table if mount.kind == "tmpfs"]
        self._file.volatile = (*points, *shelves, *kept)

    # --- calls -------------------------------------------------------------------------------------------------

    def mount(
        self, request: SyscallRequest, disk: str, path: str, point: str, kind: str = "homefs", options: str = "rw"
    ) -> object:
        """Have a part of a disk appear in a directory, or change the options of a mount; for uid 0 only.

        Args:    disk: the address of a filesystem component or a unique beginning of it, "label:<name>", "boot", or
                 "virtual" for another name of a device. path: which part of the disk, "/" for all. point: a directory.
                 kind: homefs, tmpfs (its rights are not kept) or ringfs. options: rw, ro, size=<KiB> (a quota), uid=,
                 gid=, mode= (of its root, when nobody has set them), remount (new options for what is mounted).
        Returns: True.
        Raises:  PRIVILEGE_NOT_HELD, NO_SUCH_DEVICE, NO_SUCH_FILE, NOT_A_DIRECTORY, DEVICE_BUSY (something is mounted
                 there, or below, or a part of the disk has another place; on remount, what is open for writing),
                 INVALID_PARAMETER.
        """
        self._need_root(request, point)
        entry = self._entry(disk, path, point, kind, options)
        mounts = self._mounts
        if "remount" in entry.options:
            self._remount(entry)
            return True
        if mounts.at(entry.mount) is not None:
            raise StatusError(
                Status.DEVICE_BUSY, f"{entry.mount}: a disk is mounted there already; unmount it first, or give remount"
            )
        below = [mount.point for mount in mounts.table() if is_below(mount.point, entry.mount)]
        if below:
            raise StatusError(Status.DEVICE_BUSY, f"{entry.mount}: {below[0]} is mounted below it and would be hidden")
        address, found = find_disk(entry, self._root, self._disks())
        is_device = found is None
        self._need_directory(mounts.resolve(entry.mount), entry.mount, is_device)
        if found is not None:
            self._check_part(found, entry)
        self._permissions.put_away(entry.mount, mounts.shelf_of)
        try:
            mounted = mounts.mount(entry, found, address)
        finally:
            self._permissions.bring_back(mounts.place_on)
        if mounted is None:
            raise StatusError(Status.DEVICE_BUSY, f"{entry.mount}: that part of the disk is there already")
        self._note_differences()
        if not mounted.alias:
            self._permissions.set_default(entry.mount, self._root_rights(entry))
        self._rights_moved()
        self._log(f"{entry.uuid} {entry.path} is mounted at {entry.mount} ({entry.kind})", "vfs")
        return True

    def unmount(self, request: SyscallRequest, point: str) -> object:
        """Have a disk disappear from a directory; for uid 0 only.

        Returns: True.
        Raises:  PRIVILEGE_NOT_HELD, INVALID_PARAMETER (nothing is mounted there; the root), DEVICE_BUSY, saying which
                 process has which file open, or which other mount needs it.
        """
        self._need_root(request, point)
        place = canonical(point)
        mount = self._mounts.at(place)
        if mount is None:
            raise StatusError(Status.INVALID_PARAMETER, f"{shorten(place)}: nothing is mounted there")
        if place == "/":
            raise StatusError(Status.DEVICE_BUSY, "/: the root is what the machine runs from")
        resting = self._mounts.resting_on(mount)
        if resting and not mount.alias:
            raise StatusError(Status.DEVICE_BUSY, f"{place}: {resting[0].point} is mounted on it; unmount that first")
        if mount.files:
            raise StatusError(Status.DEVICE_BUSY, f"{place}: it is in use: {self._users_of(mount)}")
        self._take_away(mount)
        self._log(f"{place} is unmounted", "vfs")
        return True

    def mounts(self, request: SyscallRequest, usage: bool = True) -> object:
        """What is mounted, in the order of the mount points.

        Args:    usage: with the figures; a disk that nobody has asked before is gone through for them.
        Returns: a list of {point, type, disk, label, path, alias, options, open, size, used, free}; disk is an address,
                 path the part of it, alias the path that this is another name for or "", open the number of files
                 open on it; sizes are bytes, None where there is no limit, no usage is wanted, or no disk.
        Raises:  INVALID_PARAMETER.
        """
        if type(usage) is not bool:
            raise StatusError(Status.INVALID_PARAMETER, f"vfs_mounts: usage must be bool, not {type(usage).__name__}")
        rows = []
        for mount in sorted(self._mounts.table(), key=lambda mount: mount.point):
            row: dict[str, object] = {
                "point": mount.point, "type": mount.kind, "disk": mount.uuid, "path": mount.base or mount.entry.path,
                "alias": mount.alias, "options": format_options(mount.entry.options), "open": len(mount.files),
                "label": None, "size": None, "used": None, "free": None,
            }
            if mount.disk is not None and not mount.alias:
                try:
                    row["label"] = mount.disk.getLabel()
                    if usage:
                        row.update(_figures(mount, mount.disk))
                except Exception as error:
                    files.refuse(error, "look at its disk", mount.point)
            rows.append(row)
        return rows

    # --- hardware ----------------------------------------------------------------------------------------------

    def disk_added(self, address: str) -> None:
        """A disk was plugged in: if fstab names it, it is mounted."""
        disks = self._disks()
        for entry in self._fstab:
            if entry.kind == "swap" or not entry.mount or "noauto" in entry.options:
                continue
            if entry.uuid in ("boot", "virtual") or self._mounts.at(entry.mount) is not None:
                continue
            try:
                found, _ = find_disk(entry, self._root, disks)
            except StatusError:
                continue
            if found == address:
                self._permissions.put_away(entry.mount, self._mounts.shelf_of)
                mounted = self._try(entry, disks)
                self._permissions.bring_back(self._mounts.place_on)
                if mounted is not None:
                    self._note_differences()
                    self._rights_moved()
                    self._log(f"{entry.mount} is mounted: its disk {address[:SHORT_ADDRESS]} is here", "vfs")

    def disk_removed(self, address: str) -> None:
        """A disk was pulled out: its mounts go. Files that are open on it fail from now on, each by its name."""
        for mount in [mount for mount in self._mounts.table() if mount.uuid == address and mount.point != "/"]:
            if mount in self._mounts.table():  # not gone already as another's alias
                count = len(mount.files)
                lost = f", with {count} open file{'s' if count > 1 else ''}" if count else ""
                for other in self._mounts.resting_on(mount):
                    if other.alias:
                        self._mounts.remove(other)
                if mount.quota is not None:
                    mount.quota.lift()
                self._take_away(mount)
                self._log(f"the disk of {mount.point} was pulled out: it is unmounted{lost}", "warn")

    # --- inside ------------------------------------------------------------------------------------------------

    def _disks(self) -> dict[str, Disk]:
        addresses = self._syscall("raw_component_list", "filesystem")
        return {address: self._syscall("raw_component_proxy", address) for address in addresses}

    def _need_root(self, request: SyscallRequest, point: object) -> None:
        if request.sender_uid != 0:
            raise StatusError(
                Status.PRIVILEGE_NOT_HELD, f"{shorten(str(point))}: only root (uid 0) may mount and unmount"
            )

    def _entry(self, disk: object, path: object, point: object, kind: object, options: object) -> MountEntry:
        """What the caller asks for, checked."""
        for name, value in (("disk", disk), ("kind", kind), ("options", options)):
            if type(value) is not str:
                raise StatusError(
                    Status.INVALID_PARAMETER, f"vfs_mount: {name} must be str, not {type(value).__name__}"
                )
        place = canonical(point)
        if kind not in AT_RUN_TIME:
            raise StatusError(
                Status.INVALID_PARAMETER, f"{place}: type {kind!r:.20} is none of {', '.join(AT_RUN_TIME)}"
            )
        parsed = parse_options(str(options))
        if "ro" not in parsed:
            parsed = {"rw": True, **parsed}
        for name, value in parsed.items():
            is_known = (value is True) if name in FLAGS else (type(value) is int) if name in NUMBERS else name == "mode"
            if name in NUMBERS and not is_known:
                raise StatusError(
                    Status.INVALID_PARAMETER, f"{place}: option {name!r} takes a whole number from 0, not {value!r:.20}"
                )
            if not is_known:
                raise StatusError(
                    Status.INVALID_PARAMETER,
                    f"{place}: option {name!r:.20} is none of {', '.join(FLAGS)}, size=<KiB>, uid=, gid=, mode=",
                )
        if "mode" in parsed:
            parsed["mode"] = str(parsed["mode"])
            parse_mode(parsed["mode"])
        return MountEntry(str(disk), canonical(path), place, str(kind), parsed)

    def _need_directory(self, route: Any, point: str, is_device: bool) -> None:
        """What is to be covered must be a directory; a device's other name stands where nothing is."""
        if route.kind != "file":
            raise StatusError(Status.INVALID_PARAMETER, f"{point}: nothing can be mounted below /dev")
        try:
            info = route.disk.stat(route.raw)
        except Exception as error:
            files.refuse(error, "mount there", point)
        if is_device:
            return
        if info is None:
            raise StatusError(Status.NO_SUCH_FILE, f"{point}: there is no such directory; make it first")
        if info["type"] != "directory":
            raise StatusError(Status.NOT_A_DIRECTORY, f"{point} is a file: a disk is mounted in a directory")

    def _check_part(self, disk: Disk, entry: MountEntry) -> None:
        try:
            info = disk.stat(entry.path)
        except Exception as error:
            files.refuse(error, "look at that part of the disk", entry.path)
        if info is None or info["type"] != "directory":
            raise StatusError(Status.NO_SUCH_FILE, f"{entry.mount}: {entry.uuid} has no directory {entry.path}")

    def _remount(self, entry: MountEntry) -> None:
        """New options for what is mounted."""
        mount = self._mounts.at(entry.mount)
        if mount is None:
            raise StatusError(Status.INVALID_PARAMETER, f"{entry.mount}: nothing is mounted there")
        read_only = "ro" in entry.options
        writing = [body for body in mount.files if body.mode != "r"]
        if writing and (read_only or "size" in entry.options):
            raise StatusError(Status.DEVICE_BUSY, f"{entry.mount}: it is in use: {self._users_of(mount, writing)}")
        kept = {name: value for name, value in mount.entry.options.items() if name not in ("rw", "ro")}
        given = {name: value for name, value in entry.options.items() if name not in ("rw", "ro", "remount")}
        old = mount.entry
        options: dict[str, object] = {"ro" if read_only else "rw": True, **kept, **given}
        mount.entry = MountEntry(old.uuid, old.path, old.mount, old.kind, options)
        mount.read_only = read_only
        if "size" in given:
            if mount.alias or mount.kind not in LIMITED:
                raise StatusError(Status.INVALID_PARAMETER, f"{entry.mount}: a {mount.kind} here has no size to set")
            mount.limit()
        self._mounts.routes.clear()
        self._log(f"{entry.mount} is mounted anew ({format_options(options)})", "vfs")

    def _root_rights(self, entry: MountEntry) -> tuple[int, int, int]:
        options = entry.options
        mode = parse_mode(options["mode"]) if "mode" in options else DEFAULT_MODE.get(entry.kind, 0o755)
        return int(str(options.get("uid", 0))), int(str(options.get("gid", 0))), mode

    def _is_as_in_fstab(self, mount: Mount, entry: MountEntry | None, disks: dict[str, Disk]) -> bool:
        """Whether the next boot will put the same part of the same disk at the same place."""
        if entry is None or entry.path != mount.entry.path:
            return False
        if entry is mount.entry:
            return True
        try:
            return find_disk(entry, self._root, disks)[0] == mount.uuid
        except StatusError:
            return False

    def _take_away(self, mount: Mount) -> None:
        mounts = self._mounts
        if not mount.alias:
            self._permissions.put_away(mount.point, mounts.shelf_of)
        mounts.remove(mount)
        self._permissions.bring_back(mounts.place_on)
        self._note_differences()
        self._rights_moved()

    def _rights_moved(self) -> None:
        self._file.touch()
        self._changed()

    def _users_of(self, mount: Mount, bodies: list[files.OpenFile] | None = None) -> str:
        """Which processes have which files open, as a message says it."""
        wanted = dict.fromkeys(mount.files if bodies is None else bodies)
        found = []
        for row in self._syscall("ob_query_handles", None):
            if row["type"] == TYPE_FILE:
                body = self._syscall("ob_reference_by_handle", row["pid"], row["token"], 0).body
                if body in wanted:
                    found.append(f"process {row['pid']} ({row['image']}) has {body.path} open")
        shown = found[:MAX_NAMED] or [f"{body.path} is open" for body in list(wanted)[:MAX_NAMED]]
        more = max(len(found), len(wanted)) - len(shown)
        return ", ".join(shown) + (f", and {more} more" if more > 0 else "")


def format_options(options: dict[str, object]) -> str:
    """Options as fstab has them: `rw,size=3000`."""
    return ",".join(name if value is True else f"{name}={value}" for name, value in options.items())


def _figures(mount: Mount, disk: Disk) -> dict[str, object]:
    """How much of a disk is used; a disk without a limit says only that."""
    used = int(disk.spaceUsed())
    total = disk.spaceTotal()
    if total == float("inf"):
        return {"size": None, "used": used, "free": None}
    if mount.quota is not None:
        return {"size": int(total), "used": used, "free": max(0, mount.quota.left())}
    return {"size": int(total), "used": used, "free": max(0, int(total) - used)}
