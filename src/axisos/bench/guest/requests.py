"""I/O requests to the trivial driver and its cousin at ring 3. Argument: turns."""

from __future__ import annotations

import json
import sys

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

DEVICE = "/dev/trivial"


def read(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_read", reader, 5)


def write(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_write", writer, b"hello")


def control(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_device_control", writer, "hello", [])


def open_close(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_close", syscall("vfs_open", DEVICE, "r"))


def read_user_mode(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_read", user_mode, 5)


turns = int(sys.argv[1])
user_mode = syscall("vfs_open", "/dev/userland", "r")
reader, writer = syscall("vfs_open", DEVICE, "r"), syscall("vfs_open", DEVICE, "w")
print(json.dumps({
    "read": least(read, turns), "write": least(write, turns), "control": least(control, turns),
    "open_close": least(open_close, max(1, turns // 2)), "user_mode": least(read_user_mode, max(1, turns // 2)),
}))
