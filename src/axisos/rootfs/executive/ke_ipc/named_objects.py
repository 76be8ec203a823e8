"""Objects that are found by name: pipes, sections, message queues, events, mutexes, semaphores (manual, chapter 13).

Who makes one gives it a name in its kind's directory of the namespace and says who may open it: three octal digits for
the owner, the group and the others, of which r (4) and w (2) count. The name is free again when nobody holds the
object any more.

Called by   the calls that make and open pipes, sections, message queues, events, mutexes and semaphores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.status import Status, StatusError
from executive.ob_objects import Security

if TYPE_CHECKING:
    from executive.ob_manager import ObjectManager
    from executive.ob_objects import ObjectHeader
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
                self._ob.insert_object(header, self._path(name), temporary=True)
        except BaseException:
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
        return self._ob.open_object(process, self.find(name).name)

    def _path(self, name: str) -> str:
        if not name or not name.isprintable() or "\\" in name:
            raise StatusError(
                Status.OBJECT_NAME_INVALID, f"{name[:80]!r}: a name has printable characters only, and no backslash"
            )
        return f"{self._directory}\\{name}"


def _mode(permissions: str) -> int:
    if len(permissions) != 3 or not set(permissions) <= set("01234567"):
        raise StatusError(Status.INVALID_PARAMETER, f"permissions are three octal digits, not {permissions[:20]!r}")
    return int(permissions, 8)
