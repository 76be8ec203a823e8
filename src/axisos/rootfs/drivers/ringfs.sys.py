r"""RingFS: the newest bytes of a log, `/dev/ringlog`.

    WRITE               appends; what exceeds the size falls off at the old end
    READ                what is there, nothing is consumed; the next READ of the same open gets only what was written
                        since, so a reader comes to an end. After a loss it starts at the beginning of a line.
    control clear       forgets everything
    control resize [n]  keeps at most n bytes from now on, n > 0
"""

from __future__ import annotations

from collections import deque

from axis import dk

DRIVER_INFO = {
    "driver_name": "AxisRingFS", "driver_type": "KernelModeDriver",
    "load_priority": 400, "version": "1.0.0",
}

DEVICE = "\\Device\\ringlog"
LINK = "/dev/ringlog"
DEFAULT_SIZE = 4096  # bytes


class RingLog:
    """The newest bytes of an endless stream. Positions count from the stream's beginning, not the buffer's."""

    def __init__(self, max_size: int) -> None:
        self.max_size = max_size
        self.start = 0  # position of the oldest byte that is kept
        self.end = 0  # position after the newest one
        self._chunks: deque[bytes] = deque()

    def append(self, data: bytes) -> None:
        """Add to the new end."""
        self._chunks.append(data)
        self.end += len(data)
        self._trim()

    def resize(self, max_size: int) -> None:
        """Keep at most *max_size* bytes."""
        self.max_size = max_size
        self._trim()

    def clear(self) -> None:
        """Forget what is kept."""
        self._chunks.clear()
        self.start = self.end

    def read_from(self, position: int, length: int | None) -> tuple[bytes, int]:
        """What follows *position*, at most *length* bytes, and the position after it.

        A position that has fallen off moves to the oldest line that is whole.
        """
        kept = b"".join(self._chunks)
        if len(self._chunks) > 1:
            self._chunks = deque([kept])
        first = position - self.start
        if first < 0:
            first = kept.find(b"\n") + 1 if self.start > 0 else 0
        last = len(kept) if length is None else min(len(kept), first + length)
        return kept[first:last], self.start + last

    def _trim(self) -> None:
        chunks = self._chunks
        excess = self.end - self.start - self.max_size
        while excess > 0:
            oldest = chunks.popleft()
            if len(oldest) > excess:
                chunks.appendleft(oldest[excess:])
                self.start += excess
                return
            self.start += len(oldest)
            excess -= len(oldest)


class RingFs:
    """The driver: one log, and how far each open of it has read."""

    def __init__(self) -> None:
        self.log = RingLog(DEFAULT_SIZE)
        self._positions: dict[int, int] = {}  # file id -> position of its next byte

    def create(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        """A new open has read nothing: it begins before the oldest byte, wherever that is by then."""
        self._positions[irp.file_id] = -1

    def close(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        self._positions.pop(irp.file_id, None)

    def read(self, device: dk.DeviceObject, irp: dk.Irp) -> bytes:
        length = irp.parameters.length
        if length is not None and length < 0:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"cannot read {length} bytes")
        data, position = self.log.read_from(self._positions.get(irp.file_id, -1), length)
        if irp.file_id in self._positions:
            self._positions[irp.file_id] = position
        return data

    def write(self, device: dk.DeviceObject, irp: dk.Irp) -> int:
        data = irp.parameters.data
        if not data:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, "there is no data to write")
        self.log.append(data)
        return len(data)

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        method, args = irp.parameters.method, irp.parameters.args
        if method == "clear":
            self.log.clear()
        elif method == "resize":
            size = args[0] if args else None
            if type(size) is not int or size <= 0:
                raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"resize takes the new size in bytes, not {size!r}")
            self.log.resize(size)
        else:
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"{LINK} has no control method {method!r}")


def driver_entry(driver: dk.DriverObject) -> None:
    """Serve one log."""
    ring = RingFs()
    driver.dispatch[dk.IRP_MJ_CREATE] = ring.create
    driver.dispatch[dk.IRP_MJ_CLOSE] = ring.close
    driver.dispatch[dk.IRP_MJ_READ] = ring.read
    driver.dispatch[dk.IRP_MJ_WRITE] = ring.write
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = ring.control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver: dk.DriverObject) -> None:
    """Take the device away."""
    dk.delete_symbolic_link(LINK)
    dk.delete_device(DEVICE)


if __name__ == "__main__":
    dk.run(driver_entry, driver_unload)
