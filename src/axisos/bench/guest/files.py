"""Files from ring 3, by bare system calls. Arguments: turns, a file on the system disk."""

from __future__ import annotations

import json
import sys
from time import perf_counter

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
STREAM_TURNS = 16  # chunks
STREAM_BATCHES = 64
BATCHES = 60  # as short


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


def python_read(turns: int) -> None:
    for _ in range(turns):
        with open(on_disk, encoding="utf-8") as file:
            file.read(1024)


class Chunks:
    """1 MiB of a file in chunks of 4 KiB, a few at a time: a measurement is short, so that nobody comes between."""

    def __init__(self, path: str, mode: str) -> None:
        self.path = path
        self.mode = mode
        self.handle = syscall("vfs_open", path, mode)
        self.left = MIB // CHUNK

    def step(self, turns: int) -> None:
        """Write or read so many chunks."""
        handle, data = self.handle, b"x" * CHUNK
        if self.mode == "w":
            for _ in range(turns):
                syscall("vfs_write", handle, data)
        else:
            for _ in range(turns):
                syscall("vfs_read", handle, CHUNK)

    def bytes_per_second(self) -> float:
        best = float("inf")
        for _ in range(STREAM_BATCHES):
            if self.left < STREAM_TURNS:  # the MiB is full: begin anew
                syscall("vfs_close", self.handle)
                self.handle = syscall("vfs_open", self.path, self.mode)
                self.left = MIB // CHUNK
            start = perf_counter()
            self.step(STREAM_TURNS)
            best = min(best, perf_counter() - start)
            self.left -= STREAM_TURNS
        syscall("vfs_close", self.handle)
        return CHUNK * STREAM_TURNS / best


syscall("vfs_close", syscall("vfs_open", on_host, "w"))
handle = syscall("vfs_open", on_host, "a")
syscall("vfs_write", handle, block)
syscall("vfs_close", handle)
fill("/home/guest/many")
fill("/tmp/many")
few = max(1, turns // 2)
figures = {
    "disk": least(lambda turns: open_read_close(on_disk, turns), turns, BATCHES),
    "created": least(open_write_close, turns, BATCHES),
    "memory": least(lambda turns: open_read_close(in_memory, turns), turns, BATCHES),
    "host": least(lambda turns: open_read_close(on_host, turns), turns, BATCHES),
    "python": least(python_read, few, BATCHES),
    "list_memory": least(lambda turns: list_directory("/tmp/many", turns), few, BATCHES),
    "pour": Chunks(on_host, "w").bytes_per_second(),
    "drink": Chunks(on_host, "r").bytes_per_second(),
    "pour_memory": Chunks(in_memory, "w").bytes_per_second(),
    "drink_memory": Chunks(in_memory, "r").bytes_per_second(),
}
syscall("process_sleep", 150)  # until the host's time stamps tell that the directory is at rest
figures["list"] = least(lambda turns: list_directory("/home/guest/many", turns), few, BATCHES)
handle = syscall("vfs_open", in_memory, "w")
figures["write"] = least(write, turns, BATCHES)
syscall("vfs_close", handle)
handle = syscall("vfs_open", in_memory, "r")
figures["read"] = least(read, turns, BATCHES)
syscall("vfs_close", handle)
print(json.dumps(figures))
