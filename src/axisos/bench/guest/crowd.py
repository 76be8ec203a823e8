"""Starts `count` idle children with the terminal as their standard handles, then as many idle threads of its own.

Settings: child (path of the idle program), count. Reports "processes" and "threads" when they sit there, and goes on to
the threads at a message.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

reader, writer = syscall("vfs_open", "/dev/tty", "r"), syscall("vfs_open", "/dev/tty", "w")
handles = {-10: reader, -11: writer, -12: writer}
surroundings = {"ARGS": [], "PWD": "/", "HOME": "/", "USER": "root", "UID": "0", "PATH": "/bin", "TERM": "axis"}


def wait_for_nothing() -> None:
    syscall("signal_pull")


for _ in range(env["count"]):
    syscall("process_spawn", env["child"], 3, surroundings, handles, 0)
syscall("process_sleep", 1)
syscall("bench_report", "processes")
syscall("signal_pull")
for _ in range(env["count"]):
    syscall("process_thread", wait_for_nothing)
syscall("process_sleep", 1)
syscall("bench_report", "threads")
syscall("signal_pull")
