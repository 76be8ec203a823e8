"""The virtual registry `@VT`: a tree of keys with typed values, in memory (manual, chapter 14).

    @VT\\DEV\\<device id>      one key a device            @VT\\SYS\\BOOT       how this boot went
    @VT\\DRV\\<driver name>    one key a driver            @VT\\SYS\\CONFIG     what /etc/sys.toml says
                                                         @VT\\SYS\\HARDWARE   one key a component

A key belongs to the process that made it, or to whom a service has given it: DKMS gives each driver the key that bears
its name, and those of its devices. Rings 0 and 1 may change everything, a driver what belongs to it.

Called by   the `reg_*` calls; `watches`, which hears of changes while somebody watches.
Owns        the tree.
Always so   a key is found by its canonical path in one step; the root and its hives stay; values are plain data, copied
            in and out; the limits below hold, and what is refused has changed nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.status import Status, StatusError
from executive.plain import copy_plain
from executive.syscalls import ANY_RING, DRIVERS, SERVICES, syscall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from executive.process import Process, Thread
    from executive.watches import RegistryWatch

ROOT = "@VT"
SEPARATOR = "\\"
HIVES = ("DEV", "DRV", "SYS", "SYS\\BOOT", "SYS\\CONFIG", "SYS\\HARDWARE")
PROTECTED = frozenset({ROOT, *(f"{ROOT}\\{hive}" for hive in HIVES)})
KERNEL = 0  # the owner of what nobody else made

MAX_DEPTH = 20  # keys below the root
MAX_VALUES = 256  # of one key
MAX_SUB_KEYS = 1024  # of one key
MAX_KEYS = 16_384
MAX_NAME = 255  # characters
MAX_STRING = 4096  # characters
MAX_TABLE = 65_536  # bytes of a TAB, written out
MAX_DATA = 16 << 20  # bytes of all values together

# What happened to a key or a value, as those who watch are told.
KEY_CREATED = "key_created"
KEY_DELETED = "key_deleted"
VALUE_SET = "value_set"
VALUE_DELETED = "value_deleted"
OWNER_SET = "owner_set"

_PREFIXES = {"virtual": "VIRT", "physical": "PHYS", "network": "NET", "block": "BLK"}
_KINDS: dict[str, tuple[type, ...]] = {"STR": (str,), "NUM": (int, float), "BOOL": (bool,), "TAB": (dict, list)}
_KIND_OF: dict[type, str] = {kind: name for name, kinds in _KINDS.items() for kind in kinds}
_SMALL = 8  # bytes that a NUM or a BOOL counts


class Value:
    """One value of a key."""

    __slots__ = ("data", "kind", "size")

    def __init__(self, kind: str, data: object, size: int) -> None:
        self.kind = kind  # STR, NUM, BOOL, TAB
        self.data = data
        self.size = size  # bytes that it counts

    def copy(self) -> object:
        """The data, for somebody who may do with it as he likes."""
        return copy_plain(self.data) if self.kind == "TAB" else self.data


class Key:
    """One key: its values and what lies below it."""

    __slots__ = ("created", "modified", "name", "owner_pid", "parent", "path", "sub_keys", "values", "watches")

    def __init__(self, name: str, parent: Key | None, owner_pid: int, now: float) -> None:
        self.name = name
        self.parent = parent
        self.path: str = name if parent is None else f"{parent.path}\\{name}"
        self.owner_pid = owner_pid
        self.created = now  # seconds of uptime
        self.modified = now
        self.sub_keys: dict[str, Key] = {}
        self.values: dict[str, Value] = {}
        self.watches: tuple[RegistryWatch, ...] = ()  # most keys never have one

    def subtree(self) -> Iterator[Key]:
        """The key and all below it, each before its own sub keys, these by name."""
        todo = [self]
        while todo:
            key = todo.pop()
            yield key
            todo += [key.sub_keys[name] for name in sorted(key.sub_keys, reverse=True)]


class Registry:
    """The registry of one machine."""

    def __init__(self, uptime: Callable[[], float]) -> None:
        self._uptime = uptime
        root = Key(ROOT, None, KERNEL, uptime())
        self._keys = {ROOT: root}  # canonical path -> key
        self._data = 0  # bytes that all values count
        self._last_device = 0
        self.on_change: Callable[[Key, str, str | None], object] | None = None  # set while anybody watches

    def init_system(self) -> None:
        """Make the hives."""
        for hive in HIVES:
            self.create_key(f"{ROOT}\\{hive}")

    # --- for the kernel ----------------------------------------------------------------------------------------

    def find(self, path: str) -> Key | None:
        """The key at *path*, None if there is none. Raises: INVALID_PARAMETER for what is no path."""
        key = self._keys.get(path)
        return key if key is not None else self._keys.get(_canonical(path))

    def existing(self, path: str) -> Key:
        """The key at *path*. Raises: REGISTRY_KEY_NOT_FOUND, INVALID_PARAMETER."""
        key = self.find(path)
        if key is None:
            raise StatusError(Status.REGISTRY_KEY_NOT_FOUND, f"{_shortened(path)}: no such key")
        return key

    def create_key(self, path: str, process: Process | None = None) -> Key:
        """The key at *path*, made with its ancestors where missing, for *process* or the kernel.

        Raises: INVALID_PARAMETER, REGISTRY_QUOTA; ACCESS_DENIED if *process* may not make a key there.
        """
        key = self._keys.get(path)
        if key is not None:
            return key
        key = self._keys[ROOT]
        names = _split(path)
        if len(names) > MAX_DEPTH:
            raise StatusError(Status.REGISTRY_QUOTA, f"{_shortened(path)}: deeper than {MAX_DEPTH} keys")
        while names and names[0] in key.sub_keys:
            key = key.sub_keys[names.pop(0)]
        if not names:
            return key
        if process is not None and key.parent is not None:
            _demand(process, key)
        if len(self._keys) + len(names) > MAX_KEYS or len(key.sub_keys) >= MAX_SUB_KEYS:
            raise StatusError(Status.REGISTRY_QUOTA, f"{_shortened(path)}: the registry takes no more keys there")
        owner_pid = KERNEL if process is None else process.pid
        for name in names:
            key = self._add_key(key, name, owner_pid)
        return key

    def _add_key(self, parent: Key, name: str, owner_pid: int) -> Key:
        now = self._uptime()
        key = Key(name, parent, owner_pid, now)
        parent.sub_keys[name] = self._keys[key.path] = key
        parent.modified = now
        self._tell(key, KEY_CREATED)
        return key

    def set_value(self, path: str, name: str, data: object, kind: str | None = None) -> None:
        """Set one value of an existing key.

        Raises: REGISTRY_KEY_NOT_FOUND, INVALID_PARAMETER (name, type), REGISTRY_QUOTA.
        """
        self._set(self.existing(path), name, data, kind)

    def _set(self, key: Key, name: str, data: object, kind: str | None) -> None:
        value = _value(key, name, data, kind)
        before = key.values.get(name)
        if before is None and len(key.values) >= MAX_VALUES:
            raise StatusError(Status.REGISTRY_QUOTA, f"{key.path}: a key holds {MAX_VALUES} values at most")
        grown = value.size - (0 if before is None else before.size)
        if grown > 0 and self._data + grown > MAX_DATA:
            raise StatusError(Status.REGISTRY_QUOTA, f"{key.path}: the registry holds {MAX_DATA} bytes at most")
        key.values[name] = value
        key.modified = self._uptime()
        self._data += grown
        if self.on_change is not None and (before is None or before.kind != value.kind or before.data != value.data):
            self.on_change(key, VALUE_SET, name)

    def _tell(self, key: Key, what: str, name: str | None = None) -> None:
        if self.on_change is not None:
            self.on_change(key, what, name)

    # --- changes, as processes make them -----------------------------------------------------------------------

    @syscall(rings=DRIVERS)
    def reg_create_key(self, thread: Thread, path: str) -> bool:
        """Make a key and its missing ancestors, which are the caller's; a key that is there stays as it is.

        A driver makes keys below those that belong to it, and trees of its own below `@VT`.

        Args:    path: `@VT` and names, with backslashes between them; so in all calls of the registry.
        Returns: True.
        Raises:  INVALID_PARAMETER, REGISTRY_QUOTA; ACCESS_DENIED below a key of others (ring 2).
        """
        self.create_key(path, thread.process)
        return True

    @syscall(rings=DRIVERS)
    def reg_set_value(self, thread: Thread, path: str, name: str, value: object, kind: str | None = None) -> bool:
        """Set a value of type STR, NUM, BOOL or TAB (None: by the value). Returns: True.

        Args:    value: text of at most 4,096 characters; a number; True or False; a list or a dict of plain data, of at
                 most 65,536 bytes when it is written out.
        Raises:  REGISTRY_KEY_NOT_FOUND, INVALID_PARAMETER, REGISTRY_QUOTA; ACCESS_DENIED for a key of others (ring 2).
        """
        key = self.existing(path)
        _demand(thread.process, key)
        self._set(key, name, value, kind)
        return True

    @syscall(rings=DRIVERS)
    def reg_delete_key(self, thread: Thread, path: str) -> bool:
        """Delete a key and all below it. Returns: True.

        Raises: REGISTRY_PROTECTED for the root and the hives, REGISTRY_KEY_NOT_FOUND; ACCESS_DENIED if it, or a key
                below it, belongs to others (ring 2).
        """
        canonical = _canonical(path)
        if canonical in PROTECTED:
            raise StatusError(Status.REGISTRY_PROTECTED, f"{canonical} cannot be deleted")
        top = self.existing(canonical)
        doomed = list(top.subtree())
        for key in doomed:
            _demand(thread.process, key)
        parent = top.parent
        assert parent is not None, "the root is protected"
        del parent.sub_keys[top.name]
        parent.modified = self._uptime()
        for key in doomed:
            del self._keys[key.path]
            self._data -= sum([value.size for value in key.values.values()])
        for key in doomed:
            self._tell(key, KEY_DELETED)
        return True

    @syscall(rings=DRIVERS)
    def reg_delete_value(self, thread: Thread, path: str, name: str) -> bool:
        """Delete a value. Returns: whether there was one.

        Raises: REGISTRY_KEY_NOT_FOUND, INVALID_PARAMETER; ACCESS_DENIED for a key of others (ring 2).
        """
        key = self.existing(path)
        _demand(thread.process, key)
        value = key.values.pop(name, None)
        if value is None:
            return False
        self._data -= value.size
        key.modified = self._uptime()
        self._tell(key, VALUE_DELETED, name)
        return True

    @syscall(rings=SERVICES)
    def reg_set_owner(self, thread: Thread, path: str, pid: int) -> bool:
        """Give a key to process *pid*, which may then change it; keys below it that had the same owner go with it.

        Returns: True.
        Raises: REGISTRY_KEY_NOT_FOUND, INVALID_PARAMETER; REGISTRY_PROTECTED for the root and the hives.
        """
        key = self.existing(path)
        if key.path in PROTECTED:
            raise StatusError(Status.REGISTRY_PROTECTED, f"{key.path} stays the kernel's")
        if pid < 0:
            raise StatusError(Status.INVALID_PARAMETER, f"{key.path}: no process has the number {pid}")
        before = key.owner_pid
        if before != pid:
            for each in key.subtree():
                if each.owner_pid == before:
                    each.owner_pid = pid
                    self._tell(each, OWNER_SET)
        return True

    @syscall(rings=DRIVERS)
    def reg_alloc_device_id(self, thread: Thread, device_class: str) -> str:
        """Take a new device id.

        Returns: `VIRT_nnn`, `PHYS_nnn`, `NET_nnn`, `BLK_nnn` or `DEV_nnn`; numbers are never used again.
        """
        self._last_device += 1
        return f"{_PREFIXES.get(device_class, 'DEV')}_{self._last_device:03d}"

    # --- looking -----------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def reg_get_value(self, thread: Thread, path: str, name: str) -> object:
        """(value, type), or None if there is no such key or value."""
        key = self._keys.get(path) or self.find(path)
        value = key.values.get(name) if key is not None else None
        return None if value is None else (value.copy(), value.kind)

    @syscall(rings=ANY_RING)
    def reg_enum_keys(self, thread: Thread, path: str) -> list[str]:
        """The names of the keys below *path*, sorted; none for a missing key."""
        key = self.find(path)
        return sorted(key.sub_keys) if key is not None else []

    @syscall(rings=ANY_RING)
    def reg_enum_values(self, thread: Thread, path: str) -> list[object]:
        """[{name, type, value}] of a key, by name; none for a missing key."""
        key = self.find(path)
        if key is None:
            return []
        return [{"name": name, "type": each.kind, "value": each.copy()} for name, each in sorted(key.values.items())]

    @syscall(rings=ANY_RING)
    def reg_dump_tree(self, thread: Thread, path: str = ROOT, max_depth: int = MAX_DEPTH) -> list[object]:
        """A key and all below it, depth first; nothing for a missing key.

        Args:    max_depth: of the deepest keys that are told; *path* itself has 0.
        Returns: [{path, depth, name, sub_keys, values}]: counts, not contents.
        """
        rows: list[object] = []
        top = self.find(path)
        todo = [] if top is None else [(top, 0)]
        while todo:
            key, depth = todo.pop()
            rows.append(
                {
                    "path": key.path,
                    "depth": depth,
                    "name": key.name,
                    "sub_keys": len(key.sub_keys),
                    "values": len(key.values),
                }
            )
            if depth < max_depth:
                todo += [(key.sub_keys[name], depth + 1) for name in sorted(key.sub_keys, reverse=True)]
        return rows

    @syscall(rings=ANY_RING)
    def reg_key_exists(self, thread: Thread, path: str) -> bool:
        """Whether there is such a key."""
        return self.find(path) is not None

    @syscall(rings=ANY_RING)
    def reg_query_info(self, thread: Thread, path: str) -> object:
        """What there is to know of a key.

        Returns: {path, name, sub_keys, values, created, modified, owner_pid}: counts, and times in seconds of uptime;
                 modified: its own values, or which keys are directly below it. None for a missing key.
        """
        key = self.find(path)
        if key is None:
            return None
        return {
            "path": key.path,
            "name": key.name,
            "sub_keys": len(key.sub_keys),
            "values": len(key.values),
            "created": key.created,
            "modified": key.modified,
            "owner_pid": key.owner_pid,
        }


def _demand(process: Process, key: Key) -> None:
    """Raises ACCESS_DENIED unless *process* may change *key*."""
    if process.ring > 1 and key.owner_pid != process.pid:
        owner = "the kernel" if key.owner_pid == KERNEL else f"process {key.owner_pid}"
        raise StatusError(Status.ACCESS_DENIED, f"{key.path} belongs to {owner}")


def _canonical(path: str) -> str:
    """*path* as keys are found by it."""
    return SEPARATOR.join((ROOT, *_split(path)))


def _split(path: str) -> list[str]:
    """The names below the root. Raises INVALID_PARAMETER for a path that does not start at `@VT`, or a bad name."""
    parts = [part for part in path.split(SEPARATOR) if part]
    if not parts or parts[0] != ROOT:
        raise StatusError(Status.INVALID_PARAMETER, f"{_shortened(path)!r}: a registry path starts with {ROOT}")
    names = parts[1:]
    for name in names:
        _check_name(name, path)
    return names


def _check_name(name: str, path: str) -> None:
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise StatusError(
            Status.INVALID_PARAMETER, f"{_shortened(path)!r}: a registry name has 1 to {MAX_NAME} printable characters"
        )


def _shortened(path: str) -> str:
    return path if len(path) <= 80 else f"{path[:77]}..."


def _value(key: Key, name: str, data: object, kind: str | None) -> Value:
    """A value that fits its type and the limits; the data is copied."""
    _check_name(name, key.path)
    given = type(data)
    if kind is None:
        kind = _KIND_OF.get(given)
    if kind is None or given not in _KINDS.get(kind, ()):
        wanted = "one of " + ", ".join(_KINDS) if kind is None or kind not in _KINDS else kind
        what = str(type.__dict__["__name__"].__get__(given))[:80]  # a driver's class may lie about its name
        raise StatusError(Status.INVALID_PARAMETER, f"{key.path}: value {name}: a {what} is not of type {wanted}")
    if type(data) is str:
        if len(data) > MAX_STRING:
            raise StatusError(
                Status.REGISTRY_QUOTA, f"{key.path}: value {name}: longer than {MAX_STRING} characters"
            )
        return Value(kind, data, len(data))
    copied = copy_plain(data, f"value {name}")
    if kind != "TAB":
        return Value(kind, copied, _SMALL)
    size = len(repr(copied).encode("utf-8", "replace"))
    if size > MAX_TABLE:
        raise StatusError(Status.REGISTRY_QUOTA, f"{key.path}: value {name}: a TAB of more than {MAX_TABLE} bytes")
    return Value(kind, copied, size)
