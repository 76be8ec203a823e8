"""Further boards of a machine, by description: what `Machine(components=...)` and `axisos --component` take.

    drive:file=disk.img             an unmanaged disk in a file of the host, which must be there
    drive:file=disk.img,size=4M     likewise; made if it is not there
    drive:size=2M                   in memory, gone with the machine; 2M if there is no size
          further keys: label=TEXT, address=UUID, readonly
    reactor                         the simulated reactor: some 16 boards around one core
    reactor:layout=FRF/.C.          with these columns

Called by   the machine and the command line. A description is read, and a disk's file opened and locked, when its
            blueprint is made, so that a mistake is told before anything boots; the boards are made with their machine.
Owns        the table of types. A type that machines are to be made with gets a row there.
"""

from __future__ import annotations

import re

from axisos.machine.disk_image import MEMORY_BYTES, SECTOR_BYTES, FileImage, MemoryImage, UnusableImage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axisos.machine.component import Component

    Options = dict[str, str]
    NewAddress = Callable[[str], str]  # a permanent address for a further board of a type
    Now = Callable[[], float]  # machine time, seconds
    Build = Callable[[NewAddress, Now], list[Component]]
    Maker = Callable[[Options], "Blueprint"]

DRIVE_BYTES = 2 << 20
_SIZE = re.compile(r"(?P<count>[0-9]{1,15})(?P<unit>[KMG]?)(?:i?B)?", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_ADDRESS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FLAG = "true"


class UnusableHardware(ValueError):
    """What is described cannot be had: one line for the user."""


class Blueprint:
    """Boards that can be made once. `build(address, now)` makes them; `close` lets go of what they would have held."""

    def __init__(self, kind: str, build: Build, close: Callable[[], object] = lambda: None) -> None:
        self.kind = kind
        self.build = build
        self.close = close


def blueprint(description: str) -> Blueprint:
    """What a description, `TYPE[:KEY=VALUE,...]`, stands for. Raises UnusableHardware."""
    kind, _, rest = description.partition(":")
    make = _KINDS.get(kind)
    if make is None:
        raise UnusableHardware(f"{kind!r} is no component that can be added; there are {', '.join(_KINDS)}")
    known, maker = make
    options: Options = {}
    for part in rest.split(",") if rest else ():
        key, equals, value = part.partition("=")
        if key not in known:
            raise UnusableHardware(f"{kind}: unknown key {key!r}; there are {', '.join(known)}")
        if key in options:
            raise UnusableHardware(f"{kind}: {key} is given twice")
        options[key] = value if equals else _FLAG
    return maker(options)


def drive_blueprint(text: str) -> Blueprint:
    """The drive of `--drive FILE[:SIZE]`: what follows the last colon is a size if it looks like one.

    Raises UnusableHardware.
    """
    path, colon, size = text.rpartition(":")
    if colon and path and _SIZE.fullmatch(size):
        return _drive({"file": path, "size": size})
    return _drive({"file": text})


def size_in_bytes(text: str) -> int:
    """The bytes of `512`, `720K`, `4M`, `1G`: whole sectors. Raises UnusableHardware."""
    match = _SIZE.fullmatch(text)
    size = int(match["count"]) * _UNITS[match["unit"].upper()] if match else 0
    if size == 0 or size % SECTOR_BYTES:
        raise UnusableHardware(f"drive: {text!r} is no size: whole sectors of {SECTOR_BYTES} bytes, as 720K, 4M or 1G")
    return size


def _drive(options: Options) -> Blueprint:
    """An unmanaged disk."""
    file, label = options.get("file"), options.get("label")
    size = size_in_bytes(options["size"]) if "size" in options else None
    read_only = _flag("drive", options, "readonly")
    own_address = options.get("address")
    if own_address is not None and not _ADDRESS.fullmatch(own_address):
        raise UnusableHardware(f"drive: {own_address!r} is no address: a UUID in small letters, 8-4-4-4-12")
    image: FileImage | MemoryImage
    if file is not None:
        try:
            image = FileImage(file, size, read_only)
        except UnusableImage as error:
            raise UnusableHardware(str(error)) from None
    elif (size or DRIVE_BYTES) > MEMORY_BYTES:
        raise UnusableHardware(f"drive: a disk in memory has at most {MEMORY_BYTES >> 20}M; give it a file")
    elif read_only:
        raise UnusableHardware("drive: only a disk with a file can be read-only")
    else:
        image = MemoryImage(size or DRIVE_BYTES)

    def build(address: NewAddress, _now: Now) -> list[Component]:
        from axisos.machine.components.drive import Drive

        return [Drive(own_address or address("drive"), image, label)]

    return Blueprint("drive", build, image.close)


def _reactor(options: Options) -> Blueprint:
    """The simulated reactor."""
    from axisos.machine.components.reactor import LAYOUT, build, parse_layout

    layout = options.get("layout", LAYOUT)
    try:
        parse_layout(layout)
    except ValueError as error:
        raise UnusableHardware(f"reactor: {error}") from None
    return Blueprint("reactor", lambda address, now: list(build(layout, address, now)))


def _flag(kind: str, options: Options, key: str) -> bool:
    value = options.get(key, "false")
    if value not in (_FLAG, "false"):
        raise UnusableHardware(f"{kind}: {key} is true or false, not {value!r}")
    return value == _FLAG


_KINDS: dict[str, tuple[tuple[str, ...], Maker]] = {  # type -> its keys, what makes its blueprint
    "drive": (("file", "size", "label", "address", "readonly"), _drive),
    "reactor": (("layout",), _reactor),
}
