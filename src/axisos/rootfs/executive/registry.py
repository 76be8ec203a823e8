"""The virtual registry `@VT`: a tree of keys with typed values, in memory (manual, chapter 14).

    @VT\\DEV\\<device id>      one key a device            @VT\\SYS\\BOOT       how this boot went
    @VT\\DRV\\<driver name>    one key a driver            @VT\\SYS\\CONFIG     what /etc/sys.toml says
                                                         @VT\\SYS\\HARDWARE   one key a component

Owns        the tree.
Always so   the root and its hives stay; a key is changed by its owner or by rings <= 1 only; values are plain data,
            copied in and out; the limits below hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.status import Status, StatusError
from executive.plain import copy_plain
from executive.syscalls import ANY_RING, DRIVERS, syscall

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.process import Thread

ROOT = "@VT"
HIVES = ("DEV", "DRV", "SYS", "SYS\\BOOT", "SYS\\CONFIG", "SYS\\HARDWARE")
PROTECTED = frozenset({ROOT, *(f"{ROOT}\\{hive}" for hive in HIVES)})

MAX_DEPTH = 20
MAX_VALUES = 256  # of one key
MAX_SUB_KEYS = 1024  # of one key
MAX_KEYS = 16_384
MAX_NAME = 255  # characters
MAX_STRING = 4096  # characters

_PREFIXES = {"virtual": "VIRT", "physical": "PHYS", "network": "NET", "block": "BLK"}
_KINDS: dict[str, tuple[type, ...]] = {"STR": (str,), "NUM": (int, float), "BOOL": (bool,), "TAB": (dict, list)}


class Key:
    """One key: its values and what lies below it."""

    __slots__ = ("created", "modified", "name", "owner_pid", "sub_keys", "values")

    def __init__(self, name: str, owner_pid: int, now: float) -> None:
        self.name = name
        self.owner_pid = owner_pid
        self.created = now
        self.modified = now
        self.sub_keys: dict[str, Key] = {}
        self.values: dict[str, tuple[str, object]] = {}  # name -> (type, value)


class Registry:
    """The registry of one machine."""

    def __init__(self, uptime: Callable[[], float]) -> None:
        self._uptime = uptime
        self._root = Key(ROOT, 0, uptime())
        self._keys = 1
        self._last_device = 0

    def init_system(self) -> None:
        """Make the hives."""
        for hive in HIVES:
            self.create_key(f"{ROOT}\\{hive}", 0)

    # --- for the kernel ----------------------------------------------------------------------------------------

    def create_key(self, path: str, owner_pid: int) -> Key:
        """The key at *path*, made with its ancestors where missing.

        Raises: INVALID_PARAMETER, REGISTRY_QUOTA.
        """
        names = _split(path)
        key = self._root
        for name in names:
            below = key.sub_keys.get(name)
            if below is None:
                if self._keys >= MAX_KEYS or len(key.sub_keys) >= MAX_SUB_KEYS:
                    raise StatusError(Status.REGISTRY_QUOTA, f"{path}: the registry takes no more keys there")
                below = key.sub_keys[name] = Key(name, owner_pid, self._uptime())
                self._keys += 1
            key = below
        return key

    def set_value(self, path: str, name: str, value: object, kind: str | None = None) -> None:
        """Set one value of an existing key.

        Raises: REGISTRY_KEY_NOT_FOUND, INVALID_PARAMETER (name, type), REGISTRY_QUOTA.
        """
        key = self._find(path)
        if key is None:
            raise StatusError(Status.REGISTRY_KEY_NOT_FOUND, f"{path}: no such key")
        _check_name(name, path)
        kind = _kind_of(value) if kind is None else kind
        if kind not in _KINDS or type(value) not in _KINDS[kind]:
            raise StatusError(
                Status.INVALID_PARAMETER, f"{path}: value {name}: a {type(value).__name__} is not of type {kind}"
            )
        if name not in key.values and len(key.values) >= MAX_VALUES:
            raise StatusError(Status.REGISTRY_QUOTA, f"{path}: a key holds {MAX_VALUES} values at most")
        if type(value) is str and len(value) > MAX_STRING:
            raise StatusError(Status.REGISTRY_QUOTA, f"{path}: value {name}: longer than {MAX_STRING} characters")
        key.values[name] = (kind, copy_plain(value, f"value {name}"))
        key.modified = self._uptime()

    def _find(self, path: str) -> Key | None:
        key: Key | None = self._root
        for name in _split(path):
            if key is None:
                return None
            key = key.sub_keys.get(name)
        return key

    def _for_change(self, thread: Thread, path: str) -> Key:
        key = self._find(path)
        if key is None:
            raise StatusError(Status.REGISTRY_KEY_NOT_FOUND, f"{path}: no such key")
        if thread.process.ring > 1 and key.owner_pid != thread.process.pid:
            raise StatusError(Status.ACCESS_DENIED, f"{path} belongs to process {key.owner_pid}")
        return key

    # --- system calls ------------------------------------------------------------------------------------------

    @syscall(rings=DRIVERS)
    def reg_create_key(self, thread: Thread, path: str) -> bool:
        """Make a key and its missing ancestors; one that is there stays.

        Args:    path: `@VT` and names, with backslashes between them; so in all calls of the registry.
        Returns: True.
        Raises:  INVALID_PARAMETER, REGISTRY_QUOTA, ACCESS_DENIED.
        """
        self.create_key(path, thread.process.pid)
        return True

    @syscall(rings=DRIVERS)
    def reg_set_value(self, thread: Thread, path: str, name: str, value: object, kind: str | None = None) -> bool:
        """Set a value of type STR, NUM, BOOL or TAB (None: by the value). Returns: True.

        Raises: REGISTRY_KEY_NOT_FOUND, INVALID_PARAMETER, ACCESS_DENIED (not the key's owner), REGISTRY_QUOTA.
        """
        self._for_change(thread, path)
        self.set_value(path, name, value, kind)
        return True

    @syscall(rings=ANY_RING)
    def reg_get_value(self, thread: Thread, path: str, name: str) -> object:
        """(value, type), or None if there is no such key or value."""
        key = self._find(path)
        found = key.values.get(name) if key else None
        return None if found is None else (copy_plain(found[1]), found[0])

    @syscall(rings=ANY_RING)
    def reg_enum_keys(self, thread: Thread, path: str) -> list[str]:
        """The names of the keys below *path*, sorted; none for a missing key."""
        key = self._find(path)
        return sorted(key.sub_keys) if key else []

    @syscall(rings=ANY_RING)
    def reg_enum_values(self, thread: Thread, path: str) -> list[object]:
        """[{name, type, value}] of a key, by name; none for a missing key."""
        key = self._find(path)
        if key is None:
            return []
        return [{"name": n, "type": k, "value": copy_plain(v)} for n, (k, v) in sorted(key.values.items())]

    @syscall(rings=ANY_RING)
    def reg_dump_tree(self, thread: Thread, path: str = ROOT, max_depth: int = 20) -> list[object]:
        """A key and all below it, depth first.

        Returns: [{path, depth, name, sub_keys, values}]: counts, not contents.
        """
        key = self._find(path)
        rows: list[object] = []

        def visit(at: Key, full: str, depth: int) -> None:
            rows.append(
                {"path": full, "depth": depth, "name": at.name, "sub_keys": len(at.sub_keys), "values": len(at.values)}
            )
            if depth < max_depth:
                for name in sorted(at.sub_keys):
                    visit(at.sub_keys[name], f"{full}\\{name}", depth + 1)

        if key is not None:
            visit(key, "\\".join((ROOT, *_split(path))), 0)
        return rows

    @syscall(rings=DRIVERS)
    def reg_delete_key(self, thread: Thread, path: str) -> bool:
        """Delete a key and all below it. Returns: True.

        Raises: REGISTRY_PROTECTED for the root and the hives, REGISTRY_KEY_NOT_FOUND, ACCESS_DENIED.
        """
        names = _split(path)
        if "\\".join((ROOT, *names)) in PROTECTED:
            raise StatusError(Status.REGISTRY_PROTECTED, f"{path} cannot be deleted")
        key = self._for_change(thread, path)
        parent = self._find("\\".join((ROOT, *names[:-1])))
        assert parent is not None
        del parent.sub_keys[names[-1]]
        self._keys -= _count(key)
        return True

    @syscall(rings=DRIVERS)
    def reg_delete_value(self, thread: Thread, path: str, name: str) -> bool:
        """Delete a value. Returns: whether there was one. Raises: REGISTRY_KEY_NOT_FOUND, ACCESS_DENIED."""
        return self._for_change(thread, path).values.pop(name, None) is not None

    @syscall(rings=ANY_RING)
    def reg_key_exists(self, thread: Thread, path: str) -> bool:
        """Whether there is such a key."""
        return self._find(path) is not None

    @syscall(rings=ANY_RING)
    def reg_query_info(self, thread: Thread, path: str) -> object:
        """What there is to know of a key.

        Returns: {name, sub_keys, values, created, modified, owner_pid}: counts, and times in seconds of uptime; None
                 for a missing key.
        """
        key = self._find(path)
        if key is None:
            return None
        return {
            "name": key.name,
            "sub_keys": len(key.sub_keys),
            "values": len(key.values),
            "created": key.created,
            "modified": key.modified,
            "owner_pid": key.owner_pid,
        }

    @syscall(rings=DRIVERS)
    def reg_alloc_device_id(self, thread: Thread, device_class: str) -> str:
        """Take a new device id.

        Returns: `VIRT_nnn`, `PHYS_nnn`, `NET_nnn`, `BLK_nnn` or `DEV_nnn`; numbers are never used again.
        """
        self._last_device += 1
        return f"{_PREFIXES.get(device_class, 'DEV')}_{self._last_device:03d}"


def _split(path: str) -> list[str]:
    """The names below the root. Raises INVALID_PARAMETER for a path that does not start at `@VT`."""
    parts = [part for part in path.split("\\") if part]
    if not parts or parts[0] != ROOT:
        raise StatusError(Status.INVALID_PARAMETER, f"{path[:80]!r}: a registry path starts with {ROOT}\\")
    names = parts[1:]
    if len(names) > MAX_DEPTH:
        raise StatusError(Status.REGISTRY_QUOTA, f"{path[:80]}...: deeper than {MAX_DEPTH} keys")
    for name in names:
        _check_name(name, path)
    return names


def _check_name(name: str, path: str) -> None:
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise StatusError(
            Status.INVALID_PARAMETER, f"{path[:80]!r}: a registry name has 1 to {MAX_NAME} printable characters"
        )


def _kind_of(value: object) -> str:
    for kind, types in _KINDS.items():
        if type(value) in types:
            return kind
    return "STR"


def _count(key: Key) -> int:
    return 1 + sum(_count(below) for below in key.sub_keys.values())
