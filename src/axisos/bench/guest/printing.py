"""Lets `printer` print to /dev/tty, and reports the seconds it took and the writes that the terminal has counted.

Settings: printer (its path), lines.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall


def writes() -> int:
    return int(syscall("vfs_device_control", terminal, "get_statistics", [])["writes"])


terminal = syscall("vfs_open", "/dev/tty", "w")
reader, writer = syscall("ke_create_pipe")
before = writes()
surroundings = {"ARGS": [str(env["lines"])], "TERM": "axis"}
printer = syscall("process_spawn", env["printer"], 3, surroundings, {-11: terminal, -12: writer})
syscall("vfs_close", writer)
words = b""
while data := syscall("vfs_read", reader):
    words += data
status = syscall("process_wait_status", printer)
syscall("bench_report", {"status": status, "words": words.decode(), "writes": writes() - before})
syscall("signal_pull")
