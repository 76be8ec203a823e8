"""What an unmanaged disk keeps its bytes in: memory, or a flat file of the host.

A file is exactly as long as the disk, byte for byte, and is written through: what the machine has written is in it. It
is locked as long as it is open, so that two machines never write to one disk; a child of this process shares the lock.

Called by   the drive (reads, writes), `hardware.py` (opening), the machine (flush when it is switched off).
Always so   offsets and lengths that come here are within the disk.
"""

from __future__ import annotations

import os

from axisos.machine.errors import DISK_FULL, ComponentError, soft

SECTOR_BYTES = 512
MEMORY_BYTES = 256 << 20  # the largest disk in memory, so that a guest cannot eat the host
_GZIP = b"\x1f\x8b"


class UnusableImage(ValueError):
    """A file that cannot be this disk: one line for the user."""


class MemoryImage:
    """A disk that is gone with its machine."""

    read_only = False

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity  # bytes
        self._bytes = bytearray(capacity)

    def read(self, offset: int, count: int) -> bytes:
        """`count` bytes from an offset that counts from 0."""
        return bytes(self._bytes[offset : offset + count])

    def write(self, offset: int, data: bytes) -> None:
        """Replace what is there."""
        self._bytes[offset : offset + len(data)] = data

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Nothing is held."""


class FileImage:
    """A disk in a file of the host."""

    def __init__(self, path: str, capacity: int | None = None, read_only: bool = False) -> None:
        """Open a file as a disk; one that is not there is made, with `capacity` bytes of zeros.

        Args:    capacity: bytes; None = as many as the file has.
        Raises:  UnusableImage.
        """
        self.path = path
        self.read_only = read_only
        self._fd = -1
        try:
            self._fd = _open(path, read_only, capacity is not None)
            _lock(self._fd, path, read_only)
            if capacity is not None and not read_only and _is_empty_file(self._fd):
                os.truncate(self._fd, capacity)
            self.capacity = _checked_size(self._fd, path, capacity)
        except OSError as error:
            self.close()
            raise UnusableImage(f"{path}: {error.strerror or error}") from None
        except UnusableImage:
            self.close()
            raise

    def read(self, offset: int, count: int) -> bytes:
        """`count` bytes from an offset that counts from 0. Raises: "i/o error" (soft)."""
        try:
            data = os.pread(self._fd, count, offset)
        except OSError as error:
            raise _failure(error) from None
        return data + bytes(count - len(data))  # somebody has cut the file off below us

    def write(self, offset: int, data: bytes) -> None:
        """Replace what is there. Raises: "not enough space" (of the host), "i/o error" (soft)."""
        view = memoryview(data)
        try:
            while view:
                written = os.pwrite(self._fd, view, offset)
                view, offset = view[written:], offset + written
        except OSError as error:
            raise _failure(error) from None

    def flush(self) -> None:
        """Have the host bring everything to its own disk."""
        if self._fd >= 0 and not self.read_only:
            try:
                os.fsync(self._fd)
            except OSError:
                pass  # pipes and some file systems cannot; what was written is in the file all the same

    def close(self) -> None:
        """Let go of the file and its lock; idempotent."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def __del__(self) -> None:
        self.close()


def _open(path: str, read_only: bool, may_make: bool) -> int:
    """The file's descriptor; a file that is not there is made if it may be."""
    flags = os.O_CLOEXEC | os.O_NONBLOCK  # the latter for pipes, which are refused, not waited for
    if read_only:
        return os.open(path, flags | os.O_RDONLY)
    try:
        return os.open(path, flags | os.O_RDWR | (os.O_CREAT if may_make else 0), 0o600)
    except FileNotFoundError:
        if may_make:
            raise  # the directory is not there either
        raise UnusableImage(f"{path}: no such file; give its size to have it made, as {path}:4M") from None


def _lock(fd: int, path: str, read_only: bool) -> None:
    """Readers share a disk, a writer has it for itself."""
    import fcntl

    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if read_only else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UnusableImage(f"{path}: in use: another machine has this disk, or it is plugged in twice") from None


def _is_empty_file(fd: int) -> bool:
    """Whether it is a plain file without a byte, as one that was just made."""
    from stat import S_ISREG

    status = os.fstat(fd)
    return S_ISREG(status.st_mode) and status.st_size == 0


def _checked_size(fd: int, path: str, capacity: int | None) -> int:
    """The size of the file. Raises UnusableImage if it is none of a disk, or not the one that is wanted."""
    from stat import S_ISREG

    status = os.fstat(fd)
    if not S_ISREG(status.st_mode):
        raise UnusableImage(f"{path}: not a plain file")
    if os.pread(fd, 2, 0) == _GZIP and status.st_size % SECTOR_BYTES:
        raise UnusableImage(f"{path}: this image is compressed; unpack it with gunzip first")
    if status.st_size == 0 or status.st_size % SECTOR_BYTES:
        raise UnusableImage(f"{path}: {status.st_size} bytes are no whole number of sectors of {SECTOR_BYTES} bytes")
    if capacity is not None and capacity != status.st_size:
        raise UnusableImage(f"{path}: has {status.st_size} bytes, not {capacity}; without a size it is taken as it is")
    return status.st_size


def _failure(error: OSError) -> ComponentError:
    from errno import EDQUOT, ENOSPC

    return soft("not enough space", DISK_FULL) if error.errno in (ENOSPC, EDQUOT) else soft("i/o error")
