"""System calls that the kernel itself answers. Argument: turns."""

from __future__ import annotations

import json
import sys

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall


def get_pid(turns: int) -> None:
    for _ in range(turns):
        syscall("process_get_pid")


def time_get(turns: int) -> None:
    for _ in range(turns):
        syscall("time_get")


def message_to_myself(turns: int) -> None:
    me = syscall("process_get_pid")
    for _ in range(turns):
        syscall("signal_send", me, "hello", 1)
        syscall("signal_pull", 0)


turns = int(sys.argv[1])
print(json.dumps({
    "get_pid": least(get_pid, turns), "time_get": least(time_get, turns),
    "message": least(message_to_myself, max(1, turns // 4)),
}))
