"""The system log's way out of the kernel: into the ring device and into the files of this session.

    kernel's log --- drain ---> RingFeed --- one write at a time ---> /dev/ringlog, the newest kilobytes
    (512 lines)         |
                        +-----> Session --> /log/syslog_007.log     what people read: without DEBUG, DEV, SCHED, IPC
                                            /vbl/syslog_007.vbl     everything

Each boot begins a new pair of files, and so does a pair that has become too large; the oldest are deleted.

Called by   the Pipeline Manager: when the kernel says that lines wait, and before somebody reads a log.
Owns        the two open files, and the lines that wait for the ring device.
Always so   lines are lost only where there is no room for them, and "n lines were lost" stands in their place. A
            failure here is told to the ring device only: the kernel's log would send it here again.
"""

from __future__ import annotations

from collections import deque

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_WRITE
from abi.status import Status, StatusError
from system.vfs import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from system.vfs.devices import Devices
    from system.vfs.files import Disk
    from system.vfs.startup import LogSettings

SESSION_PREFIX = "syslog_"
LOG_SUFFIX = ".log"
VBL_SUFFIX = ".vbl"
LEFT_OUT = ("[DEBUG ]", "[ DEV  ]", "[SCHED ]", "[ IPC  ]", "[DK]")  # of the .log file
MAX_WAITING_BYTES = 65_536  # for the ring device


def session_number(name: str, suffix: str) -> int:
    """7 for `syslog_007.log`; -1 for the name of anything else."""
    digits = name.removeprefix(SESSION_PREFIX).removesuffix(suffix)
    is_session = name == f"{SESSION_PREFIX}{digits}{suffix}" and digits.isascii() and digits.isdecimal()
    return int(digits) if is_session else -1


def for_people(lines: list[str]) -> list[str]:
    """The lines that the .log file gets."""
    return [line for line in lines if line and not any(tag in line for tag in LEFT_OUT)]


def loss_line(count: int, where: str) -> bytes:
    """What stands in the place of lines that are lost; a line of the log like any other."""
    lines = "1 line was" if count == 1 else f"{count} lines were"
    return as_bytes(f"[         ] [ WARN ] PID=0   {lines} lost: {where}\n")


def as_bytes(text: str) -> bytes:
    """A text of the log as it is written."""
    return text.encode("utf-8", "backslashreplace")


