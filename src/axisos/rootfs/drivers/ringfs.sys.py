r"""RingFS: the newest bytes of a log, `/dev/ringlog`.

    WRITE                 appends; what exceeds the size falls off at the old end, and is counted
    READ                  what is there, nothing is consumed; the next READ of the same open gets only what was written
                          since, so a reader comes to an end. It begins at the beginning of a line.
    control follow [on]   the READs of this open wait until there is something new, instead of coming to an end
    control stats         {size, used, written, dropped, dropped_lines, readers}, in bytes but for the last two
    control clear         forgets everything (the system's and root's)
    control resize [n]    keeps at most n bytes from now on, n > 0 (the system's and root's)

A reader that was overtaken by writers gets a line that says how many lines it has missed.

Always so   a READ that waits is answered by the next WRITE, by the end of its open, or by its cancellation; a WRITE
            never waits for readers.
"""

from __future__ import annotations

from collections import deque

from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

DRIVER_INFO = {
    "driver_name": "AxisRingFS", "driver_type": "KernelModeDriver",
    "load_priority": 400, "version": "1.1.0",
}

DEVICE = "\\Device\\ringlog"
LINK = "/dev/ringlog"
DEFAULT_SIZE = 4096  # bytes
MAX_SIZE = 16 << 20  # bytes


class RingLog:
    """The newest bytes of an endless stream. Positions count from the stream's beginning, not the buffer's."""

    def __init__(self, max_size: int) -> None:
        self.max_size = max_size
        self.start = 0  # position of the oldest byte that is kept
        self.end = 0  # position after the newest one
        self.lines_before_start = 0  # ends of lines among the bytes that are gone
        self.starts_whole = True  # the oldest byte that is kept begins a line
        self._chunks: deque[bytes] = deque()

    def append(self, data: bytes) -> None:
        """Add to the new end."""
        self._chunks.append(data)
        self.end += len(data)
        self._trim(self.max_size)

    def resize(self, max_size: int) -> None:
        """Keep at most *max_size* bytes."""
        self.max_size = max_size
        self._trim(max_size)

    def clear(self) -> None:
        """Forget what is kept."""
        self._trim(0)

    def kept(self) -> bytes:
        """All that is kept."""
        kept = b"".join(self._chunks)
        self._chunks = deque([kept] if kept else [])
        return kept

    def _trim(self, size: int) -> None:
        chunks = self._chunks
        excess = self.end - self.start - size
        while excess > 0:
            oldest = chunks.popleft()
            if len(oldest) > excess:
                chunks.appendleft(oldest[excess:])
                oldest = oldest[:excess]
            self.start += len(oldest)
            self.lines_before_start += oldest.count(b"\n")
            self.starts_whole = oldest.endswith(b"\n")
            excess -= len(oldest)


class Reader:
    """How far one open of the log has read."""

    def __init__(self) -> None:
        self.position = -1  # of its next byte; -1: before the oldest one, wherever that is by then
        self.lines = 0  # ends of lines before that position
        self.follows = False
        self.notice = b""  # of lines missed, what was not given out yet

    def take(self, log: RingLog, length: int | None) -> bytes:
        """What follows its position, at most *length* bytes; it moves behind that."""
        kept = log.kept()
        first = self.position - log.start
        if first < 0:
            first = 0 if log.starts_whole else kept.find(b"\n") + 1
            lines = log.lines_before_start + kept.count(b"\n", 0, first)
            missed = lines - self.lines
            if self.position >= 0 and missed > 0:
                self.notice += f"... {missed} {'line was' if missed == 1 else 'lines were'} lost here\n".encode()
            self.lines = lines
        data = self.notice + kept[first:]
        if length is not None:
            data = data[:length]
        of_log = data[len(self.notice) :]
        self.notice = self.notice[len(data) :]
        self.position = log.start + first + len(of_log)
        self.lines += of_log.count(b"\n")
        return data


