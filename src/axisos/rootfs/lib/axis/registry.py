"""The virtual registry `@VT`, as programs see it: look, and be told of changes (manual, chapter 14).

    for change in registry.watch("@VT\\DRV"):
        print(change.what, change.path, change.name)

A path is `@VT` and names with backslashes between them. Programs cannot change the registry; drivers do so by the
system calls `reg_create_key`, `reg_set_value`, `reg_delete_value` and `reg_delete_key`.
"""

from __future__ import annotations

from abi.registry import NOTIFY_ALL, NOTIFY_NAME, NOTIFY_OWNER, NOTIFY_VALUE
from abi.status import Status, StatusError
from axis.handles import Held
from axis.syscall import fail, syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = [
    "NOTIFY_ALL", "NOTIFY_NAME", "NOTIFY_OWNER", "NOTIFY_VALUE", "Change", "Watch", "exists", "get", "keys", "values",
    "watch",
]

_TIMEOUT = 258


def get(path: str, name: str, default: Any = None) -> Any:
    """One value of a key; *default* if there is no such key or value. Raises 601 for what is no path."""
    found = syscall("reg_get_value", path, name, about=path)
    return default if found is None else found[0]


def exists(path: str) -> bool:
    """Whether there is such a key. Raises 601 for what is no path."""
    return syscall("reg_key_exists", path, about=path)  # type: ignore[no-any-return]


def keys(path: str) -> list[str]:
    """The names of the keys directly below *path*, sorted. Raises 800 if there is no such key, 601 for no path."""
    return syscall("reg_enum_keys", _existing(path), about=path)  # type: ignore[no-any-return]


def values(path: str) -> dict[str, Any]:
    """All values of a key, by name. Raises 800 if there is no such key, 601 for what is no path."""
    return {each["name"]: each["value"] for each in syscall("reg_enum_values", _existing(path), about=path)}


def watch(path: str, subtree: bool = True, changes: int = NOTIFY_ALL) -> Watch:
    """Watch a key. Raises 800 if there is no such key, 601, 609 for too many watches, 701."""
    return Watch(path, subtree, changes)


class Change:
    """One change: `what` happened (`"key_created"`, `"key_deleted"`, `"value_set"`, `"value_deleted"`, `"owner_set"`)
    at the key `path`; `name` is the value's, None for the key itself."""

    __slots__ = ("name", "path", "what")

    def __init__(self, what: str, path: str, name: str | None) -> None:
        self.what = what
        self.path = path
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.what} {self.path}{'' if self.name is None else f' {self.name}'}>"


class Watch(Held):
    """The changes of one key and, with *subtree*, of all below it, from now on.

    Args:    changes: the sum of NOTIFY_NAME (keys made and deleted), NOTIFY_VALUE (values set and deleted),
             NOTIFY_OWNER. Waiting for it together with others: `sync.wait_multiple([watch, event])`.
    """

    def __init__(self, path: str, subtree: bool = True, changes: int = NOTIFY_ALL) -> None:
        super().__init__(syscall("reg_notify", path, subtree, changes, about=path))
        self.lost = 0  # changes that came while 256 others waited to be taken

    def wait(self, timeout_ms: float | None = None) -> bool:
        """Wait until something has changed that was not taken yet; False if *timeout_ms* passed first."""
        return bool(syscall("ke_wait_single", self.handle, timeout_ms) != _TIMEOUT)

    def take(self) -> list[Change]:
        """What has changed since the last time, in order, the newest change of each key and value; maybe nothing.

        Raises:  800 when the watched key itself is deleted and all before that was taken; 600 after `close`.
        """
        told = syscall("reg_read_changes", self.handle)
        self.lost += told["lost"]
        return [Change(each["change"], each["path"], each["name"]) for each in told["changes"]]

    def __iter__(self) -> Iterator[Change]:
        """The changes as they come; ends when the watched key is deleted."""
        while True:
            self.wait()
            try:
                changes = self.take()
            except StatusError as error:
                if error.status == Status.REGISTRY_KEY_NOT_FOUND:
                    return
                raise
            yield from changes


def _existing(path: str) -> str:
    if not exists(path):
        fail(StatusError(Status.REGISTRY_KEY_NOT_FOUND, f"{path}: no such key"), path)
    return path
