r"""Raw drives: one process for each, its node `/dev/drive_<address>_<number>` for uid 0 only.

    READ, WRITE    bytes at the position of this open, which moves along and can be moved; the end of the drive is the
                   end of what can be read, and 616 for who wants to write there
    control info                      -> {sector_size, capacity, platters, sector_count, label}
    control read_sector [n]           -> the bytes of sector n; the first is 1
    control write_sector [n, data]    -> how many bytes were written; a short sector keeps the rest of what was there
    control batch_read [[n, ...]]     -> a list, False where a sector could not be read
    control batch_write [[[n, data], ...]]  -> how many sectors were written, in their order, before one failed

A batch that is not right in every part is refused before anything is written. One whose very first sector fails, fails.

Always so   one request touches MOST_SECTORS at most, for a driver gives nobody else a turn while it works; of a READ or
            WRITE that wants more, the beginning is done.
"""

from __future__ import annotations

from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axis.guest import env

    Write = tuple[int, bytes]

DRIVER_INFO = {
    "driver_name": "AxisBlockDev", "driver_type": "ComponentModeDriver", "supported_component": "drive",
    "load_priority": 300, "version": "1.0.0",
}

COMPONENT = "drive"
MOST_SECTORS = 2048
READ_BYTES = 65_536  # for who asks for whatever there is


class BlockDevice:
    """One drive."""

    def __init__(self, drive: Any) -> None:
        self._drive = drive
        self._sector_size: int = drive.getSectorSize()
        self.capacity: int = drive.getCapacity()
        self._sectors = self.capacity // self._sector_size
        self._methods: dict[str, tuple[Callable[..., object], int]] = {
            "info": (self.info, 0), "read_sector": (self.read_sector, 1), "write_sector": (self.write_sector, 2),
            "batch_read": (self.batch_read, 1), "batch_write": (self.batch_write, 1),
        }

    def read(self, device: dk.DeviceObject, irp: dk.Irp) -> bytes:
        """READ: what follows the position, up to the end of the drive."""
        start, length = irp.parameters.offset, irp.parameters.length
        wanted = READ_BYTES if length is None else length
        if wanted < 0:
            raise _invalid(f"cannot read {wanted} bytes")
        size = self._sector_size
        end = min(self.capacity, start + wanted, (start // size + MOST_SECTORS) * size)
        first = start // size
        sectors = [self._ask("readSector", number + 1) for number in range(first, -(-end // size))]
        return b"".join(sectors)[start - first * size : end - first * size]

    def write(self, device: dk.DeviceObject, irp: dk.Irp) -> int:
        """WRITE: as much as there is room for behind the position; how much that was."""
        position, data, size = irp.parameters.offset, irp.parameters.data, self._sector_size
        end = min(self.capacity, position + len(data), (position // size + MOST_SECTORS) * size)
        if data and position >= self.capacity:
            raise dk.StatusError(dk.Status.DISK_FULL, f"the drive ends after {self.capacity} bytes")
        written = 0
        while position + written < end:
            number, inside = divmod(position + written, size)
            piece = data[written : written + min(size - inside, end - position - written)]
            before = self._ask("readSector", number + 1)[:inside] if inside else b""
            self._ask("writeSector", number + 1, before + piece)
            written += len(piece)
        return written

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """DEVICE_CONTROL: one of the methods above."""
        name, args = irp.parameters.method, irp.parameters.args
        if name not in self._methods:
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"a drive has no method {name!r}")
        method, count = self._methods[name]
        if len(args) != count:
            raise _invalid(f"{name} takes {count} arguments, not {len(args)}")
        return method(*args)

    def info(self) -> dict[str, object]:
        """What drive this is; sizes in bytes."""
        return {
            "sector_size": self._sector_size, "capacity": self.capacity, "platters": self._ask("getPlatterCount"),
            "sector_count": self._sectors, "label": self._ask("getLabel"),
        }

    def read_sector(self, number: object) -> object:
        return self._ask("readSector", self._checked(number))

    def write_sector(self, number: object, data: object) -> int:
        sector, content = self._checked_write(number, data)
        self._ask("writeSector", sector, content)
        return len(content)

    def batch_read(self, numbers: object) -> list[object]:
        found: list[object] = []
        for number in _checked_batch(numbers, "sector numbers"):
            if type(number) is not int:
                raise _invalid(f"a sector has a number, not {number!r:.20}")
            try:
                found.append(self.read_sector(number))
            except dk.StatusError:
                found.append(False)
        return found

    def batch_write(self, writes: object) -> int:
        pairs: list[Write] = []
        for each in _checked_batch(writes, "[number, data] pairs"):
            if type(each) not in (list, tuple) or len(each) != 2:
                raise _invalid(f"batch_write takes [number, data] pairs, not {each!r:.20}")
            pairs.append(self._checked_write(*each))
        written = 0
        for sector, content in pairs:
            try:
                self._ask("writeSector", sector, content)
            except dk.StatusError:
                if not written:
                    raise
                break
            written += 1
        return written

    def _ask(self, method: str, *args: object) -> Any:
        """Call the drive; its reason becomes ours."""
        try:
            return getattr(self._drive, method)(*args)
        except Exception as error:
            raise dk.StatusError(getattr(error, "status", dk.Status.UNSUCCESSFUL), str(error)) from None

    def _checked(self, number: object) -> int:
        if type(number) is not int or not 1 <= number <= self._sectors:
            raise _invalid(f"sectors are numbered from 1 to {self._sectors}; there is no {number!r:.20}")
        return number

    def _checked_write(self, number: object, data: object) -> Write:
        if type(data) is not bytes or not 0 < len(data) <= self._sector_size:
            given = f"{len(data)} bytes" if type(data) is bytes else type(data).__name__
            raise _invalid(f"a sector takes 1 to {self._sector_size} bytes, not {given}")
        return self._checked(number), data


def _checked_batch(batch: Any, of: str) -> list[Any]:
    if type(batch) not in (list, tuple) or len(batch) > MOST_SECTORS:
        raise _invalid(f"a batch is a list of up to {MOST_SECTORS} {of}")
    return list(batch)


def _invalid(what: str) -> dk.StatusError:
    return dk.StatusError(dk.Status.INVALID_PARAMETER, what)


def driver_entry(driver: dk.DriverObject) -> None:
    """Serve the drive that this process was started for."""
    address = env.get("address")
    if not address:
        raise _invalid("the block device driver needs the address of a drive")
    try:
        drive = BlockDevice(dk.get_hardware_proxy(address))
    except Exception as error:
        raise dk.StatusError(dk.Status.DEVICE_NOT_READY, f"no drive at {address}: {error}") from None
    driver.dispatch[dk.IRP_MJ_CREATE] = driver.dispatch[dk.IRP_MJ_CLOSE] = lambda device, irp: None
    driver.dispatch[dk.IRP_MJ_READ] = drive.read
    driver.dispatch[dk.IRP_MJ_WRITE] = drive.write
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = drive.control
    dk.set_seekable(dk.create_component_device(driver, COMPONENT), drive.capacity)


def driver_unload(driver: dk.DriverObject) -> None:
    """Take the device away; its link goes with it."""
    if driver.device_object is not None:
        dk.delete_device(driver.device_object)


if __name__ == "__main__":
    dk.run(driver_entry, driver_unload)
