"""Reads keys from /dev/tty, one by one, writes each back and reports it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

terminal = syscall("vfs_open", "/dev/tty", "rw")
syscall("vfs_device_control", terminal, "set_mode", ["raw"])
syscall("bench_report", {"listens": True})
while True:
    key = syscall("vfs_read", terminal, 16)
    syscall("vfs_write", terminal, key)
    syscall("bench_report", {"key": key.decode()})
