"""Pipes between threads and processes (manual, chapter 13.6).

Data is bytes; a str is written as UTF-8. A pipe ends (reads give b"") when its last write handle is closed. At the end
of `with` the handles are closed that still are open:

    with pipe.create() as (reader, writer):
        ...
        for line in pipe.lines(reader):
            ...

`os.fdopen(reader)` makes a file object of an end.
"""

from __future__ import annotations

from axis.handles import CLOSED, Held, close_all, handle_of
from axis.syscall import syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    Target = str | int | Held  # a handle, or what holds one


class PipePair:
    """The two ends of a new pipe: `read` and `write` are handles; a named pipe also has a `name`."""

    def __init__(self, read: str, write: str, name: str | None = None) -> None:
        self.read = read
        self.write = write
        self.name = name

    def close(self) -> None:
        """Close both ends, as far as they are open."""
        read_end, write_end = self.read, self.write
        self.read = self.write = CLOSED
        close_all(write_end, read_end)

    def __iter__(self) -> Iterator[str]:
        return iter((self.read, self.write))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<PipePair {self.name}>" if self.name else "<PipePair>"


class PipeConnection(Held):
    """One connection to a named pipe: `handle` reads and writes."""

    def __init__(self, handle: str, name: str) -> None:
        super().__init__(handle)
        self.name = name

    def __repr__(self) -> str:
        return f"<PipeConnection {self.name}>"


def create(size: int = 4096) -> PipePair:
    """A new pipe with a buffer of *size* bytes (65,536 at most). Raises 601, 609, 701."""
    return PipePair(*syscall("ke_create_pipe", size))


def create_named(name: str, size: int = 4096, permissions: str = "600") -> PipePair:
    """A new pipe that others find as `\\Pipe\\<name>`, until its last end is closed.

    Args:    permissions: who may connect, three octal digits for owner, group and others; r reads, w writes.
    Raises:  704 if the name is taken, 705 if it cannot be one, 601, 609, 701.
    """
    read_end, write_end = syscall("ke_create_named_pipe", name, size, permissions, about=name)
    return PipePair(read_end, write_end, name)


def connect_named(name: str, mode: str = "rw") -> PipeConnection:
    """Connect to a named pipe, whose one buffer all share.

    Args:    mode: "r", "w" or "rw"; readers meet the end of file when no end is open that writes, of "rw" either.
    Raises:  703 if there is none, 500, 601, 705, 701.
    """
    return PipeConnection(syscall("ke_connect_named_pipe", name, mode, about=name), name)


def read(target: Target, count: int | None = None) -> bytes:
    """Up to *count* bytes; blocks while the pipe is empty and has a writer; b"" at its end.

    Raises:  600, 500, 601, 706.
    """
    return syscall("ke_pipe_read", handle_of(target), count)  # type: ignore[no-any-return]


def write(target: Target, data: bytes | bytearray | memoryview | str) -> int:
    """Write all of *data*, blocking while the pipe is full; returns the bytes written.

    Raises:  600, 500, 601, 706; 820 (`BrokenPipeError`) when nobody reads it any more and SIGPIPE is handled or
             ignored: its `partial` is the number of bytes written before.
    """
    if type(data) is str:
        data = data.encode()
    elif isinstance(data, bytearray | memoryview):
        data = bytes(data)
    return syscall("ke_pipe_write", handle_of(target), data)  # type: ignore[no-any-return]


def chunks(target: Target, count: int | None = None) -> Iterator[bytes]:
    """What comes out of the pipe until its end, in pieces of at most *count* bytes. Blocks as `read`."""
    while data := read(target, count):
        yield data


def lines(target: Target) -> Iterator[str]:
    """The lines of text that come out of the pipe until its end, each with its newline. Blocks as `read`.

    Raises:  UnicodeDecodeError for what is not UTF-8.
    """
    rest: list[bytes] = []  # of a line whose end has not come
    for data in chunks(target):
        first, *others = data.split(b"\n")
        rest.append(first)
        for following in others:
            yield b"".join(rest).decode() + "\n"
            rest = [following]
    if last := b"".join(rest):
        yield last.decode()


def close_read(target: Target) -> bool:
    """Close a read end: writers get 820 once the last one is gone. Raises 600, 706, 708; 601 for a write end."""
    return syscall("ke_pipe_close", handle_of(target), False)  # type: ignore[no-any-return]


def close_write(target: Target) -> bool:
    """Close a write end: readers see the end once the last one is gone. Raises 600, 706, 708; 601 for a read end."""
    return syscall("ke_pipe_close", handle_of(target), True)  # type: ignore[no-any-return]
