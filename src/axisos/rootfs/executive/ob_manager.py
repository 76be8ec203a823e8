"""The Object Manager: everything that can be held is an object, and is held through handles (manual, chapter 6).

Three floors: objects (`ob_objects`), their names (`ob_namespace`), and here the handles. A *handle* is one process's
right to use an object in certain ways; it holds a reference of its own, so the object lasts as long as the handle.

    process 20's table            header                         body
    H-3fa1.. --------------------> KeEvent  handles 2  refs 2 --> the event's state
    process 21's table                ^
    H-77c0.. --------------------------+

Called by   the ob_* system calls, the IPC subsystem, process start and end.
Owns        every handle table.
Always so   when the last handle to an object goes, its type's close procedure has run before the call that dropped
            it returns. Handle tokens are unique in the machine. Rights only shrink on their way from handle to handle.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import STANDARD_HANDLES, TYPE_DEVICE, TYPE_DRIVER, TYPE_FILE
from abi.status import Status, StatusError
from executive.limits import LIMITS_PATH
from executive.ob_namespace import Namespace
from executive.ob_objects import allowed_access
from executive.origin import in_words
from executive.synapse import bypasses, new_handle_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.ob_objects import ObjectHeader
    from executive.origin import Origin
    from executive.process import Process

MAX_EXPIRED = 1024  # handles that are remembered after a rotation


class HandleEntry:
    """One right of one process: which object, what may be done with it, whose token opened it."""

    __slots__ = ("creation_ns", "granted_access", "header", "inheritable", "origin", "protected", "synapse_token")

    def __init__(
        self,
        header: ObjectHeader,
        granted_access: int,
        synapse_token: str,
        inheritable: bool,
        creation_ns: int,
        origin: Origin | None,
    ) -> None:
        self.header = header
        self.granted_access = granted_access
        self.synapse_token = synapse_token
        self.inheritable = inheritable  # children of the process get it, too
        self.protected = False  # it cannot be closed by itself, only with its process
        self.creation_ns = creation_ns
        self.origin = origin  # where the process made it


class HandleTable:
    """The handles of one process."""

    __slots__ = ("entries", "expired", "standard")

    def __init__(self) -> None:
        self.expired: set[str] = set()  # tokens of handles that the last rotation has closed
        self.entries: dict[str, HandleEntry] = {}
        self.standard: dict[int, str] = {}


class ObjectManager(Namespace):
    """Everything that can be held, and who holds it."""

    def __init__(self, token_hex: Callable[[int], str], now_ns: Callable[[], int]) -> None:
        super().__init__()
        self._token_hex = token_hex
        self._now_ns = now_ns
        self.origin_of_call: Callable[[], Origin | None] = lambda: None  # wired by the kernel: see `origin`
        for name in (TYPE_DEVICE, TYPE_FILE, TYPE_DRIVER):
            self.create_object_type(name)

    # --- handles -----------------------------------------------------------------------------------------------

    def initialize_process(self, process: Process) -> None:
        """An empty handle table for a new process."""
        process.handles = HandleTable()

    def create_handle(
        self, process: Process, header: ObjectHeader, granted_access: int = mask.ALL, inheritable: bool = False
    ) -> str:
        """A new handle of *process* to an object; it holds a reference of its own.

        Raises: HANDLE_TABLE_FULL; DELETE_PENDING; INVALID_PARAMETER for rights that there are not.
        """
        entries = process.handles.entries
        if len(entries) >= process.limits.handles:
            raise StatusError(
                Status.HANDLE_TABLE_FULL,
                f"process {process.pid} has {len(entries)} open handles (limit handles in {LIMITS_PATH})",
            )
        if header.delete_pending:
            raise StatusError(Status.DELETE_PENDING, f"{header} is going away")
        if granted_access & ~mask.ALL:
            raise StatusError(Status.INVALID_PARAMETER, f"access {granted_access:#x} has bits that mean nothing")
        token = new_handle_token(self._token_hex)
        entries[token] = HandleEntry(
            header, granted_access, process.token, inheritable, self._now_ns(), self.origin_of_call()
        )
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

    def entry_of(self, process: Process, handle: object) -> HandleEntry:
        """`resolve`, without its pains for what is nearly always so."""
        entry = process.handles.entries.get(handle) if type(handle) is str else None
        if entry is not None and entry.synapse_token is process.token:
            return entry
        return self.resolve(process, handle)

    def reference_by_handle(self, process: Process, handle: object, access: int) -> ObjectHeader:
        """The object behind a handle that grants *access* (0: any).

        Raises: as `resolve`; ACCESS_DENIED when the handle does not grant all of it.
        """
        entry = self.entry_of(process, handle)
        if entry.granted_access & access != access:
            raise StatusError(Status.ACCESS_DENIED, f"the handle to {entry.header.type} does not grant that access")
        return entry.header

    def body_of(self, process: Process, handle: object, access: int, type_name: str) -> object:
        """The body behind a handle of a certain type. Raises: as `reference_by_handle`; OBJECT_TYPE_MISMATCH."""
        entry = process.handles.entries.get(handle) if type(handle) is str else None
        if (
            entry is not None
            and entry.synapse_token is process.token
            and entry.granted_access & access == access
            and entry.header.type_object.name == type_name
        ):  # as nearly always; else it is found out what is wrong
            return entry.header.body
        header = self.reference_by_handle(process, handle, access)
        if header.type_object.name != type_name:
            raise StatusError(Status.OBJECT_TYPE_MISMATCH, f"the handle is to a {header.type}, not to a {type_name}")
        return header.body

    def create_owned(self, process: Process, type_name: str, body: object, access: int = mask.ALL) -> str:
        """A new object that lives as long as somebody has a handle to it; returns the first one."""
        header = self.create_object(type_name, body)
        try:
            handle = self.create_handle(process, header, access)
        except BaseException:
            self.dereference_object(header)
            raise
        header.reference_count -= 1  # the creator's: the handle has one of its own
        return handle

    def open_object(self, process: Process, path: str, access: int | None = None) -> str:
        """A handle to the object of that name; *access* None asks for all that its owner, group and mode allow.

        Raises: as `lookup_object`; ACCESS_DENIED when more is asked for than they allow, or when that is nothing;
                DELETE_PENDING, HANDLE_TABLE_FULL, INVALID_PARAMETER for rights that there are not.
        """
        header = self.lookup_object(path)
        allowed = allowed_access(process, header)
        wanted = allowed if access is None else access
        if not allowed or wanted & ~allowed & mask.ALL:
            raise StatusError(Status.ACCESS_DENIED, f"{header.name} is not open to uid {process.uid} for that")
        opened = header.type_object.open
        if opened is not None:
            return opened(process, header, wanted)
        return self.create_handle(process, header, wanted)

    def close_handle(self, process: Process, handle: object) -> ObjectHeader:
        """Close one handle. Returns its object's header, which may have ended.

        Raises: INVALID_HANDLE; HANDLE_NOT_CLOSABLE for a protected one.
        """
        table = process.handles
        token = table.standard.get(handle) if type(handle) is int else handle
        entry = table.entries.get(token) if type(token) is str else None
        if entry is None:
            raise StatusError(Status.INVALID_HANDLE, "no such open handle")
        if entry.protected:
            raise StatusError(Status.HANDLE_NOT_CLOSABLE, f"the handle to {entry.header} is protected")
        del table.entries[token]  # type: ignore[arg-type]
        if token in table.standard.values():
            table.standard = {index: held for index, held in table.standard.items() if held != token}
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
            if entry.inheritable and not entry.header.delete_pending
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
        standard = process.handles.standard
        return [
            {
                "token": token,
                "type": entry.header.type,
                "name": entry.header.name,
                "granted_access": entry.granted_access,
                "ref_count": entry.header.reference_count,
                "handle_count": entry.header.handle_count,
                "inheritable": entry.inheritable,
                "protected": entry.protected,
                "object_id": entry.header.object_id,
                "standard": sorted((index for index, held in standard.items() if held == token), reverse=True),
                "age_s": (self._now_ns() - entry.creation_ns) / 1e9,
                "origin": in_words(entry.origin),
            }
            for token, entry in process.handles.entries.items()
        ]
