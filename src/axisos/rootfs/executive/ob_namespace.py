"""The namespace: a tree of directories in which objects have their names (manual, chapter 6.4).

    \\                        ObpDirectory, as all that have something below them
    |-- Device
    |   `-- TTY0             IoDeviceObject, entered by DKMS
    |-- DosDevices
    |   `-- tty              ObpSymbolicLink --> \\Device\\TTY0
    |-- ObjectTypes          one entry a type
    `-- Pipe Section MQueue Event Mutex Semaphore: what programs name

A path is looked up from the root, name by name. Where it comes to an object whose type has a parse procedure, a
symbolic link, that says with which path to go on; at most 8 times, then the links go round in circles.

Always so   an object stands in one directory at most, under the name in its header; a directory that has entries
            cannot be taken away; names compare exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.names import TYPE_DIRECTORY, TYPE_SYMBOLIC_LINK, TYPE_TYPE
from abi.status import Status, StatusError
from executive.ob_objects import ObjectHeader, Objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from executive.ob_objects import ObjectType

    Entries = dict[str, ObjectHeader]  # the body of a directory: name -> header

MAX_LINK_HOPS = 8
MAX_PATH = 255
TYPES_DIRECTORY = "\\ObjectTypes"
BOOT_DIRECTORIES = (
    "\\Device", "\\DosDevices", TYPES_DIRECTORY, "\\Pipe", "\\Section", "\\MQueue", "\\Event", "\\Mutex", "\\Semaphore",
)  # fmt: skip


class Namespace(Objects):
    """Objects that have names."""

    def __init__(self) -> None:
        super().__init__()
        super().create_object_type(TYPE_DIRECTORY)
        super().create_object_type(TYPE_SYMBOLIC_LINK, parse=_through_link)
        super().create_object_type(TYPE_TYPE)
        self._root = self._permanent(TYPE_DIRECTORY, {})
        self._root.name = "\\"
        for path in BOOT_DIRECTORIES:
            self.insert_object(self._permanent(TYPE_DIRECTORY, {}), path)
        for made in list(self.types.values()):
            self._enter_type(made)

    def create_object_type(self, name: str, *procedures: object, **named: object) -> ObjectType:
        made = super().create_object_type(name, *procedures, **named)  # type: ignore[arg-type]
        self._enter_type(made)
        return made

    def _enter_type(self, made: ObjectType) -> None:
        self.insert_object(self._permanent(TYPE_TYPE, made), f"{TYPES_DIRECTORY}\\{made.name}")

    def _permanent(self, type_name: str, body: object) -> ObjectHeader:
        header = self.create_object(type_name, body)
        header.permanent = True
        return header

    # --- names -------------------------------------------------------------------------------------------------

    def insert_object(self, header: ObjectHeader, path: str, temporary: bool = False) -> None:
        """Give an object its name; the caller's reference becomes the name's, unless it is to be *temporary*.

        Raises: OBJECT_NAME_INVALID, OBJECT_NAME_COLLISION; OBJECT_NAME_NOT_FOUND without the directory;
                INVALID_PARAMETER for an object that has a name already; DELETE_PENDING.
        """
        parent_path, name = _split(path)
        if header.name:
            raise StatusError(Status.INVALID_PARAMETER, f"{header} has a name already")
        if header.delete_pending:
            raise StatusError(Status.DELETE_PENDING, f"{header} is going away")
        parent = self.lookup_object(parent_path)
        if parent.type_object.name != TYPE_DIRECTORY:
            raise StatusError(Status.OBJECT_NAME_NOT_FOUND, f"{path}: {parent_path} is no directory")
        entries: Entries = parent.body  # type: ignore[assignment]
        if name in entries:
            raise StatusError(Status.OBJECT_NAME_COLLISION, f"{path} exists already")
        header.name = _join(parent.name, name)
        header.temporary = temporary
        entries[name] = header

    def forget_name(self, header: ObjectHeader) -> None:
        parent_path, name = _split(header.name)
        parent, _rest = self._walk(parent_path)
        entries: Entries = parent.body  # type: ignore[assignment]
        del entries[name]
        header.name = ""

    def delete_object(self, path: str, type_name: str | None = None) -> None:
        """Take an object's name away, of a link the link's own; it ends when nobody holds it any more.

        Raises: OBJECT_NAME_NOT_FOUND; OBJECT_TYPE_MISMATCH unless it is of that type; ACCESS_DENIED for a permanent
                object; DIRECTORY_NOT_EMPTY.
        """
        header, rest = self._walk(path)
        if rest:
            raise _not_found(path)
        if type_name is not None and header.type_object.name != type_name:
            raise StatusError(Status.OBJECT_TYPE_MISMATCH, f"{path[:80]} is a {header.type}, not a {type_name}")
        if header.permanent:
            raise StatusError(Status.ACCESS_DENIED, f"{path} is permanent")
        if header.type_object.name == TYPE_DIRECTORY and header.body:
            raise StatusError(Status.DIRECTORY_NOT_EMPTY, f"{path} has entries")
        self.forget_name(header)
        header.delete_pending = True
        if not header.temporary:
            self.dereference_object(header)

    def create_symbolic_link(self, path: str, target: str) -> None:
        """Make *path* another name for *target*, which need not exist yet."""
        _split(target)
        link = self.create_object(TYPE_SYMBOLIC_LINK, target)
        try:
            self.insert_object(link, path)
        except StatusError:
            self.dereference_object(link)
            raise

    # --- finding -----------------------------------------------------------------------------------------------

    def lookup_object(self, path: str) -> ObjectHeader:
        """The object of that name; symbolic links are followed, also in the middle of a path.

        Raises: OBJECT_NAME_NOT_FOUND; OBJECT_NAME_INVALID after 8 links, or for a path that is none.
        """
        followed = path
        for _hop in range(MAX_LINK_HOPS + 1):
            header, rest = self._walk(followed)
            parse = header.type_object.parse
            if parse is None:
                if rest:
                    raise _not_found(path)
                return header
            followed = parse(header, rest)
        raise StatusError(Status.OBJECT_NAME_INVALID, f"{path[:80]} leads through more than {MAX_LINK_HOPS} links")

    def _walk(self, path: str) -> tuple[ObjectHeader, str]:
        """Down the tree as far as there are directories: (where it came to, what is left of the path).

        Raises: OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID.
        """
        header = self._root
        if path == "\\":
            return header, ""
        _split(path)
        names = path[1:].split("\\")
        for position, name in enumerate(names):
            if header.type_object.name != TYPE_DIRECTORY:
                return header, "\\" + "\\".join(names[position:])
            entries: Entries = header.body  # type: ignore[assignment]
            found = entries.get(name)
            if found is None:
                raise _not_found(path)
            header = found
        return header, ""

    def named_objects(self) -> Iterator[tuple[str, ObjectHeader]]:
        """(path, header) of everything that has a name, the root first, by path."""
        return self._below("\\", self._root)

    def _below(self, path: str, header: ObjectHeader) -> Iterator[tuple[str, ObjectHeader]]:
        yield path, header
        if header.type_object.name == TYPE_DIRECTORY:
            entries: Entries = header.body  # type: ignore[assignment]
            for name in sorted(entries):
                yield from self._below(_join(path, name), entries[name])

    def list_directory(self, path: str) -> list[tuple[str, ObjectHeader]]:
        """(name, header) of a directory's entries, by name. Raises: as `lookup_object`; NOT_A_DIRECTORY."""
        header = self.lookup_object(path)
        if header.type_object.name != TYPE_DIRECTORY:
            raise StatusError(Status.NOT_A_DIRECTORY, f"{path[:80]} is a {header.type}, not a directory")
        return sorted(header.body.items())  # type: ignore[attr-defined]


def _through_link(link: ObjectHeader, rest: str) -> str:
    """The parse procedure of symbolic links: what the link stands for, and what was left."""
    return f"{link.body}{rest}"


def _join(parent: str, name: str) -> str:
    return f"{parent}{name}" if parent == "\\" else f"{parent}\\{name}"


def _split(path: str) -> tuple[str, str]:
    """(path of the directory, name in it). Raises: OBJECT_NAME_INVALID."""
    parent, _, name = path.rpartition("\\")
    if not name or path[:1] != "\\" or len(path) > MAX_PATH or "\\\\" in path:
        raise StatusError(
            Status.OBJECT_NAME_INVALID,
            f"{path[:80]!r}: an object path is \\Directory\\Name of at most {MAX_PATH} characters",
        )
    return parent or "\\", name


def _not_found(path: str) -> StatusError:
    return StatusError(Status.OBJECT_NAME_NOT_FOUND, f"there is no object {path[:80]}")
