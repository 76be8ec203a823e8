"""The system log's way out of the kernel: into the ring device and into the files of this session.

The kernel keeps the newest lines only until they are fetched. They go to `/dev/ringlog`, which holds the last few
kilobytes, and, unless rotation is off, to a pair of files that each boot begins anew:

    /log/syslog_007.log     what people read: without DEBUG, DEV, SCHED, IPC and [DK] lines
    /vbl/syslog_007.vbl     everything

Called by   the Pipeline Manager: when the kernel says that lines wait, and before somebody reads a log.
Owns        the two open files, and the lines that wait for the ring device to appear.
Always so   a failure here is told to the ring device only: the kernel's log would send it here again.
"""

from __future__ import annotations

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_WRITE
from abi.names import DEVICE_RINGLOG
from abi.status import StatusError
from system.vfs import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from system.vfs.devices import Devices
    from system.vfs.files import Disk
    from system.vfs.startup import LogSettings

SESSION_PREFIX = "syslog_"
LEFT_OUT = ("[DEBUG ]", "[ DEV  ]", "[SCHED ]", "[ IPC  ]", "[DK]")  # of the .log file
MAX_WAITING_BYTES = 65_536  # for the ring device


def session_number(name: str) -> int:
    """7 for `syslog_007.log`; -1 for the name of anything else."""
    stem = name.split(".", 1)[0]
    digits = stem[len(SESSION_PREFIX) :]
    return int(digits) if stem.startswith(SESSION_PREFIX) and digits.isdecimal() else -1


def for_people(lines: list[str]) -> list[str]:
    """The lines that the .log file gets."""
    return [line for line in lines if line and not any(tag in line for tag in LEFT_OUT)]


class Logs:
    """Where the log of one machine goes."""

    def __init__(self, disk: Disk, devices: Devices, fetch: Callable[[], str]) -> None:
        self._disk = disk
        self._devices = devices
        self._fetch = fetch  # the kernel's pending lines, which are then no longer pending
        self._ring_is_up = False
        self._waiting: list[str] = []  # for the ring device
        self._waiting_bytes = 0
        self._log_file: Any = None
        self._vbl_file: Any = None

    def start_session(self, settings: LogSettings, header: str) -> str:
        """Begin the files of this boot, deleting the oldest. Returns the new number, three digits or more.

        Raises: StatusError when the disk cannot be written; the log then goes to the ring device only.
        """
        newest = 0
        for directory in (settings.log_dir, settings.vbl_dir):
            newest = max(newest, self._rotate(directory, settings.max_log_files))
        number = f"{newest + 1:03d}"
        self._log_file = self._begin(f"{settings.log_dir}/{SESSION_PREFIX}{number}.log", header)
        self._vbl_file = self._begin(f"{settings.vbl_dir}/{SESSION_PREFIX}{number}.vbl", header)
        return number

    def ring_is_up(self, size_bytes: int) -> None:
        """The ring device can be written from now on; it is to hold so many bytes."""
        self._devices.send(DEVICE_RINGLOG, IRP_MJ_DEVICE_CONTROL, method="resize", args=[size_bytes])
        self._ring_is_up = True
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if waiting:
            self._to_ring("".join(waiting))

    def drain(self) -> None:
        """Take the kernel's pending lines to where they belong."""
        text = self._fetch()
        if not text:
            return
        if not text.endswith("\n"):
            text += "\n"
        self._to_ring(text)
        if self._vbl_file is not None:
            self._vbl_file = self._to_file(self._vbl_file, text)
        if self._log_file is not None:
            kept = for_people(text.split("\n"))
            if kept:
                self._log_file = self._to_file(self._log_file, "\n".join(kept) + "\n")

    def _rotate(self, directory: str, keep: int) -> int:
        """Make room for one more session in a directory. Returns the highest number seen."""
        disk = self._disk
        try:
            if not disk.exists(directory):
                disk.makeDirectory(directory)
            numbered = [(session_number(name), name) for name in disk.list(directory) or ()]
            sessions = sorted(entry for entry in numbered if entry[0] >= 0)
            for _, name in sessions[: max(0, len(sessions) - keep + 1)]:
                disk.remove(f"{directory}/{name}")
        except Exception as error:
            files.refuse(error, "keep log files in it", directory)
        return sessions[-1][0] if sessions else 0

    def _begin(self, path: str, header: str) -> object:
        try:
            handle = self._disk.open(path, "w")
            self._disk.write(handle, header.encode() + b"\n")
        except Exception as error:
            files.refuse(error, "begin it", path)
        return handle

    def _to_file(self, handle: object, text: str) -> object:
        """Write to one of the files. Returns its handle, or None when it failed and is given up."""
        try:
            self._disk.write(handle, text.encode("utf-8", "backslashreplace"))
        except Exception as error:
            self._to_ring(f"the log file cannot be written any more: {getattr(error, 'reason', error)}\n")
            return None
        return handle

    def _to_ring(self, text: str) -> None:
        if self._ring_is_up:
            try:
                self._devices.send(DEVICE_RINGLOG, IRP_MJ_WRITE, data=text.encode("utf-8", "backslashreplace"))
                return
            except StatusError:
                self._ring_is_up = False  # DKMS is gone or overrun; the lines are in the files
        self._waiting.append(text)
        self._waiting_bytes += len(text)
        while self._waiting_bytes > MAX_WAITING_BYTES and len(self._waiting) > 1:
            self._waiting_bytes -= len(self._waiting.pop(0))
