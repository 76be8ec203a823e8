"""Where paths lead: the disks of `/etc/fstab.toml` and the devices below /dev.

    [[mount]]
    uuid = "label:home"     # a component's address, "boot", "label:<name>", "virtual"
    path = "/"              # which part of that disk
    mount = "/home"         # where it appears
    type = "homefs"
    options = "rw"

The longest mount point that a path begins with decides. A part of a disk that has a place already is another name for
that place (`/var/log` for `/log`), so that its permissions are asked about once; a "virtual" entry is another name
for a device.

Called by   the vfs calls, once for each path: answers are remembered. `mounting` changes the table.
Owns        the mount table, and for each mount the files that are open on it.
Always so   one file has one canonical path: no part of a disk is mounted twice, what leads there by another way is an
            alias.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from system.vfs.paths import canonical, is_below, join, parent_of, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from system.vfs.files import Disk, OpenFile
    from system.vfs.quotas import QuotaDisk

FILE = "file"
DEVICE = "device"
DEVICES = "devices"  # the directory /dev itself
DEV = "/dev"
TYPES = ("rootfs", "homefs", "tmpfs", "swap", "ringfs")
LIMITED = ("homefs", "tmpfs")  # whose size= is a quota; that of a ringfs is the size of the ring
KIB = 1024
MIN_PREFIX = 3  # characters of an address that may stand for it
MAX_ROUTES = 2048  # remembered
MAX_HOPS = 8


class MountEntry:
    """One [[mount]] of fstab."""

    __slots__ = ("kind", "mount", "options", "path", "uuid")

    def __init__(self, uuid: str, path: str, mount: str, kind: str, options: dict[str, object]) -> None:
        self.uuid = uuid
        self.path = path
        self.mount = mount  # "" for none
        self.kind = kind
        self.options = options


class Mount:
    """One place where a disk appears, or another name for a place that exists."""

    __slots__ = (
        "alias", "base", "disk", "entry", "files", "kind", "point", "quota", "raw_disk", "read_only", "uuid",
    )

    def __init__(self, entry: MountEntry, point: str, disk: Disk | None, alias: str, uuid: str) -> None:
        self.entry = entry
        self.point = point
        self.raw_disk = disk
        self.disk = disk  # what files are read and written by: the disk itself, or its quota's keeper
        self.quota: QuotaDisk | None = None
        self.base = "" if entry.path == "/" else entry.path  # path on the disk, "" for its root
        self.alias = alias  # canonical path that this is another name for, "" for a disk of its own
        self.kind = entry.kind
        self.uuid = uuid
        self.read_only = "ro" in entry.options
        self.files: dict[OpenFile, None] = {}  # open on it, in the order of opening

    def limit(self) -> None:
        """Put the quota of its options into force, or out of it."""
        size = self.entry.options.get("size")
        disk = self.raw_disk
        if self.kind in LIMITED and type(size) is int and size > 0 and disk is not None:
            from system.vfs.quotas import QuotaDisk  # a machine without quotas boots without it

            self.disk = self.quota = QuotaDisk(disk, self.base, size * KIB, self.point)
        else:
            self.disk = disk
            self.quota = None


class Route:
    """Where one path leads: its canonical spelling, and the disk and path on it, or the device."""

    __slots__ = ("disk", "kind", "mount", "path", "raw", "read_only")

    def __init__(self, path: str, kind: str, disk: Disk, raw: str, mount: Mount, read_only: bool) -> None:
        self.path = path
        self.kind = kind
        self.disk = disk
        self.raw = raw
        self.mount = mount  # that it is on
        self.read_only = read_only


def parse_options(text: str) -> dict[str, object]:
    """`rw,size=3000` as {"rw": True, "size": 3000}."""
    options: dict[str, object] = {}
    for part in text.split(","):
        key, equals, value = part.strip().partition("=")
        if key:
            options[key] = (int(value) if value.strip().isdecimal() else value.strip()) if equals else True
    return options


def parse_fstab(text: str) -> tuple[list[MountEntry], list[str]]:
    """The entries of fstab in their order, and a line for each that makes no sense and is left out.

    Raises: ValueError when it is no TOML or has no [[mount]].
    """
    import tomllib

    rows = tomllib.loads(text).get("mount")
    if not isinstance(rows, list) or not rows:
        raise ValueError("it has no [[mount]] entries")
    entries: list[MountEntry] = []
    problems: list[str] = []
    for number, row in enumerate(rows, 1):
        try:
            entries.append(_parse_mount(row))
        except (StatusError, ValueError) as error:
            problems.append(f"entry {number} is left out: {getattr(error, 'detail', error)}")
    return entries, problems


def _parse_mount(row: object) -> MountEntry:
    if not isinstance(row, dict):
        raise ValueError("an entry is a table [[mount]]")
    for key in ("uuid", "path", "mount", "type"):
        if type(row.get(key)) is not str:
            raise ValueError(f"{key} must be a text")
    if row["type"] not in TYPES:
        raise ValueError(f"type {row['type']!r} is none of {', '.join(TYPES)}")
    options = row.get("options", "")
    if type(options) is not str:
        raise ValueError('options is a text such as "rw,size=8192"')
    mount = "" if row["mount"] == "none" else canonical(row["mount"])
    return MountEntry(row["uuid"], canonical(row["path"]), mount, row["type"], parse_options(options))


class Mounts:
    """The mount table of one machine."""

    def __init__(self, root: Disk, root_uuid: str = "boot") -> None:
        self._root = Mount(MountEntry(root_uuid, "/", "/", "rootfs", {"rw": True}), "/", root, "", root_uuid)
        self._root_disk = root
        self._table = [self._root]  # longest mount point first
        self.routes: dict[str, Route] = {}  # given path -> where it leads; read by the vfs calls, filled by `resolve`

    # --- mounting ----------------------------------------------------------------------------------------------

    def mount(self, entry: MountEntry, disk: Disk | None, uuid: str) -> Mount | None:
        """Make an entry's disk appear. *uuid* is the component's address; *disk* None for a virtual entry.

        Returns: the mount; None if there is nothing to do, because that part of the disk is there already.
        Raises:  INVALID_PARAMETER for a virtual entry that names no device, or a place below /dev; DEVICE_BUSY when
                 a part of what is to be mounted has another place already.
        """
        if not entry.mount:
            return None
        if is_below(entry.mount, DEV):
            raise StatusError(Status.INVALID_PARAMETER, f"{entry.mount}: nothing can be mounted below {DEV}")
        alias = ""
        if disk is None:
            if parent_of(entry.path) != DEV:
                raise StatusError(Status.INVALID_PARAMETER, f"{entry.path}: a virtual entry names a device below {DEV}")
            alias = entry.path
        elif entry.mount != "/":
            self._refuse_second_way(entry, uuid)
            alias = self.place_of(uuid, entry.path)
            if alias == entry.mount:
                if not (entry.options.keys() & {"ro", "size"}):
                    return None
                alias = ""  # the same files by the same names: only the rules are new
            elif alias and entry.kind in LIMITED and "size" in entry.options:
                raise StatusError(
                    Status.INVALID_PARAMETER,
                    f"{entry.mount}: it is another name for {alias}, which cannot have a size of its own; mount "
                    f"{alias} with size= instead",
                )
        mounted = Mount(entry, entry.mount, disk, alias, uuid)
        if not alias:
            mounted.limit()
        if entry.mount == "/":
            self._root = mounted
        self._table = [mount for mount in self._table if mount.point != entry.mount]
        self._table.append(mounted)
        self._table.sort(key=lambda mount: -len(mount.point))
        self.routes.clear()
        return mounted

    def remove(self, mount: Mount) -> None:
        """Take a mount out of the table; what it covered shows again."""
        self._table.remove(mount)
        self.routes.clear()

    def at(self, point: str) -> Mount | None:
        """The mount whose point is exactly this canonical path."""
        return next((mount for mount in self._table if mount.point == point), None)

    def holding(self, path: str) -> Mount:
        """The mount that a canonical path lies on, by its point alone."""
        return next(mount for mount in self._table if is_below(path, mount.point))

    def resting_on(self, mount: Mount) -> list[Mount]:
        """The mounts that need this one: below its point, or another name for something there."""
        point = mount.point
        return [
            other for other in self._table
            if other is not mount and (is_below(other.point, point) or (other.alias and is_below(other.alias, point)))
        ]

    def shelf_of(self, path: str) -> str:
        """The name of what a canonical path leads to that does not depend on where its disk is mounted."""
        mount = self.holding(path)
        rest = path[len(mount.point) :] if mount.point != "/" else path
        return f"@{mount.uuid}:{(mount.base + rest) or '/'}"

    def place_on(self, shelf: str) -> str:
        """The canonical path of what `shelf_of` has named; "" while it is not to be seen."""
        uuid, _, raw = shelf[1:].partition(":")
        place = self.place_of(uuid, raw)
        return place if place and self.shelf_of(place) == shelf else ""

    def table(self) -> list[Mount]:
        """What is mounted, longest mount point first."""
        return self._table

    def points_below(self, directory: str) -> list[str]:
        """Names of the mount points right in a directory, with "/" for directories, and /dev in the root."""
        names = [
            mount.point.rsplit("/", 1)[-1] + ("" if is_below(mount.alias, DEV) else "/")
            for mount in self._table
            if mount.point != "/" and parent_of(mount.point) == directory
        ]
        return [*names, "dev/"] if directory == "/" else names

    def has_point_in(self, directory: str) -> bool:
        """Whether something is mounted at or below a path."""
        return is_below(DEV, directory) or any(is_below(mount.point, directory) for mount in self._table)

    # --- resolving ---------------------------------------------------------------------------------------------

    def resolve(self, path: object) -> Route:
        """Where a path leads.

        Raises: INVALID_PARAMETER for what is no absolute path, or leads in a circle.
        """
        route = self.routes.get(path) if type(path) is str else None
        if route is None:
            route = self._find(canonical(path))
            if len(self.routes) >= MAX_ROUTES:
                self.routes.clear()
            self.routes[str(path)] = route
        return route

    def _find(self, path: str) -> Route:
        read_only = False
        for _hop in range(MAX_HOPS):
            if is_below(path, DEV):
                kind = DEVICES if path == DEV else DEVICE
                return Route(path, kind, self._root_disk, path, self._root, read_only)
            mount = self.holding(path)
            read_only = read_only or mount.read_only  # another name may be the narrower way
            rest = path[len(mount.point) :] if mount.point != "/" else path
            if not mount.alias:
                assert mount.disk is not None, f"{mount.point} has neither disk nor alias"
                return Route(path, FILE, mount.disk, (mount.base + rest) or "/", mount, read_only)
            path = canonical(mount.alias + rest)
        raise StatusError(Status.INVALID_PARAMETER, f"{shorten(path)}: /etc/fstab.toml leads in a circle here")

    def place_of(self, uuid: str, path: str) -> str:
        """The path at which a part of a disk appears already, "" if nowhere."""
        for mount in self._table:
            if mount.uuid == uuid and not mount.alias and is_below(path, mount.base or "/"):
                rest = path[len(mount.base) :].strip("/")
                return join(mount.point, rest) if rest else mount.point
        return ""

    def _refuse_second_way(self, entry: MountEntry, uuid: str) -> None:
        """A disk whose part is mounted elsewhere would give the files in it two names, with two sets of rights."""
        for mount in self._table:
            inside = mount.base and mount.base != entry.path and is_below(mount.base, entry.path)
            if mount.uuid == uuid and not mount.alias and inside and not self.place_of(uuid, entry.path):
                raise StatusError(
                    Status.DEVICE_BUSY,
                    f"{entry.mount}: a part of that disk ({mount.base}) is mounted at {mount.point}; unmount it first",
                )


def find_disk(entry: MountEntry, root: tuple[str, Disk], filesystems: dict[str, Disk]) -> tuple[str, Disk | None]:
    """The disk that an entry names: (address, proxy); the proxy is None for a virtual one.

    Raises: NO_SUCH_DEVICE with what was looked for.
    """
    uuid = entry.uuid
    if uuid == "boot":
        return root
    if uuid == "virtual":
        return uuid, None
    if uuid.startswith("label:"):
        wanted = uuid[len("label:") :]
        for address, disk in filesystems.items():
            if disk.getLabel() == wanted:
                return address, disk
        raise StatusError(Status.NO_SUCH_DEVICE, f"no disk of this machine is labelled {wanted!r}")
    if uuid in filesystems:
        return uuid, filesystems[uuid]
    if len(uuid) >= MIN_PREFIX:
        meant = [address for address in filesystems if address.startswith(uuid)]
        if len(meant) == 1:
            return meant[0], filesystems[meant[0]]
        if meant:
            raise StatusError(Status.INVALID_PARAMETER, f"{len(meant)} disks have addresses that begin with {uuid!r}")
    raise StatusError(
        Status.NO_SUCH_DEVICE, f"no disk of this machine has the address {uuid!r}; a label is given as label:<name>"
    )
