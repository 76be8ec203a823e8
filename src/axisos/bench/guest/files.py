"""Files from ring 3, by bare system calls. Arguments: turns, a file on the system disk."""

from __future__ import annotations

import json
import sys

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

turns, on_disk = int(sys.argv[1]), sys.argv[2]
in_memory = "/tmp/bench.txt"
on_host = "/home/guest/bench.txt"
block = b"x" * 1023 + b"\n"
CHUNK = 4096
MIB = 1 << 20


def open_read_close(path: str, turns: int) -> None:
    for _ in range(turns):
        handle = syscall("vfs_open", path, "r")
        syscall("vfs_read", handle, 1024)
        syscall("vfs_close", handle)


def open_write_close(turns: int) -> None:
    for _ in range(turns):
        handle = syscall("vfs_open", in_memory, "w")
        syscall("vfs_write", handle, block)
        syscall("vfs_close", handle)


def write(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_write", handle, block)


def read(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_read", handle, 1024)


def fill(directory: str) -> None:
    """A directory of 100 files."""
    syscall("vfs_mkdir", directory)
    for number in range(100):
        syscall("vfs_close", syscall("vfs_open", f"{directory}/file{number}", "w"))


def list_directory(path: str, turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_list", path)


def pour(path: str) -> float:
    """Bytes a second of writing 1 MiB one after the other."""
    chunk = b"x" * CHUNK

    def write_chunks(turns: int) -> None:
        handle = syscall("vfs_open", path, "w")
        for _ in range(turns):
            syscall("vfs_write", handle, chunk)
        syscall("vfs_close", handle)

    seconds: float = least(write_chunks, MIB // CHUNK)
    return CHUNK / seconds


def drink(path: str) -> float:
    """Bytes a second of reading it again."""

    def read_chunks(turns: int) -> None:
        handle = syscall("vfs_open", path, "r")
        for _ in range(turns):
            syscall("vfs_read", handle, CHUNK)
        syscall("vfs_close", handle)

    seconds: float = least(read_chunks, MIB // CHUNK)
    return CHUNK / seconds


def python_read(turns: int) -> None:
    for _ in range(turns):
        with open(on_disk, encoding="utf-8") as file:
            file.read(1024)


syscall("vfs_close", syscall("vfs_open", on_host, "w"))
handle = syscall("vfs_open", on_host, "a")
syscall("vfs_write", handle, block)
syscall("vfs_close", handle)
fill("/home/guest/many")
fill("/tmp/many")
few = max(1, turns // 2)
figures = {
    "disk": least(lambda turns: open_read_close(on_disk, turns), turns),
    "created": least(open_write_close, turns),
    "memory": least(lambda turns: open_read_close(in_memory, turns), turns),
    "host": least(lambda turns: open_read_close(on_host, turns), turns),
    "python": least(python_read, few),
    "list_memory": least(lambda turns: list_directory("/tmp/many", turns), few),
    "pour": pour(on_host),
    "drink": drink(on_host),
    "pour_memory": pour(in_memory),
    "drink_memory": drink(in_memory),
}
syscall("process_sleep", 150)  # until the host's time stamps tell that the directory is at rest
figures["list"] = least(lambda turns: list_directory("/home/guest/many", turns), few)
handle = syscall("vfs_open", in_memory, "w")
figures["write"] = least(write, turns)
syscall("vfs_close", handle)
handle = syscall("vfs_open", in_memory, "r")
figures["read"] = least(read, turns)
syscall("vfs_close", handle)
print(json.dumps(figures))
