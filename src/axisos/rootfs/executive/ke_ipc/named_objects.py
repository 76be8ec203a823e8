"""Objects that are found by name: pipes, sections, message queues (manual, chapters 13.6, 13.7 and 13.9).

Who makes one gives it a name in its kind's directory of the namespace and says who may open it: three octal digits for
the owner, the group and the others, of which r (4) and w (2) count. The name is free again when nobody holds the
object any more.

Called by   the pipe, section and message queue calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.status import Status, StatusError
from executive.ob_manager import Security

if TYPE_CHECKING:
    from executive.ob_manager import ObjectHeader, ObjectManager
    from executive.process import Process

OWNER_ONLY = "600"


class NamedObjects:
    """The objects of one directory."""

    def __init__(self, ob: ObjectManager, directory: str, type_name: str) -> None:
        self._ob = ob
        self._directory = directory
        self._type_name = type_name

    def make(self, process: Process, name: str | None, body: object, permissions: str) -> ObjectHeader:
        """A new object of *process* with one reference, the caller's; None makes it nameless.

        Raises: OBJECT_NAME_COLLISION, OBJECT_NAME_INVALID, INVALID_PARAMETER for the permissions.
        """
        header = self._ob.create_object(self._type_name, body)
        try:
            header.security = Security(process.uid, process.gid, _mode(permissions))
            if name is not None:
                self._ob.insert_object(header, self._path(name))
        except StatusError:
            self._ob.dereference_object(header)
            raise
        return header

    def make_held(self, process: Process, name: str | None, body: object, permissions: str) -> str:
        """`make` an object that lives as long as somebody has a handle to it; returns the first one."""
        header = self.make(process, name, body, permissions)
        try:
            return self._ob.create_handle(process, header)
        finally:
            self._ob.dereference_object(header)

    def find(self, name: str) -> ObjectHeader:
        """The object of that name. Raises: OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, OBJECT_TYPE_MISMATCH."""
        header = self._ob.lookup_object(self._path(name))
        if header.type != self._type_name:
            raise StatusError(Status.OBJECT_TYPE_MISMATCH, f"{header.name} is a {header.type}, not a {self._type_name}")
        return header

    def open(self, process: Process, name: str) -> str:
        """A handle to the object of that name, with what its permissions allow.

        Raises: as `find`; ACCESS_DENIED when they allow nothing; HANDLE_TABLE_FULL.
        """
        header = self.find(name)
        allowed = allowed_access(process, header)
        if not allowed:
            raise StatusError(Status.ACCESS_DENIED, f"{header.name} is not open to uid {process.uid}")
        return self._ob.create_handle(process, header, allowed | mask.SYNCHRONIZE)

    def _path(self, name: str) -> str:
        if not name or not name.isprintable() or "\\" in name:
            raise StatusError(
                Status.OBJECT_NAME_INVALID, f"{name[:80]!r}: a name has printable characters only, and no backslash"
            )
        return f"{self._directory}\\{name}"


def allowed_access(process: Process, header: ObjectHeader) -> int:
    """READ and WRITE as far as the object's permissions give them to *process*; uid 0 has both."""
    security = header.security
    if security is None or process.uid == 0:
        return mask.READ | mask.WRITE
    mode = security.mode
    if process.uid == security.owner_uid:
        mode >>= 6
    elif process.gid == security.group_gid or security.group_gid in process.groups:
        mode >>= 3
    return (mask.READ if mode & 4 else 0) | (mask.WRITE if mode & 2 else 0)


def _mode(permissions: str) -> int:
    if len(permissions) != 3 or not set(permissions) <= set("01234567"):
        raise StatusError(Status.INVALID_PARAMETER, f"permissions are three octal digits, not {permissions[:20]!r}")
    return int(permissions, 8)
