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
block = b"x" * 1023 + b"\n"


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


def list_directory(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_list", "/system")


def python_read(turns: int) -> None:
    for _ in range(turns):
        with open(on_disk, encoding="utf-8") as file:
            file.read(1024)


figures = {
    "disk": least(lambda turns: open_read_close(on_disk, turns), turns),
    "created": least(open_write_close, turns),
    "memory": least(lambda turns: open_read_close(in_memory, turns), turns),
    "python": least(python_read, max(1, turns // 2)),
    "list": least(list_directory, max(1, turns // 2)),
    "entries": len(syscall("vfs_list", "/system")),
}
handle = syscall("vfs_open", in_memory, "w")
figures["write"] = least(write, turns)
syscall("vfs_close", handle)
handle = syscall("vfs_open", in_memory, "r")
figures["read"] = least(read, turns)
syscall("vfs_close", handle)
print(json.dumps(figures))
