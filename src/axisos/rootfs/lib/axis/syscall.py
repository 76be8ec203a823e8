"""Processes and raw system calls (manual, chapter 17): spawn, wait, power, and `syscall` for all the rest."""

from __future__ import annotations

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from axis.guest import env

    def kernel(name: str, /, *args: object) -> Any: ...
else:
    kernel = syscall  # noqa: F821 - the sandbox's builtin; this module exports a function of the same name


def syscall(name: str, *args: object, about: object = None) -> Any:
    """Make the system call *name* and return its value.

    Args:    about: the name or path that it is about, for the exception's `filename`.
    Raises:  the builtin exception that fits its status and is a `StatusError`; the builtin `syscall` raises a bare one.
    """
    try:
        return kernel(name, *args)
    except StatusError as error:
        fail(error, about)


def fail(error: StatusError, about: object = None) -> NoReturn:
    """Raise the builtin exception that fits *error*; the table of them is loaded when it is first needed."""
    from axis import errors

    errors.raise_for(error, about)


def spawn(
    path: str, ring: float | dict[str, Any] | None = None, env: dict[str, Any] | None = None,
    handles: dict[int, Any] | None = None,
) -> int:
    """Start the program at *path* and return its pid.

    Args:    path: relative ones are looked up from the working directory; ring: None = 3, or the caller's if that is
             higher (the manual's short form gives env here); env: what the child sees as `env`,
             None = {}; handles: its standard handles {-10: h, -11: h, -12: h}, None = the caller's own.
    Raises:  603, 500 (not executable), 501 (a ring of more privilege), 601.
    """
    from axis import filesystem, streams

    if isinstance(ring, dict):
        ring, env = None, ring
    streams.settle()
    try:
        pid: int = kernel("process_spawn", filesystem.abspath(path), ring, env or {}, handles)
    except StatusError as error:
        filesystem.raise_for(error, path)
    return pid


def wait(pid: int, timeout_ms: float | None = None) -> int:
    """Wait until process *pid* has ended; returns its exit code (128 + n if signal n ended it).

    Raises:  606 if there is none, 601 for oneself, 258 (`TimeoutError`) at the time limit.
    """
    code: int = syscall("process_wait_status", pid, timeout_ms)
    return code


def reboot() -> None:
    """Restart the machine. Only uid 0, or rings up to 2.5."""
    _power("computer_reboot")


def shutdown() -> None:
    """Turn the machine off. Only uid 0, or rings up to 2.5."""
    _power("computer_shutdown")


def _power(name: str) -> None:
    """Power calls end a caller that may not make them, so ask first."""
    if kernel("process_get_ring") > 2.5 and kernel("process_get_uid") != 0:
        fail(StatusError(Status.PRIVILEGE_NOT_HELD, "only uid 0 may turn the machine off"))
    syscall(name)


def get_synapse_token() -> str:
    """The synapse token that this process's handles are bound to."""
    token: str = syscall("synapse_get_token")
    return token


def write(*values: object) -> int:
    """Write the values, TAB-joined, to standard output, without a newline and without a buffer."""
    count: int = syscall("vfs_write", -11, "\t".join(str(value) for value in values).encode())
    return count


def read() -> str:
    """One read of standard input: a line from a terminal, "" at the end."""
    data: bytes = syscall("vfs_read", -10, None)
    return data.decode("utf-8", "replace")


def get_environment() -> dict[str, Any]:
    """A copy of this process's `env`, to be changed and given to a child."""
    return dict(env)