class RingFs:
    """The driver: one log, those who read it, and the READs that wait."""

    def __init__(self) -> None:
        self.log = RingLog(_configured_size())
        self._readers: dict[int, Reader] = {}  # by file id
        self._waiting: dict[int, dk.Irp] = {}  # READs of those who follow, by file id: one each
        self._controls = {"follow": self._follow, "stats": self._stats, "clear": self._clear, "resize": self._resize}

    def create(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        self._readers[irp.file_id] = Reader()

    def close(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        self._readers.pop(irp.file_id, None)
        waiting = self._waiting.pop(irp.file_id, None)
        if waiting is not None:
            dk.complete_request(waiting, dk.Status.SUCCESS, b"")

    def read(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        length = irp.parameters.length
        if length is not None and length < 0:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"cannot read {length} bytes")
        reader = self._readers.get(irp.file_id) or Reader()
        data = reader.take(self.log, length)
        if data or length == 0 or not reader.follows:
            return data
        if irp.file_id in self._waiting:
            raise dk.StatusError(dk.Status.DEVICE_BUSY, f"another read of this open of {LINK} waits already")
        self._waiting[irp.file_id] = irp
        return dk.PENDING

    def cancel(self, irp: dk.Irp) -> None:
        """Nobody waits for a READ any more; the kit completes it."""
        if self._waiting.get(irp.file_id) is irp:
            del self._waiting[irp.file_id]

    def write(self, device: dk.DeviceObject, irp: dk.Irp) -> int:
        data = irp.parameters.data
        if not data:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, "there is no data to write")
        self.log.append(data)
        if self._waiting:
            self._serve_waiting()
        return len(data)

    def _serve_waiting(self) -> None:
        """Answer the READs for which there is something now."""
        for file_id, irp in list(self._waiting.items()):
            data = self._readers[file_id].take(self.log, irp.parameters.length)
            if data:
                del self._waiting[file_id]
                dk.complete_request(irp, dk.Status.SUCCESS, data)

    def driver_entry(self, driver: dk.DriverObject) -> None:
        """Serve one log."""
        driver.dispatch[dk.IRP_MJ_CREATE] = self.create
        driver.dispatch[dk.IRP_MJ_CLOSE] = self.close
        driver.dispatch[dk.IRP_MJ_READ] = self.read
        driver.dispatch[dk.IRP_MJ_WRITE] = self.write
        driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = self.control
        dk.create_device(driver, DEVICE)
        dk.create_symbolic_link(LINK, DEVICE)

    def driver_unload(self, driver: dk.DriverObject) -> None:
        """Take the device away."""
        dk.delete_symbolic_link(LINK)
        dk.delete_device(DEVICE)

    def run(self) -> None:
        """Serve until the driver is unloaded."""
        dk.run(self.driver_entry, self.driver_unload, on_cancel=self.cancel)

    # --- control -----------------------------------------------------------------------------------------------

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        method = self._controls.get(irp.parameters.method)
        if method is None:
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"{LINK} has no control method {irp.parameters.method!r}")
        return method(irp, list(irp.parameters.args or ()))

    def _follow(self, irp: dk.Irp, args: list[object]) -> None:
        if len(args) != 1 or type(args[0]) is not bool:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, "follow takes True or False")
        reader = self._readers.get(irp.file_id)
        if reader is None:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"follow is for who has opened {LINK}")
        reader.follows = args[0]
        waiting = None if args[0] else self._waiting.pop(irp.file_id, None)
        if waiting is not None:
            dk.complete_request(waiting, dk.Status.SUCCESS, b"")

    def _stats(self, irp: dk.Irp, args: list[object]) -> dict[str, int]:
        log = self.log
        return {
            "size": log.max_size, "used": log.end - log.start, "written": log.end, "dropped": log.start,
            "dropped_lines": log.lines_before_start, "readers": len(self._readers),
        }

    def _clear(self, irp: dk.Irp, args: list[object]) -> None:
        _demand_root(irp)
        self.log.clear()

    def _resize(self, irp: dk.Irp, args: list[object]) -> None:
        _demand_root(irp)
        size = args[0] if args else None
        if type(size) is not int or not 0 < size <= MAX_SIZE:
            raise dk.StatusError(
                dk.Status.INVALID_PARAMETER, f"resize takes the new size, 1 to {MAX_SIZE} bytes, not {size!r:.40}"
            )
        self.log.resize(size)


def _demand_root(irp: dk.Irp) -> None:
    """Anybody may read the log and add to it; taking away from it is for the system and root."""
    if irp.requester_ring > 2 and irp.requester_uid != 0:
        raise dk.StatusError(dk.Status.ACCESS_DENIED, f"{irp.parameters.method} of {LINK} is for root only")


def _configured_size() -> int:
    """What the system is set to, for a driver that is started again; in the boot, PM says it a little later."""
    found = syscall("reg_get_value", "@VT\\SYS\\CONFIG", "logging.ring_buffer_size")
    text = str(found[0]) if found else ""
    return min(max(1, int(text)), MAX_SIZE) if text.isdecimal() else DEFAULT_SIZE


if __name__ == "__main__":
    RingFs().run()
