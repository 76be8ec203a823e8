"""A loop of one kind, for comparing traced runs with others; the host measures. Arguments: kind, turns.

calls: system calls that the kernel answers, a mixture. null: the cheapest of them alone. files: forwarded calls, a
mixture. device: reads and writes of the trivial driver. compute: no calls.
"""

from __future__ import annotations

import json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

DEVICE = "/dev/trivial"
PATH = "/tmp/traced"


def calls(turns: int) -> None:
    me = syscall("process_get_pid")
    event = syscall("ke_create_event")
    for _ in range(turns):
        syscall("process_get_pid")
        syscall("time_get")
        syscall("signal_send", me, "hello", 1)
        syscall("signal_pull", 0)
        syscall("ke_set_event", event)
        syscall("ke_wait_single", event, 0)


def null(turns: int) -> None:
    for _ in range(turns):
        syscall("process_get_pid")


def files(turns: int) -> None:
    for _ in range(turns):
        handle = syscall("vfs_open", PATH, "w")
        syscall("vfs_write", handle, b"hello")
        syscall("vfs_close", handle)
        syscall("vfs_stat", PATH)


def device(turns: int) -> None:
    reader, writer = syscall("vfs_open", DEVICE, "r"), syscall("vfs_open", DEVICE, "w")
    for _ in range(turns):
        syscall("vfs_read", reader, 5)
        syscall("vfs_write", writer, b"hello")


def compute(turns: int) -> None:
    table = list(range(100))
    for _ in range(turns):
        total = 0
        for each in table:
            total += each * each % 7
        table[total % 100] = total


kind, turns = sys.argv[1], int(sys.argv[2])
{"calls": calls, "null": null, "files": files, "device": device, "compute": compute}[kind](turns)
print(json.dumps(turns))
