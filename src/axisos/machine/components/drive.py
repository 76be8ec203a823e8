"""An unmanaged disk: numbered sectors of 512 bytes, and nobody who knows what they mean.

Sectors and bytes count from 1, and a byte is read as a signed number: the game's customs, kept on the wire. With timing
"oc" each access has its price, and a far move of the head makes the machine wait.

Always so   the image has exactly `getCapacity()` bytes; what does not lie within it is refused before it is touched.
"""

from __future__ import annotations

from axisos.machine import arguments
from axisos.machine.component import Component, callback
from axisos.machine.disk_image import SECTOR_BYTES
from axisos.machine.errors import READ_ONLY, soft, thrown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axisos.machine.component import Callback
    from axisos.machine.disk_image import FileImage, MemoryImage

LABEL_CHARACTERS = 16
SEEK_SECTORS = 128  # a move of the head beyond so many takes SEEK_S
SEEK_S = 0.1
TIERS = ((512 << 10, 1), (1 << 20, 2), (2 << 20, 4), (4 << 20, 8))  # bytes, platters: floppy, and disks of tier 1 to 3
_PRICES = {  # calls a tick, for a floppy and disks of tier 1 to 3
    "readSector": (20, 30, 40, 50), "writeSector": (10, 15, 20, 25),
    "readByte": (64, 80, 96, 112), "writeByte": (32, 40, 48, 56),
}  # fmt: skip


def tier_of(capacity: int) -> int:
    """The tier, 0 for a floppy, of the smallest disk that holds so many bytes; 3 for all that are larger."""
    return next((tier for tier, (size, _) in enumerate(TIERS) if capacity <= size), len(TIERS) - 1)


class Drive(Component):
    """One disk over an image. `tier` 0 to 3 sets its prices and platters; it follows from the size if it is None."""

    type = "drive"
    device_class = "disk"
    device_description = "Hard disk drive"

    def __init__(
        self, address: str, image: MemoryImage | FileImage, label: str | None = None, *, tier: int | None = None
    ) -> None:
        super().__init__(address, 5)
        self.image = image
        self.label = (label or "")[:LABEL_CHARACTERS] or None
        self.tier = tier_of(image.capacity) if tier is None else tier
        self._sectors = image.capacity // SECTOR_BYTES
        self._head = 0

    def started(self) -> None:
        self._head = 0

    def stopped(self) -> None:
        self.image.flush()

    def dispose(self) -> None:
        self.image.close()

    def price(self, method: Callback, args: tuple[Any, ...]) -> float:
        rates = _PRICES.get(method.name)
        return method.cost if rates is None else 1 / rates[self.tier]

    def device_info(self) -> dict[str, str]:
        size = str(self.image.capacity)
        return {**super().device_info(), "capacity": size, "size": size}

    # -- sizes and label ----------------------------------------------------------------------------------------

    @callback(doc="function():number -- How many bytes the disk has.")
    def get_capacity(self) -> int:
        """How many bytes the disk has."""
        return self.image.capacity

    @callback(doc="function():number -- How many bytes a sector has.")
    def get_sector_size(self) -> int:
        """How many bytes a sector has."""
        return SECTOR_BYTES

    @callback(doc="function():number -- How many platters the disk has.")
    def get_platter_count(self) -> int:
        """How many platters the disk has."""
        return TIERS[self.tier][1]

    @callback(doc="function():string or nil -- The label.")
    def get_label(self) -> str | None:
        """The label."""
        return self.label

    @callback(direct=False, doc="function(label:string or nil):string or nil -- Sets the label, 16 characters.")
    def set_label(self, label: Any = None) -> str | None:
        """Set or clear the label, 16 characters. It is no part of the image."""
        self.label = arguments.optional_text(label, 1, "")[:LABEL_CHARACTERS] or None
        return self.label

    # -- sectors ------------------------------------------------------------------------------------------------

    @callback(doc="function(sector:number):string -- Reads a sector; the first is 1.")
    def read_sector(self, sector: Any = None) -> bytes:
        """One whole sector. Raises: "invalid offset, not in a usable sector"."""
        return self.image.read(self._seek(arguments.integer(sector, 1)), SECTOR_BYTES)

    @callback(doc="function(sector:number, data:string) -- Writes the beginning of a sector, or all of it.")
    def write_sector(self, sector: Any = None, data: Any = None) -> None:
        """Write a sector: what is too long is cut off, what is short leaves the rest of the sector as it was.

        Raises: "invalid offset, not in a usable sector"; soft: "drive is read only".
        """
        number, content = arguments.integer(sector, 1), arguments.data(data, 2)
        offset = self._seek(number)
        self._check_writable()
        self.image.write(offset, content[:SECTOR_BYTES])

    @callback(doc="function(offset:number):number -- Reads a byte as a signed number; the first is 1.")
    def read_byte(self, offset: Any = None) -> int:
        """One byte, -128 to 127. Raises: "invalid offset, not in a usable sector"."""
        return int.from_bytes(self.image.read(self._seek_byte(offset), 1), signed=True)

    @callback(doc="function(offset:number, value:number) -- Writes a byte: the value's low 8 bits.")
    def write_byte(self, offset: Any = None, value: Any = None) -> None:
        """Write one byte. Raises: "invalid offset, not in a usable sector"; soft: "drive is read only"."""
        offset, low = arguments.integer(offset, 1), arguments.integer(value, 2) & 255
        place = self._seek_byte(offset)
        self._check_writable()
        self.image.write(place, bytes((low,)))

    # -- inside -------------------------------------------------------------------------------------------------

    def _seek(self, sector: int) -> int:
        """Move the head over a sector; its first byte's place in the image."""
        if not 1 <= sector <= self._sectors:
            raise thrown("invalid offset, not in a usable sector")
        here = (sector - 1) % max(1, self._sectors // TIERS[self.tier][1])
        if abs(here - self._head) > SEEK_SECTORS:
            self.pause(SEEK_S)
        self._head = here
        return (sector - 1) * SECTOR_BYTES

    def _seek_byte(self, offset: Any) -> int:
        place = arguments.integer(offset, 1) - 1
        return self._seek(place // SECTOR_BYTES + 1) + place % SECTOR_BYTES

    def _check_writable(self) -> None:
        if self.image.read_only:
            raise soft("drive is read only", READ_ONLY)
