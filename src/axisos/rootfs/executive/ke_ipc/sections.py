"""Sections: memory that several processes share (manual, chapter 13.7).

A section holds named values and, beside them, raw bytes; both together take at most its size. Values are plain data
and are copied on their way in and on their way out, so what processes share is what they have stored, never an object.
Nothing locks a section but a mutex that its users agree on; each single load or store is whole.

    process 20 --- view ---+
                           +---> Section {"counter": 200}
    process 21 --- view ---+

Always so   a section keeps within its size; its name is free when its last handle is closed, its content is gone when
            its last view is, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abi import access as mask
from abi.names import TYPE_SECTION
from abi.sealed import Sealed
from abi.status import Status, StatusError
from executive.ke_ipc.named_objects import OWNER_ONLY, NamedObjects
from executive.plain import copy_plain
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from executive.limits import Charge
    from executive.ob_manager import ObjectManager
    from executive.ob_objects import ObjectHeader
    from executive.process import Thread

    Handle = str | int

DEFAULT_SIZE = 4096
MAX_SIZE = 1 << 20
BYTES_PER_VALUE = 16  # accounted for each value, whatever it is; text and bytes count on top


class Section:
    """The shared memory itself."""

    __slots__ = ("charge", "costs", "raw", "size", "used", "values")

    def __init__(self, size: int, charge: Charge) -> None:
        self.size = size
        self.charge = charge
        self.values: dict[str, object] = {}
        self.costs: dict[str, int] = {}
        self.used = 0  # accounted bytes of names, values and raw bytes
        self.raw = bytearray()  # grows up to the last byte ever written

    def load(self, name: str) -> object:
        """A copy of a value that is there."""
        return copy_plain(self.values[name])

    def store(self, name: str, value: object) -> None:
        """Keep a copy of a value. Raises: INVALID_PARAMETER for what is not plain data; QUOTA_EXCEEDED."""
        copied = copy_plain(value, name[:80])
        cost = _cost(name) + _cost(copied)
        self._book(cost - self.costs.get(name, 0), f"value {name[:80]!r}")
        self.costs[name] = cost
        self.values[name] = copied

    def delete(self, name: str) -> None:
        """Forget a value that is there."""
        del self.values[name]
        self.used -= self.costs.pop(name)

    def read(self, offset: int, count: int) -> bytes:
        """Raw bytes, as many as there are up to the section's size; those never written are 0."""
        count = max(0, min(count, self.size - offset))
        return bytes(self.raw[offset : offset + count]).ljust(count, b"\0")

    def write(self, offset: int, data: bytes) -> None:
        """Set raw bytes. Raises: QUOTA_EXCEEDED."""
        end = offset + len(data)
        if end > self.size:
            raise StatusError(Status.QUOTA_EXCEEDED, f"bytes up to {end} do not fit into a section of {self.size}")
        growth = end - len(self.raw)
        if growth > 0:
            self._book(growth, f"{growth} more bytes")
            self.raw.extend(bytes(growth))
        self.raw[offset:end] = data

    def _book(self, growth: int, what: str) -> None:
        if self.used + growth > self.size:
            raise StatusError(
                Status.QUOTA_EXCEEDED,
                f"{what}: the section would hold {self.used + growth} accounted bytes of at most {self.size}",
            )
        self.used += growth


def _cost(value: Any) -> int:
    """The accounted bytes of plain data."""
    kind = type(value)
    if kind is str:
        return BYTES_PER_VALUE + len(value.encode("utf-8", "surrogatepass"))
    if kind is bytes:
        return BYTES_PER_VALUE + len(value)
    if kind is int:
        return BYTES_PER_VALUE + int(value.bit_length()) // 64 * 8
    if kind is list or kind is tuple:
        return BYTES_PER_VALUE + sum([_cost(item) for item in value])
    if kind is dict:
        return BYTES_PER_VALUE + sum([_cost(part) for pair in value.items() for part in pair])
    return BYTES_PER_VALUE


