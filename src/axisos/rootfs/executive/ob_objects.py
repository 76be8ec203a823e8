"""Objects: types, headers, and the count of references that keeps an object in being (manual, chapters 6.1 to 6.3).

    header                                       type object
    +-----------------------------------+        +------------------------------------+
    | type  name  security  permanent   | -----> | name                               |
    | references 3   handles 2          |        | open, parse, close, delete         |
    | body: the thing itself            |        | how many objects, how many handles |
    +-----------------------------------+        +------------------------------------+

One rule for all: whoever needs an object to be there holds a reference. Its creator has one, each handle has one, and
the name of an object has one unless the object is temporary: its name then goes with it.

Always so   when the last reference goes, the name is free and the type's delete procedure has run before the call that
            dropped it returns; a permanent object stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.status import Status, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.process import Process

    Procedure = Callable[["ObjectHeader"], None]
    OpenProcedure = Callable[[Process, "ObjectHeader", int], str]
    ParseProcedure = Callable[["ObjectHeader", str], str]


class ObjectType:
    """A kind of object, and what happens to objects of that kind.

    open:   called for a process that opens an object by its name, with the rights that it gets; makes the handle.
    parse:  called with what is left of a path that leads to, or through, the object; gives the path to go on with.
    close:  called when the last handle goes. delete: called when the last reference goes.
    """

    __slots__ = ("close", "delete", "name", "open", "parse", "total_handles", "total_objects")

    def __init__(
        self,
        name: str,
        close: Procedure | None = None,
        delete: Procedure | None = None,
        parse: ParseProcedure | None = None,
        open: OpenProcedure | None = None,
    ) -> None:
        self.name = name
        self.close = close
        self.delete = delete
        self.parse = parse
        self.open = open
        self.total_objects = 0
        self.total_handles = 0


class Security:
    """Who owns an object and what the owner, the group and others may do with it: three octal digits."""

    __slots__ = ("group_gid", "mode", "owner_uid")

    def __init__(self, owner_uid: int = 0, group_gid: int = 0, mode: int = 0o755) -> None:
        self.owner_uid = owner_uid
        self.group_gid = group_gid
        self.mode = mode


SYSTEM_OWNED = Security()  # of every object that nobody gave another to; never changed


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
        "temporary",
        "type_object",
    )

    def __init__(self, object_id: int, type_object: ObjectType, body: object) -> None:
        self.object_id = object_id
        self.type_object = type_object
        self.body = body
        self.name = ""  # full path
        self.reference_count = 1  # the creator's
        self.handle_count = 0
        self.security = SYSTEM_OWNED
        self.permanent = False
        self.temporary = False  # its name holds no reference
        self.delete_pending = False

    @property
    def type(self) -> str:
        """The type's name."""
        return self.type_object.name

    def __repr__(self) -> str:
        return f"<{self.type} {self.name or self.object_id}>"


class Objects:
    """All types and objects of one machine."""

    def __init__(self) -> None:
        self.types: dict[str, ObjectType] = {}
        self._last_id = 0

    def create_object_type(
        self,
        name: str,
        close: Procedure | None = None,
        delete: Procedure | None = None,
        parse: ParseProcedure | None = None,
        open: OpenProcedure | None = None,
    ) -> ObjectType:
        """Make a type known, with its procedures (see `ObjectType`)."""
        assert name not in self.types, f"the type {name} is declared twice"
        self.types[name] = made = ObjectType(name, close, delete, parse, open)
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
            if header.name:
                self.forget_name(header)
            header.type_object.total_objects -= 1
            if header.type_object.delete is not None:
                header.type_object.delete(header)

    def forget_name(self, header: ObjectHeader) -> None:
        """Take an object out of the directory that it stands in."""
        raise NotImplementedError

    def query_type_statistics(self) -> dict[str, tuple[int, int]]:
        """Type name -> (objects, handles)."""
        return {name: (kind.total_objects, kind.total_handles) for name, kind in sorted(self.types.items())}


def allowed_access(process: Process, header: ObjectHeader) -> int:
    """The rights that an object's owner, group and mode give a process: what may be granted to it by name.

    r gives GENERIC_READ and SYNCHRONIZE, w GENERIC_WRITE, x GENERIC_EXECUTE; its owner may also delete it.
    User 0 and ring 0 and 1 have all rights.
    """
    if process.uid == 0 or process.ring <= 1:
        return mask.ALL
    security = header.security
    mode, allowed = security.mode, 0
    if process.uid == security.owner_uid:
        mode >>= 6
        allowed = mask.DELETE
    elif process.gid == security.group_gid or security.group_gid in process.groups:
        mode >>= 3
    if mode & 4:
        allowed |= mask.GENERIC_READ | mask.SYNCHRONIZE
    if mode & 2:
        allowed |= mask.GENERIC_WRITE
    if mode & 1:
        allowed |= mask.GENERIC_EXECUTE
    return allowed
