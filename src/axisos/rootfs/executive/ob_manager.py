"""The Object Manager: everything that can be held is an object, and is held through handles (manual, chapter 6).

An object has a header: its type, its name if it has one, who owns it, and two counts. A *reference* keeps the object in
being; a *handle* is one process's right to use it and holds a reference of its own.

    process 20's table            header                         body
    H-3fa1.. --------------------> KeEvent  handles 2  refs 2 --> the event's state
    process 21's table                ^
    H-77c0.. --------------------------+

Called by   the ob_* system calls, the IPC subsystem, process start and end.
Owns        the types, the namespace, every handle table.
Always so   when the last handle to an object goes, its type's close procedure has run before the call that dropped
            it returns; when the last reference goes, its name is free and its delete procedure has run. Handle
            tokens are unique in the machine.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import STANDARD_HANDLES, TYPE_DEVICE, TYPE_DIRECTORY, TYPE_DRIVER, TYPE_FILE, TYPE_SYMBOLIC_LINK
from abi.status import Status, StatusError
from executive.limits import LIMITS_PATH
from executive.synapse import bypasses, new_handle_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.process import Process

    Procedure = Callable[["ObjectHeader"], None]

MAX_EXPIRED = 1024  # handles that are remembered after a rotation
MAX_LINK_HOPS = 8
BOOT_DIRECTORIES = ("\\", "\\Device", "\\DosDevices", "\\ObjectTypes", "\\Pipe", "\\Section", "\\MQueue")


class ObjectType:
    """A kind of object: what happens when the last handle, and when the last reference, goes."""

    __slots__ = ("close", "delete", "name", "total_handles", "total_objects")

    def __init__(self, name: str, close: Procedure | None = None, delete: Procedure | None = None) -> None:
        self.name = name
        self.close = close
        self.delete = delete
        self.total_objects = 0
        self.total_handles = 0


class Security:
    """Who owns an object and what others may do with it."""

    __slots__ = ("group_gid", "mode", "owner_uid")

    def __init__(self, owner_uid: int = 0, group_gid: int = 0, mode: int = 0o755) -> None:
        self.owner_uid = owner_uid
        self.group_gid = group_gid
        self.mode = mode


class ObjectHeader:
    """What the Object Manager knows of an object; the object itself is `body`."""

    __slots__ = (
        "body",
        "delete_pending",
        "handle_count",
        "name",
        "object_id",
        "permanent",
        "reference_count",
        "security",
        "type_object",
    )

    def __init__(self, object_id: int, type_object: ObjectType, body: object) -> None:
        self.object_id = object_id
        self.type_object = type_object
        self.body = body
        self.name = ""
        self.reference_count = 1  # the creator's
        self.handle_count = 0
        self.security: Security | None = None  # None: owner 0, mode 755
        self.permanent = False
        self.delete_pending = False

    @property
    def type(self) -> str:
        """The type's name."""
        return self.type_object.name

    def __repr__(self) -> str:
        return f"<{self.type} {self.name or self.object_id}>"


class HandleEntry:
    """One right of one process: which object, what may be done with it, whose token opened it."""

    __slots__ = ("creation_ns", "granted_access", "header", "inheritable", "synapse_token")

    def __init__(
        self, header: ObjectHeader, granted_access: int, synapse_token: str, inheritable: bool, creation_ns: int
    ) -> None:
        self.header = header
        self.granted_access = granted_access
        self.synapse_token = synapse_token
        self.inheritable = inheritable
        self.creation_ns = creation_ns


class HandleTable:
    """The handles of one process."""

    __slots__ = ("entries", "expired", "standard")

    def __init__(self) -> None:
        self.expired: set[str] = set()  # tokens of handles that the last rotation has closed
        self.entries: dict[str, HandleEntry] = {}
        self.standard: dict[int, str] = {}