def make_view(section: Section, writable: bool) -> Any:
    """What a program sees of a section: a mapping of names to values, whose values are also its attributes.

    The class is made for this one view, and the section is in its functions' closure: a program can look into the
    attributes of objects and write to those of functions, so nothing of the kernel's may stand in the first, and
    no two processes may share the second.
    """

    def name_of(name: object) -> str:
        if type(name) is not str:
            raise StatusError(Status.INVALID_PARAMETER, "the names of a section's values are str")
        return name

    def there(name: object) -> bool:
        return type(name) is str and name in section.values

    def require_writable() -> None:
        if not writable:
            raise StatusError(Status.ACCESS_DENIED, "the section was opened for reading only")

    class SectionView(metaclass=Sealed):
        """A live view of a section: loads and stores copy plain data; everybody sees every change at once."""

        __slots__ = ()
        __hash__ = None  # type: ignore[assignment]

        def __getitem__(self, name: str) -> object:
            if not there(name):
                raise KeyError(name)
            return section.load(name)

        def __setitem__(self, name: str, value: object) -> None:
            require_writable()
            section.store(name_of(name), value)

        def __delitem__(self, name: str) -> None:
            require_writable()
            if not there(name):
                raise KeyError(name)
            section.delete(name)

        def __contains__(self, name: object) -> bool:
            return there(name)

        def __iter__(self) -> Iterator[str]:
            return iter(list(section.values))

        def __len__(self) -> int:
            return len(section.values)

        def __eq__(self, other: object) -> bool:
            return self is other or self.copy() == other

        def __getattr__(self, name: str) -> object:
            if not there(name):
                raise AttributeError(f"the section has no value {name!r}")
            return section.load(name)

        def __setattr__(self, name: str, value: object) -> None:
            if name_of(name)[:1] == "_" or hasattr(SectionView, name):
                raise AttributeError(f"{name!r} is not for values; as an item, view[{name!r}] takes every name")
            self[name] = value

        def __delattr__(self, name: str) -> None:
            if not there(name):
                raise AttributeError(f"the section has no value {name!r}")
            del self[name]

        def __repr__(self) -> str:
            return f"<SectionView of {section.size} bytes: {', '.join(section.values)}>"

        def keys(self) -> list[str]:
            return list(section.values)

        def values(self) -> list[object]:
            return list(self.copy().values())

        def items(self) -> list[tuple[str, object]]:
            return list(self.copy().items())

        def copy(self) -> dict[str, object]:
            """All values, as they are now."""
            return {name: section.load(name) for name in section.values}

        def get(self, name: str, default: object = None) -> object:
            return section.load(name) if there(name) else default

        def setdefault(self, name: str, default: object = None) -> object:
            if not there(name):
                self[name] = default
            return section.load(name)

        def pop(self, name: str, *default: object) -> object:
            if default and not there(name):
                return default[0]
            value = self[name]
            del self[name]
            return value

        def update(self, other: Any = (), **more: object) -> None:
            for name, value in dict(other, **more).items():
                self[name] = value

        def clear(self) -> None:
            for name in list(section.values):
                del self[name]

        def size(self) -> int:
            """How many bytes it may hold."""
            return section.size

        def used(self) -> int:
            """How many accounted bytes it holds."""
            return section.used

        def read_bytes(self, offset: int = 0, count: int | None = None) -> bytes:
            """*count* raw bytes from *offset*, fewer at the end of the section; None means up to there."""
            if type(offset) is not int or offset < 0 or (count is not None and (type(count) is not int or count < 0)):
                raise StatusError(Status.INVALID_PARAMETER, "read_bytes: offset and count are 0 or more")
            return section.read(offset, section.size if count is None else count)

        def write_bytes(self, offset: int, data: bytes) -> None:
            """Set the raw bytes from *offset* on. Raises: QUOTA_EXCEEDED beyond the section's size."""
            require_writable()
            if type(offset) is not int or offset < 0 or type(data) is not bytes:
                raise StatusError(Status.INVALID_PARAMETER, "write_bytes: an offset of 0 or more, and bytes")
            section.write(offset, data)

    return SectionView()


class Sections:
    """The section calls of one machine."""

    def __init__(self, ob: ObjectManager) -> None:
        self._ob = ob
        self._named = NamedObjects(ob, "\\Section", TYPE_SECTION)
        self._type = ob.create_object_type(TYPE_SECTION, delete=self._section_deleted)
        self.section_created = 0

    @property
    def sections(self) -> int:
        """How many there are."""
        return self._type.total_objects

    def _section_deleted(self, header: ObjectHeader) -> None:
        section = header.body
        assert isinstance(section, Section)
        section.charge.release()

    @syscall(rings=ANY_RING)
    def ke_create_section(
        self, thread: Thread, name: str | None = None, size: int = DEFAULT_SIZE, permissions: str = OWNER_ONLY
    ) -> str:
        """New shared memory, empty.

        Args:    name: by which others open it, None for none. size: bytes that it may hold, up to 1 MiB. permissions:
                 who may open it, three octal digits for owner, group and others.
        Returns: a handle with all rights.
        Raises:  OBJECT_NAME_COLLISION, OBJECT_NAME_INVALID, INVALID_PARAMETER; QUOTA_EXCEEDED at the limits
                 section_bytes and user_section_bytes; HANDLE_TABLE_FULL.
        """
        if not 1 <= size <= MAX_SIZE:
            raise StatusError(
                Status.INVALID_PARAMETER, f"ke_create_section: a section has 1 to {MAX_SIZE} bytes, not {size}"
            )
        process = thread.process
        charge = process.charge_for("section_bytes", size)
        try:
            handle = self._named.make_held(process, name, Section(size, charge), permissions)
        except BaseException:
            charge.release()
            raise
        self.section_created += 1
        return handle

    @syscall(rings=ANY_RING)
    def ke_open_section(self, thread: Thread, name: str) -> str:
        """A handle to the section of that name, with what its permissions allow the caller.

        Raises: OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, ACCESS_DENIED, HANDLE_TABLE_FULL.
        """
        return self._named.open(thread.process, name)

    @syscall(rings=ANY_RING)
    def ke_map_section(self, thread: Thread, handle: Handle) -> object:
        """A live view of a section, which lasts beyond the handle.

        Returns: a mapping of names to plain data, of which reading gives copies and into which storing puts copies;
                 `view.name` is `view["name"]`; `read_bytes(offset, count)` and `write_bytes(offset, data)` reach its
                 raw bytes. Without WRITE in the handle the view cannot be written.
        Raises:  INVALID_HANDLE, ACCESS_DENIED (no READ), OBJECT_TYPE_MISMATCH. Storing raises INVALID_PARAMETER for
                 what is not plain data, QUOTA_EXCEEDED beyond the size, ACCESS_DENIED.
        """
        section = self._ob.body_of(thread.process, handle, mask.READ, TYPE_SECTION)
        assert isinstance(section, Section)
        access = self._ob.resolve(thread.process, handle).granted_access
        return make_view(section, bool(access & mask.WRITE))
