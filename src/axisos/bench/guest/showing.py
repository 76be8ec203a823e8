"""Lets `cat` write a file to /dev/tty, and reports the seconds it took.

Settings: file (its path).
"""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

terminal = syscall("vfs_open", "/dev/tty", "w")
start = perf_counter()
cat = syscall("process_spawn", "/usr/commands/cat.py", 3, {"ARGS": [env["file"]]}, {-11: terminal})
status = syscall("process_wait_status", cat)
syscall("bench_report", {"status": status, "seconds": perf_counter() - start})
