"""POSIX signals (manual, chapter 13.8): numbers, handlers, masks and groups."""

from __future__ import annotations

from abi.signals import (
    NAMES,
    SIG_DFL,
    SIG_IGN,
    SIGABRT,
    SIGALRM,
    SIGCHLD,
    SIGCONT,
    SIGHUP,
    SIGILL,
    SIGINT,
    SIGKILL,
    SIGPIPE,
    SIGQUIT,
    SIGSTOP,
    SIGTERM,
    SIGTSTP,
    SIGUSR1,
    SIGUSR2,
)
from axis.syscall import syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = [
    "NAMES", "SIGABRT", "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGILL", "SIGINT", "SIGKILL", "SIGPIPE", "SIGQUIT",
    "SIGSTOP", "SIGTERM", "SIGTSTP", "SIGUSR1", "SIGUSR2", "SIG_DFL", "SIG_IGN", "getpgid", "handle", "mask",
    "number_of", "send", "send_group", "setpgid",
]


def number_of(signal: str | int) -> int:
    """The number of a signal given as 15, "15", "TERM" or "SIGTERM". Raises 601 for an unknown one."""
    text = str(signal).upper()
    if text.isdecimal() and int(text) in NAMES:
        return int(text)
    name = text if text.startswith("SIG") else "SIG" + text
    for number, known in NAMES.items():
        if known == name:
            return number
    from axis import errors

    raise errors.invalid(f"{signal}: no such signal")


def handle(signal: int, action: Any) -> Any:
    """Call *action(number)* when *signal* arrives; SIG_IGN ignores it, SIG_DFL (None) restores the default.

    Returns: what was set before. Raises 601 for SIGKILL, SIGSTOP and unknown numbers.
    """
    return syscall("ke_signal_handler", signal, action)


def send(pid: int, signal: int = SIGTERM) -> bool:
    """Send a signal. Raises 606 (no such process), 500 or 501 (the caller may not), 601 (no such signal)."""
    return syscall("ke_signal_send", pid, signal)  # type: ignore[no-any-return]


def send_group(pgid: int, signal: int = SIGTERM) -> bool:
    """Send a signal to every member of a process group (0 = the caller's children); True if one could be reached."""
    return syscall("ke_signal_group", pgid, signal)  # type: ignore[no-any-return]


def mask(signals: Iterable[int]) -> Any:
    """Hold these signals back, and no others, until a later call lets them through. Returns the mask before."""
    return syscall("ke_signal_mask", [*signals])


def setpgid(pid: int, pgid: int) -> bool:
    """Move *pid* (oneself or a child) to the process group *pgid*. Raises 606, 500."""
    return syscall("ke_setpgid", pid, pgid)  # type: ignore[no-any-return]


def getpgid() -> int:
    """The caller's process group."""
    return syscall("ke_getpgid")  # type: ignore[no-any-return]
