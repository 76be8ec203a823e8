"""Ask for a password without showing it."""

from __future__ import annotations

from abi.status import StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from axis.guest import env, syscall


class GetPassWarning(UserWarning):
    """The password may be seen while it is typed."""


def getpass(prompt: str = "Password: ", stream: Any = None) -> str:
    """Show *prompt*, read a line with the terminal's echo off. Without a terminal, a line of standard input."""
    import sys

    out = stream if stream is not None else sys.stderr
    out.write(prompt)
    out.flush()
    hidden = True
    try:
        syscall("vfs_device_control", -10, "set_echo", [False])
    except StatusError:
        hidden = False
    try:
        line = sys.stdin.readline()
    finally:
        if hidden:
            syscall("vfs_device_control", -10, "set_echo", [True])
            out.write("\n")
            out.flush()
    if not line:
        raise EOFError
    return line.removesuffix("\n")


def getuser() -> str:
    """The name that the user logged in with."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if env.get(name):
            return str(env[name])
    return "root" if syscall("process_get_uid") == 0 else str(syscall("process_get_uid"))


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("getpass", name)
