"""Files on disks: the raw `filesystem` component behind each mount, and what a failure of it means.

Called by   the vfs calls (for programs), and the services for their own files.
Owns        nothing; an `OpenFile` is the body of the object that a handle stands for.
Always so   a component's failure leaves here as a `StatusError` that names the path.
"""

from __future__ import annotations

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, NoReturn, Protocol

    from abi.driver import DeviceObject
    from system.vfs.mounts import Mount

    class Disk(Protocol):
        """A proxy of a `filesystem` component. Its methods fail with an exception that has `status` and `reason`."""

        def open(self, path: str, mode: str = "r") -> Any: ...
        def read(self, handle: Any, count: float) -> bytes | None: ...
        def write(self, handle: Any, data: bytes) -> Any: ...
        def seek(self, handle: Any, whence: str, offset: int) -> int: ...
        def close(self, handle: Any) -> None: ...
        def stat(self, path: str) -> dict[str, Any] | None: ...
        def exists(self, path: str) -> bool: ...
        def list(self, path: str) -> Any: ...
        def makeDirectory(self, path: str) -> bool: ...
        def remove(self, path: str) -> bool: ...
        def rename(self, old: str, new: str) -> bool: ...
        def truncate(self, handle: Any, size: int) -> Any: ...
        def usage(self, path: str) -> int: ...
        def getLabel(self) -> str | None: ...
        def spaceTotal(self) -> float: ...
        def spaceUsed(self) -> int: ...


CATEGORY_FILE = "file"
CATEGORY_DEVICE = "device"
EVERYTHING = float("inf")
GAME_CHUNK = 2048  # what one read of the game's hardware returns at most: exactly so many bytes may not be all
MAX_WALK_DEPTH = 128

_STATUS_OF_HOST_ERROR: tuple[tuple[type[OSError], Status], ...] = (
    (FileNotFoundError, Status.NO_SUCH_FILE), (PermissionError, Status.ACCESS_DENIED),
    (IsADirectoryError, Status.IS_A_DIRECTORY), (NotADirectoryError, Status.NOT_A_DIRECTORY),
    (FileExistsError, Status.FILE_EXISTS),
)


class OpenFile:
    """The body of an IoFileObject: one open file or device, shared by all handles to it."""

    __slots__ = (
        "category", "counted", "device_name", "device_object", "disk", "driver_pid", "file_id", "lost", "mode", "mount",
        "notify", "path", "position", "raw_handle", "rest", "under_way",
    )

    def __init__(self, path: str, mode: str, category: str) -> None:
        self.path = path
        self.mode = mode
        self.category = category
        self.notify = False  # the first write is to be reported: the system relies on this file
        if category is CATEGORY_FILE:  # opened by the thousand: it has only what it needs, and gets it in `open`
            self.disk: Disk
            self.raw_handle: object
            self.mount: Mount  # where its path led
            return
        self.device_name = ""  # \Device\...
        self.driver_pid = 0
        self.device_object: DeviceObject | None = None  # with it, its requests go straight to the driver, else to DKMS
        self.counted: DeviceObject | None = None  # the device whose count of opens it is in
        self.position = 0  # where its next request begins
        self.rest = b""  # what its driver gave beyond what was asked for, for the next read
        self.under_way = 0  # requests on it that are not answered
        self.lost = ""  # why a device that was restarted does not know this open any more
        self.file_id = 0

    def __repr__(self) -> str:
        return f"<OpenFile {self.path} {self.mode}>"


def refuse(error: Exception, action: str, path: str) -> NoReturn:
    """Raise what a component's failure to do *action* with *path* means to a program."""
    if isinstance(error, StatusError):
        raise error
    status = getattr(error, "status", None)
    reason = str(getattr(error, "reason", "") or error)
    if status is None:
        status = next((code for kind, code in _STATUS_OF_HOST_ERROR if isinstance(error, kind)), Status.UNSUCCESSFUL)
    status = int(status)
    advice = _ADVICE.get(status, "")
    raise StatusError(status, f"{path}: cannot {action}: {reason or Status(status).meaning}{advice}") from None


_ADVICE = {
    int(Status.DISK_FULL): "; delete something on that disk",
    int(Status.READ_ONLY): "; its disk cannot be written",
    int(Status.HANDLE_TABLE_FULL): "; close files that are not needed",
}


def read_rest(disk: Disk, handle: object) -> bytes:
    """Everything from the handle's position to the end."""
    data = disk.read(handle, EVERYTHING)
    if data is None:
        return b""
    if len(data) != GAME_CHUNK:
        return data
    chunks = [data]
    while (data := disk.read(handle, EVERYTHING)) is not None:
        chunks.append(data)
    return b"".join(chunks)


def read_all(disk: Disk, path: str) -> bytes:
    """A whole file.

    Raises: NO_SUCH_FILE and whatever else the disk says.
    """
    try:
        handle = disk.open(path, "r")
        try:
            return read_rest(disk, handle)
        finally:
            disk.close(handle)
    except Exception as error:
        refuse(error, "read it", path)


def read_if_there(disk: Disk, path: str) -> bytes:
    """A whole file, b"" if there is none."""
    return read_all(disk, path) if disk.exists(path) else b""


def replace_all(disk: Disk, path: str, data: bytes) -> None:
    """Give a file new contents in one step: whoever reads it sees the old ones or the new ones, also after a crash.

    Raises: whatever the disk says; the old contents are then untouched.
    """
    fresh = path + ".new"
    try:
        handle = disk.open(fresh, "w")
        try:
            disk.write(handle, data)
        finally:
            disk.close(handle)
        disk.rename(fresh, path)
    except Exception as error:
        refuse(error, "write it", path)


def list_names(disk: Disk, raw_path: str, path: str) -> list[str]:
    """The names in a directory; those of directories end in "/".

    Raises: NO_SUCH_FILE; NOT_A_DIRECTORY.
    """
    try:
        names: list[str] | None = disk.list(raw_path)
        if names is not None:
            return names
        if disk.stat(raw_path) is None:
            raise StatusError(Status.NO_SUCH_FILE, f"{path}: there is no such directory")
        raise StatusError(Status.NOT_A_DIRECTORY, f"{path} is a file, it cannot be listed")
    except Exception as error:
        refuse(error, "list it", path)


def walk(disk: Disk, raw_path: str) -> Iterator[tuple[str, list[str]]]:
    """The directory itself and every directory in it: its path relative to the first ("" for that), and its names.

    Raises: INVALID_PARAMETER for a tree too deep to be gone through (as one with a link of the host's into itself).
    """
    waiting = [""]
    while waiting:
        below = waiting.pop()
        names = list(disk.list(f"{raw_path}/{below}") or ())
        yield below, names
        if below.count("/") >= MAX_WALK_DEPTH:
            raise StatusError(Status.INVALID_PARAMETER, f"it is more than {MAX_WALK_DEPTH} directories deep")
        waiting.extend(below + name for name in names if name.endswith("/"))
