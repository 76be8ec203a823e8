"""Processes that all wait for a slow device, which answers one at a time. Argument: turns."""

from __future__ import annotations

import json
import sys

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

DEVICE = "/dev/pending"
READER = 'handle = syscall("vfs_open", "/dev/pending", "r")\nwhile True:\n    syscall("vfs_read", handle, 1)\n'


def wait_for(count: int) -> None:
    """Start readers until so many reads wait."""
    while syscall("vfs_device_control", control, "count", []) < count:
        readers.append(syscall("process_spawn", "/tmp/reader.py", 3, {}))
        while syscall("vfs_device_control", control, "count", []) < len(readers):
            syscall("process_sleep", 1)


def release(turns: int) -> None:
    """Each answers one reader, which asks again at once."""
    for _ in range(turns):
        syscall("vfs_device_control", control, "release", [])


turns, few, many = map(int, sys.argv[1:])
with open("/tmp/reader.py", "w") as file:
    file.write(READER)
readers: list[int] = []
control = syscall("vfs_open", DEVICE, "w")
wait_for(few)
with_few = least(release, turns)
wait_for(many)
print(json.dumps({"few": with_few, "many": least(release, turns)}))
for pid in readers:
    syscall("process_kill", pid, 9)
