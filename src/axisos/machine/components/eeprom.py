"""The EEPROM: 4,096 bytes of program and 256 bytes of data that survive everything but a new program.

The machine starts what is in it. `saved` is called whenever something changed, for hosts that keep a chip in a file.
"""

from __future__ import annotations

from zlib import crc32

from axisos.machine import arguments
from axisos.machine.component import Component, callback
from axisos.machine.errors import DISK_FULL, INVALID_PARAMETER, READ_ONLY, soft, thrown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

CODE_BYTES = 4096
DATA_BYTES = 256
LABEL_CHARACTERS = 24
_MAGIC = b"AXEE1"


class Eeprom(Component):
    """One chip."""

    type = "eeprom"
    device_class = "memory"
    device_description = "EEPROM"

    def __init__(self, address: str, code: bytes = b"", data: bytes = b"", label: str = "EEPROM") -> None:
        super().__init__(address)
        self.code = code
        self.data = data
        self.label = label
        self.readonly = False
        self.saved: Callable[[], object] | None = None

    def image(self) -> bytes:
        """Everything in the chip, for `restore`."""
        label = self.label.encode()
        head = bytes((self.readonly, len(label))) + label + len(self.data).to_bytes(2, "little")
        return _MAGIC + head + self.data + self.code

    def restore(self, image: bytes) -> None:
        """Fill the chip from an image. Raises ValueError if it is none."""
        if not image.startswith(_MAGIC) or len(image) < 9:
            raise ValueError("not an EEPROM image")
        label_end = 7 + image[6]
        data_end = label_end + 2 + int.from_bytes(image[label_end : label_end + 2], "little")
        self.readonly = bool(image[5])
        self.label = image[7:label_end].decode("utf-8", "replace")
        self.data = image[label_end + 2 : data_end]
        self.code = image[data_end:]

    def _changed(self, pause: float) -> None:
        if self.saved is not None:
            self.saved()
        self.pause(pause)

    def _check_writable(self) -> None:
        if self.readonly:
            raise soft("storage is readonly", READ_ONLY)

    @callback(doc="function():string -- The program.")
    def get(self) -> bytes:
        """The program."""
        return self.code

    @callback(direct=False, doc="function([data:string]) -- Replaces the program.")
    def set(self, data: Any = None) -> None:
        """Replace the program. Raises: "storage is readonly" (soft), "not enough space"."""
        self._check_writable()
        code = b"" if data is None else arguments.data(data, 1)
        if len(code) > CODE_BYTES:
            raise thrown("not enough space", DISK_FULL)
        self.code = code
        self._changed(2.0)

    @callback(doc="function():string -- The label.")
    def get_label(self) -> str:
        """The label."""
        return self.label

    @callback(direct=False, doc="function([label:string]):string -- Sets the label; returns what it became.")
    def set_label(self, label: Any = None) -> str:
        """Set the label: trimmed, 24 characters, "EEPROM" if empty. Raises: "storage is readonly" (soft)."""
        self._check_writable()
        self.label = arguments.optional_text(label, 1, "").strip()[:LABEL_CHARACTERS].strip() or "EEPROM"
        self._changed(0.0)
        return self.label

    @callback(doc="function():number -- How many bytes a program may have.")
    def get_size(self) -> int:
        """How many bytes a program may have."""
        return CODE_BYTES

    @callback(doc="function():number -- How many bytes the data area has.")
    def get_data_size(self) -> int:
        """How many bytes the data area has."""
        return DATA_BYTES

    @callback(doc="function():string -- CRC-32 of the program, its bytes little-endian, in hexadecimal.")
    def get_checksum(self) -> str:
        """CRC-32 of the program, its bytes little-endian, in hexadecimal."""
        return crc32(self.code).to_bytes(4, "little").hex()

    @callback(doc="function(checksum:string):boolean -- Locks program and label for ever.")
    def make_readonly(self, checksum: Any = None) -> bool:
        """Lock program and label for ever. Raises: "incorrect checksum" (soft)."""
        if arguments.text(checksum, 1) != self.get_checksum():
            raise soft("incorrect checksum", INVALID_PARAMETER)
        self.readonly = True
        self._changed(0.0)
        return True

    @callback(doc="function():string -- The data area.")
    def get_data(self) -> bytes:
        """The data area."""
        return self.data

    @callback(direct=False, doc="function([data:string]) -- Replaces the data area.")
    def set_data(self, data: Any = None) -> None:
        """Replace the data area, locked or not. Raises: "not enough space"."""
        fresh = b"" if data is None else arguments.data(data, 1)
        if len(fresh) > DATA_BYTES:
            raise thrown("not enough space", DISK_FULL)
        self.data = fresh
        self._changed(1.0)