class ObjectManager:
    """All objects of one machine."""

    def __init__(self, token_hex: Callable[[int], str], now_ns: Callable[[], int]) -> None:
        self._token_hex = token_hex
        self._now_ns = now_ns
        self.types: dict[str, ObjectType] = {}
        self._namespace: dict[str, ObjectHeader] = {}
        self._last_id = 0

    def init_system(self) -> None:
        """Make the built-in types and the directories that are there from the start."""
        for name in (TYPE_DIRECTORY, TYPE_SYMBOLIC_LINK, TYPE_DEVICE, TYPE_FILE, TYPE_DRIVER):
            self.create_object_type(name)
        for path in BOOT_DIRECTORIES:
            directory = self.create_object(TYPE_DIRECTORY, {})
            directory.permanent = True
            directory.name = path
            self._namespace[path] = directory

    # --- types and objects -------------------------------------------------------------------------------------

    def create_object_type(
        self, name: str, close: Procedure | None = None, delete: Procedure | None = None
    ) -> ObjectType:
        """Make a type known. *close* runs when an object's last handle goes, *delete* when its last reference goes."""
        self.types[name] = made = ObjectType(name, close, delete)
        return made

    def create_object(self, type_name: str, body: object) -> ObjectHeader:
        """A new object with one reference, the caller's.

        Raises: OBJECT_TYPE_MISMATCH for an unknown type.
        """
        type_object = self.types.get(type_name)
        if type_object is None:
            raise StatusError(Status.OBJECT_TYPE_MISMATCH, f"there is no object type {type_name!r}")
        self._last_id += 1
        header = ObjectHeader(self._last_id, type_object, body)
        type_object.total_objects += 1
        return header

    def reference_object(self, header: ObjectHeader) -> None:
        """Keep an object in being."""
        header.reference_count += 1

    def dereference_object(self, header: ObjectHeader) -> None:
        """Give a reference back; with the last one the object ends, unless it is permanent."""
        assert header.reference_count > 0, f"{header} has no reference to give back"
        header.reference_count -= 1
        if header.reference_count == 0 and not header.permanent:
            if header.name and self._namespace.get(header.name) is header:
                del self._namespace[header.name]
            header.type_object.total_objects -= 1
            if header.type_object.delete is not None:
                header.type_object.delete(header)

    # --- the namespace -----------------------------------------------------------------------------------------

    def insert_object(self, header: ObjectHeader, path: str) -> None:
        """Give an object its name.

        Raises: OBJECT_NAME_INVALID, OBJECT_NAME_COLLISION.
        """
        self._check_path(path)
        if path in self._namespace:
            raise StatusError(Status.OBJECT_NAME_COLLISION, f"{path} exists already")
        header.name = path
        self._namespace[path] = header

    def lookup_object(self, path: str) -> ObjectHeader:
        """The object of that name; symbolic links are followed.

        Raises: OBJECT_NAME_NOT_FOUND; OBJECT_NAME_INVALID after 8 links.
        """
        followed = path
        for _hop in range(MAX_LINK_HOPS + 1):
            header = self._namespace.get(followed)
            if header is None:
                raise StatusError(Status.OBJECT_NAME_NOT_FOUND, f"there is no object {followed}")
            if header.type != TYPE_SYMBOLIC_LINK:
                return header
            followed = str(header.body)
        raise StatusError(Status.OBJECT_NAME_INVALID, f"{path} leads through more than {MAX_LINK_HOPS} links")

    def delete_object(self, path: str) -> None:
        """Take an object's name away; it ends when nobody holds it any more.

        Raises: OBJECT_NAME_NOT_FOUND; ACCESS_DENIED for a permanent object.
        """
        header = self._namespace.get(path)
        if header is None:
            raise StatusError(Status.OBJECT_NAME_NOT_FOUND, f"there is no object {path}")
        if header.permanent:
            raise StatusError(Status.ACCESS_DENIED, f"{path} is permanent")
        del self._namespace[path]
        header.delete_pending = True
        self.dereference_object(header)

    def create_symbolic_link(self, path: str, target: str) -> None:
        """Make *path* another name for *target*, which need not exist yet."""
        self._check_path(target)
        link = self.create_object(TYPE_SYMBOLIC_LINK, target)
        try:
            self.insert_object(link, path)
        except StatusError:
            self.dereference_object(link)
            raise

    def list_directory(self, path: str) -> list[tuple[str, str, str]]:
        """(name, full path, type) of a directory's direct children, by name."""
        prefix = path if path.endswith("\\") else path + "\\"
        return [
            (full[len(prefix) :], full, header.type)
            for full, header in sorted(self._namespace.items())
            if full.startswith(prefix) and full != path and "\\" not in full[len(prefix) :]
        ]

    def dump_directory(self) -> list[dict[str, object]]:
        """Every named object with its counts, by path."""
        return [
            {
                "path": path,
                "type": header.type,
                "ref_count": header.reference_count,
                "handle_count": header.handle_count,
            }
            for path, header in sorted(self._namespace.items())
        ]

    @staticmethod
    def _check_path(path: str) -> None:
        if not path.startswith("\\") or len(path) > 255 or "\\\\" in path or path.endswith("\\"):
            raise StatusError(
                Status.OBJECT_NAME_INVALID,
                f"{path[:80]!r}: an object path is \\Directory\\Name of at most 255 characters",
            )

    # --- handles -----------------------------------------------------------------------------------------------

    def initialize_process(self, process: Process) -> None:
        """An empty handle table for a new process."""
        process.handles = HandleTable()

    def create_handle(
        self, process: Process, header: ObjectHeader, granted_access: int = mask.ALL, inheritable: bool = False
    ) -> str:
        """A new handle of *process* to an object; it holds a reference of its own.

        Raises: HANDLE_TABLE_FULL; DELETE_PENDING.
        """
        entries = process.handles.entries
        if len(entries) >= process.limits.handles:
            raise StatusError(
                Status.HANDLE_TABLE_FULL,
                f"process {process.pid} has {len(entries)} open handles (limit handles in {LIMITS_PATH})",
            )
        if header.delete_pending:
            raise StatusError(Status.DELETE_PENDING, f"{header} is going away")
        token = new_handle_token(self._token_hex)
        entries[token] = HandleEntry(header, granted_access, process.token, inheritable, self._now_ns())
        header.reference_count += 1
        header.handle_count += 1
        header.type_object.total_handles += 1
        return token

    def resolve(self, process: Process, handle: object) -> HandleEntry:
        """The entry that a token or a standard index (-10, -11, -12) stands for.

        Raises: INVALID_HANDLE; SYNAPSE_TOKEN_MISMATCH; SYNAPSE_TOKEN_EXPIRED.
        """
        table = process.handles
        if type(handle) is int:
            handle = table.standard.get(handle)
        entry = table.entries.get(handle) if type(handle) is str else None
        if entry is None:
            if type(handle) is str and handle in table.expired:
                raise StatusError(Status.SYNAPSE_TOKEN_EXPIRED, "the handle was opened before the token was rotated")
            raise StatusError(Status.INVALID_HANDLE, "no such open handle")
        if not compare_digest(entry.synapse_token, process.token) and not bypasses(process):
            raise StatusError(Status.SYNAPSE_TOKEN_MISMATCH, "the handle was opened under another synapse token")
        return entry

    def reference_by_handle(self, process: Process, handle: object, access: int) -> ObjectHeader:
        """The object behind a handle that grants *access* (0: any).

        Raises: as `resolve`; ACCESS_DENIED when the handle does not grant all of it.
        """
        entry = self.resolve(process, handle)
        if entry.granted_access & access != access:
            raise StatusError(Status.ACCESS_DENIED, f"the handle to {entry.header.type} does not grant that access")
        return entry.header

    def body_of(self, process: Process, handle: object, access: int, type_name: str) -> object:
        """The body behind a handle of a certain type. Raises: as `reference_by_handle`; OBJECT_TYPE_MISMATCH."""
        header = self.reference_by_handle(process, handle, access)
        if header.type_object.name != type_name:
            raise StatusError(Status.OBJECT_TYPE_MISMATCH, f"the handle is to a {header.type}, not to a {type_name}")
        return header.body

    def create_owned(self, process: Process, type_name: str, body: object, access: int = mask.ALL) -> str:
        """A new object that lives as long as somebody has a handle to it; returns the first one."""
        header = self.create_object(type_name, body)
        try:
            return self.create_handle(process, header, access)
        finally:
            self.dereference_object(header)

    def close_handle(self, process: Process, handle: object) -> ObjectHeader:
        """Close one handle. Returns its object's header, which may have ended.

        Raises: INVALID_HANDLE.
        """
        table = process.handles
        token = table.standard.get(handle) if type(handle) is int else handle
        entry = table.entries.pop(token, None) if type(token) is str else None
        if entry is None:
            raise StatusError(Status.INVALID_HANDLE, "no such open handle")
        for index, held in list(table.standard.items()):
            if held == token:
                del table.standard[index]
        self._release(entry)
        return entry.header

    def _release(self, entry: HandleEntry) -> None:
        header = entry.header
        header.handle_count -= 1
        header.type_object.total_handles -= 1
        if header.handle_count == 0 and header.type_object.close is not None:
            header.type_object.close(header)
        self.dereference_object(header)

    def destroy_process(self, process: Process) -> None:
        """Close everything that a process holds."""
        entries = process.handles.entries
        process.handles.standard.clear()
        while entries:
            self._release(entries.popitem()[1])

    def expire_handles(self, process: Process) -> None:
        """Close everything that a process holds, for its token is rotated; who still uses it is told so (503)."""
        table = process.handles
        table.expired = set(list(table.entries)[-MAX_EXPIRED:])
        self.destroy_process(process)

    def inherit_handles(self, parent: Process, child: Process) -> dict[str, str]:
        """Give *child* its own handle for each inheritable one of *parent*. Returns old token -> new token."""
        return {
            token: self.create_handle(child, entry.header, entry.granted_access, True)
            for token, entry in list(parent.handles.entries.items())
            if entry.inheritable
        }

    def duplicate_handle(
        self, source: Process, handle: object, target: Process, access: int | None = None, inheritable: bool = False
    ) -> str:
        """A handle of *target* to what a handle of *source* means, with the same rights or fewer.

        Raises: as `resolve`; ACCESS_DENIED when *access* asks for more; HANDLE_TABLE_FULL.
        """
        entry = self.resolve(source, handle)
        if access is None:
            access = entry.granted_access
        elif access & ~entry.granted_access:
            raise StatusError(Status.ACCESS_DENIED, "a duplicate never has more rights than its original")
        return self.create_handle(target, entry.header, access, inheritable)

    def set_standard_handle(self, process: Process, index: int, token: str | None) -> None:
        """Put an open handle into a standard slot, or empty the slot.

        Raises: INVALID_PARAMETER for another index; INVALID_HANDLE for a token that is not open.
        """
        if index not in STANDARD_HANDLES:
            raise StatusError(Status.INVALID_PARAMETER, f"a standard handle is -10, -11 or -12, not {index}")
        if token is None:
            process.handles.standard.pop(index, None)
            return
        if token not in process.handles.entries:
            raise StatusError(Status.INVALID_HANDLE, "no such open handle")
        process.handles.standard[index] = token

    def list_handles(self, process: Process) -> list[dict[str, object]]:
        """What a process holds, oldest first."""
        return [
            {
                "token": token,
                "type": entry.header.type,
                "name": entry.header.name,
                "granted_access": entry.granted_access,
                "ref_count": entry.header.reference_count,
                "handle_count": entry.header.handle_count,
                "inheritable": entry.inheritable,
                "age_s": (self._now_ns() - entry.creation_ns) / 1e9,
            }
            for token, entry in process.handles.entries.items()
        ]

    def query_type_statistics(self) -> dict[str, tuple[int, int]]:
        """Type name -> (objects, handles)."""
        return {name: (kind.total_objects, kind.total_handles) for name, kind in sorted(self.types.items())}
