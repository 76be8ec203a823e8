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

Called by   the vfs calls, once for each path: answers are remembered.
Owns        the mount table.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from system.vfs.paths import canonical, is_below, join, parent_of, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.vfs.files import Disk

FILE = "file"
DEVICE = "device"
DEVICES = "devices"  # the directory /dev itself
DEV = "/dev"
TYPES = ("rootfs", "homefs", "tmpfs", "swap", "ringfs")
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

    __slots__ = ("alias", "base", "disk", "kind", "point", "read_only", "uuid")

    def __init__(
        self, point: str, disk: Disk | None, base: str, alias: str, kind: str, uuid: str, read_only: bool
    ) -> None:
        self.point = point
        self.disk = disk
        self.base = base  # path on the disk, "" for its root
        self.alias = alias  # canonical path that this is another name for, "" for a disk of its own
        self.kind = kind
        self.uuid = uuid
        self.read_only = read_only


class Route:
    """Where one path leads: its canonical spelling, and the disk and path on it, or the device."""

    __slots__ = ("disk", "kind", "path", "point", "raw", "read_only")

    def __init__(self, path: str, kind: str, disk: Disk, raw: str, point: str, read_only: bool) -> None:
        self.path = path
        self.kind = kind
        self.disk = disk
        self.raw = raw
        self.point = point  # the mount that it is on
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
        self._root = root
        self._table = [Mount("/", root, "", "", "rootfs", root_uuid, False)]  # longest mount point first
        self.routes: dict[str, Route] = {}  # given path -> where it leads; read by the vfs calls, filled by `resolve`

    # --- mounting ----------------------------------------------------------------------------------------------

    def mount(self, entry: MountEntry, disk: Disk | None, uuid: str) -> None:
        """Make an entry's disk appear. *uuid* is the component's address; *disk* None for a virtual entry.

        Raises: INVALID_PARAMETER for a virtual entry that names no device, or a place below /dev.
        """
        if not entry.mount:
            return
        if is_below(entry.mount, DEV):
            raise StatusError(Status.INVALID_PARAMETER, f"{entry.mount}: nothing can be mounted below {DEV}")
        alias = ""
        if disk is None:
            if parent_of(entry.path) != DEV:
                raise StatusError(Status.INVALID_PARAMETER, f"{entry.path}: a virtual entry names a device below {DEV}")
            alias = entry.path
        elif entry.mount != "/":
            alias = self._place_of(uuid, entry.path)
            if alias == entry.mount:
                return  # that part of the disk is there already
        base = "" if entry.path == "/" else entry.path
        read_only = "ro" in entry.options
        mounted = Mount(entry.mount, disk, base, alias, entry.kind, uuid, read_only)
        self._table = [mount for mount in self._table if mount.point != entry.mount]
        self._table.append(mounted)
        self._table.sort(key=lambda mount: -len(mount.point))
        self.routes.clear()

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
        for _hop in range(MAX_HOPS):
            if is_below(path, DEV):
                return Route(path, DEVICES if path == DEV else DEVICE, self._root, path, DEV, False)
            mount = next(mount for mount in self._table if is_below(path, mount.point))
            rest = path[len(mount.point) :] if mount.point != "/" else path
            if not mount.alias:
                assert mount.disk is not None, f"{mount.point} has neither disk nor alias"
                return Route(path, FILE, mount.disk, (mount.base + rest) or "/", mount.point, mount.read_only)
            path = canonical(mount.alias + rest)
        raise StatusError(Status.INVALID_PARAMETER, f"{shorten(path)}: /etc/fstab.toml leads in a circle here")

    def _place_of(self, uuid: str, path: str) -> str:
        """The path at which a part of a disk appears already, "" if nowhere."""
        for mount in self._table:
            if mount.uuid == uuid and not mount.alias and is_below(path, mount.base or "/"):
                rest = path[len(mount.base) :].strip("/")
                return join(mount.point, rest) if rest else mount.point
        return ""


def find_disk(
    entry: MountEntry, root: tuple[str, Disk], filesystems: dict[str, Disk], label_of: Callable[[Disk], object]
) -> tuple[str, Disk | None]:
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
            if label_of(disk) == wanted:
                return address, disk
        raise StatusError(Status.NO_SUCH_DEVICE, f"no disk of this machine is labelled {wanted!r}")
    if uuid in filesystems:
        return uuid, filesystems[uuid]
    raise StatusError(Status.NO_SUCH_DEVICE, f"no disk of this machine has the address {uuid!r}")
