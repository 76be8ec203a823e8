"""Pipes between threads and processes (manual, chapter 13.6).

Data is bytes; a str is written as UTF-8. A pipe ends (reads give b"") when its last write handle is closed.
"""

from __future__ import annotations

from axis.syscall import syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class PipePair:
    """The two ends of a new pipe: `read` and `write` are handles; a named pipe also has a `name`."""

    def __init__(self, read: str, write: str, name: str | None = None) -> None:
        self.read = read
        self.write = write
        self.name = name

    def __iter__(self) -> Iterator[str]:
        return iter((self.read, self.write))

    def __repr__(self) -> str:
        return f"<PipePair {self.name}>" if self.name else "<PipePair>"


class PipeConnection:
    """One connection to a named pipe: `handle` reads and writes."""

    def __init__(self, handle: str, name: str) -> None:
        self.handle = handle
        self.name = name

    def __repr__(self) -> str:
        return f"<PipeConnection {self.name}>"


def create(size: int = 4096) -> PipePair:
    """A new pipe with a buffer of *size* bytes (65,536 at most). Raises 601, 609."""
    return PipePair(*syscall("ke_create_pipe", size))


def create_named(name: str, size: int = 4096) -> PipePair:
    """A new pipe that others find as `\\Pipe\\<name>`. Raises 704 if the name is taken, 705 if it cannot be one."""
    read_end, write_end = syscall("ke_create_named_pipe", name, size, about=name)
    return PipePair(read_end, write_end, name)


def connect_named(name: str) -> PipeConnection:
    """Connect to a named pipe. Raises 703 if there is none."""
    return PipeConnection(syscall("ke_connect_named_pipe", name, about=name), name)


def _handle(target: object) -> object:
    return target.handle if isinstance(target, PipeConnection) else target


def read(target: object, count: int | None = None) -> bytes:
    """Up to *count* bytes; blocks while the pipe is empty and has a writer; b"" at its end. Raises 600, 500."""
    return syscall("ke_pipe_read", _handle(target), count)  # type: ignore[no-any-return]


def write(target: object, data: bytes | str) -> int:
    """Write all of *data*, blocking while the pipe is full; returns the bytes written. Raises 820 without a reader."""
    if type(data) is str:
        data = data.encode()
    return syscall("ke_pipe_write", _handle(target), data)  # type: ignore[no-any-return]


def close_read(target: object) -> bool:
    """Close a read end: writers get 820 once the last one is gone. Raises 601 for a write end."""
    return syscall("ke_pipe_close", _handle(target), False)  # type: ignore[no-any-return]


def close_write(target: object) -> bool:
    """Close a write end: readers see the end once the last one is gone. Raises 601 for a read end."""
    return syscall("ke_pipe_close", _handle(target), True)  # type: ignore[no-any-return]