class RingFeed:
    """The lines for the ring device. One write is under way at a time; what comes meanwhile is sent together then."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self._device = ""  # path of the ring device, "" until there is one
        self._size_bytes = 0
        self._is_sized = False  # whether the device has been told its size, since it last failed
        self._queue: deque[bytes | int] = deque()  # lines, and how many were lost in between
        self._waiting_bytes = 0
        self._under_way: list[bytes | int] = []

    def open(self, device: str, size_bytes: int) -> None:
        """The ring device can be written from now on; it is to hold so many bytes."""
        self._device = device
        self._size_bytes = size_bytes
        self._is_sized = False
        self.send()

    def add(self, data: bytes) -> None:
        """Take lines, each with its line feed; they are sent by `send`."""
        self._keep(data.splitlines(keepends=True))

    def _keep(self, entries: Iterable[bytes | int]) -> None:
        """Queue up. Where there is no room the oldest lines go, and their number stays."""
        queue = self._queue
        for entry in entries:
            queue.append(entry)
            self._waiting_bytes += _size_of(entry)
        lost = 0
        while self._waiting_bytes > MAX_WAITING_BYTES:
            entry = queue.popleft()
            self._waiting_bytes -= _size_of(entry)
            lost += entry if type(entry) is int else 1
        if lost:
            queue.appendleft(lost)

    def send(self) -> None:
        """Hand on what waits, unless the last write has not been answered yet."""
        if not self._device or self._under_way or not self._queue:
            return
        if not self._is_sized:
            self._is_sized = True
            self._ask(IRP_MJ_DEVICE_CONTROL, lambda _status: None, method="resize", args=[self._size_bytes])
        self._under_way = list(self._queue)
        self._queue.clear()
        self._waiting_bytes = 0
        where = f"{self._device} was not ready for them"
        data = b"".join([each if isinstance(each, bytes) else loss_line(each, where) for each in self._under_way])
        self._ask(IRP_MJ_WRITE, self._written, data=data)

    def _written(self, status: int) -> None:
        """The device has answered a write. What it did not take is sent again with the next line."""
        entries, self._under_way = self._under_way, []
        if status == Status.SUCCESS:
            self.send()
            return
        self._is_sized = False  # who fails may have been replaced
        entries += self._queue
        self._queue.clear()
        self._waiting_bytes = 0
        self._keep(entries)

    def _ask(self, major: int, then: Callable[[int], object], **parameters: object) -> None:
        try:
            self._devices.send(self._device, major, then, **parameters)
        except StatusError as error:
            then(int(error.status))


def _size_of(entry: bytes | int) -> int:
    return len(entry) if type(entry) is bytes else 0


class LogFile:
    """One file of a session. What cannot be written is counted, and the file says so as soon as it can be."""

    def __init__(self, disk: Disk, path: str, report: Callable[[str], object]) -> None:
        self._disk = disk
        self._path = path
        self._report = report  # a failure, once
        self._handle: Any = None
        self._lost = 0
        self.size_bytes = 0

    def begin(self, header: str) -> None:
        """Make it, empty but for its header. Raises: StatusError."""
        try:
            self._handle = self._disk.open(self._path, "w")
            self._disk.write(self._handle, as_bytes(header + "\n"))
        except Exception as error:
            files.refuse(error, "begin it", self._path)
        self.size_bytes = len(as_bytes(header)) + 1

    def write(self, data: bytes) -> None:
        """Append lines."""
        before = loss_line(self._lost, f"{self._path} could not be written") if self._lost else b""
        try:
            if self._handle is None:
                self._handle = self._disk.open(self._path, "a")
            self._disk.write(self._handle, before + data)
        except Exception as error:
            if not self._lost:
                self._report(f"{self._path} cannot be written: {getattr(error, 'reason', None) or error}")
            self._lost += data.count(b"\n")
            self.end()
            return
        self._lost = 0
        self.size_bytes += len(before) + len(data)

    def end(self) -> None:
        """Close it."""
        handle, self._handle = self._handle, None
        if handle is not None:
            try:
                self._disk.close(handle)
            except Exception:  # it is as closed as it can be
                return


class Logs:
    """Where the log of one machine goes."""

    def __init__(
        self, disk: Disk, devices: Devices, fetch: Callable[[], str], readers: dict[str, Callable[[], object]]
    ) -> None:
        self._disk = disk
        self._fetch = fetch  # the kernel's pending lines, which are then no longer pending
        self._readers = readers  # canonical path of a log -> what brings it up to date before it is read
        self._ring = RingFeed(devices)
        self._settings: LogSettings | None = None  # of the files, once there are some
        self._log: LogFile | None = None
        self._vbl: LogFile | None = None
        self._paths: list[str] = []

    def start_session(self, settings: LogSettings, header: str) -> str:
        """Begin the files of this boot, deleting the oldest. Returns the new number, three digits or more.

        Raises: StatusError when the disk cannot be written; the log then goes to the ring device only.
        """
        for former in (self._log, self._vbl):
            if former is not None:
                former.end()  # it may be deleted; if nothing comes of all this, it is opened again
        newest = 0
        for directory, suffix in ((settings.log_dir, LOG_SUFFIX), (settings.vbl_dir, VBL_SUFFIX)):
            newest = max(newest, self._rotate(directory, suffix, settings.max_log_files))
            self._readers[directory] = self.drain
        number = f"{newest + 1:03d}"
        stem = f"{SESSION_PREFIX}{number}"
        paths = [f"{settings.log_dir}/{stem}{LOG_SUFFIX}", f"{settings.vbl_dir}/{stem}{VBL_SUFFIX}"]
        log, vbl = (LogFile(self._disk, path, self._to_ring) for path in paths)
        log.begin(header)
        vbl.begin(header)
        for path in self._paths:
            self._readers.pop(path, None)
        self._settings, self._log, self._vbl, self._paths = settings, log, vbl, paths
        self._readers.update(dict.fromkeys(paths, self.drain))
        return number

    def ring_is_up(self, device: str, size_bytes: int) -> None:
        """The ring device can be written from now on; it is to hold so many bytes."""
        self._readers[device] = self.drain
        self._ring.open(device, size_bytes)

    def drain(self) -> None:
        """Take the kernel's pending lines to where they belong."""
        text = self._fetch()
        if not text:
            return
        if not text.endswith("\n"):
            text += "\n"
        data = as_bytes(text)
        self._ring.add(data)
        if self._vbl is not None:
            self._roll(self._vbl.size_bytes + len(data))
            self._vbl.write(data)
        if self._log is not None:
            kept = for_people(text.split("\n"))
            if kept:
                self._log.write(as_bytes("\n".join(kept) + "\n"))
        self._ring.send()

    def _roll(self, size_bytes: int) -> None:
        """Begin the next pair of files if the one that gets everything would become this large."""
        settings = self._settings
        if settings is None or size_bytes <= settings.max_log_size:
            return
        try:
            self.start_session(settings, f"=== the session goes on, after {self._paths[0].rsplit('/', 1)[-1]}")
        except StatusError as error:
            self._to_ring(f"no new log files are begun at {settings.max_log_size} bytes: {error.detail}")
            settings.max_log_size *= 2  # it is not tried again with each line

    def _rotate(self, directory: str, suffix: str, keep: int) -> int:
        """Make room for one more session in a directory. Returns the highest number seen."""
        disk = self._disk
        try:
            if not disk.exists(directory):
                disk.makeDirectory(directory)
            numbered = [(session_number(name, suffix), name) for name in disk.list(directory) or ()]
            sessions = sorted(entry for entry in numbered if entry[0] >= 0)
            for _, name in sessions[: max(0, len(sessions) - keep + 1)]:
                disk.remove(f"{directory}/{name}")
        except Exception as error:
            files.refuse(error, "keep log files in it", directory)
        return sessions[-1][0] if sessions else 0

    def _to_ring(self, message: str) -> None:
        """Say something that must not go the way of all lines."""
        self._ring.add(as_bytes(f"[         ] [ FAIL ] PID=0   {message}\n"))
