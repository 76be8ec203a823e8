"""POSIX signals (manual, chapter 13.8): numbers, handlers, masks and groups.

Handlers and the mask belong to the process, whichever of its threads set them; a handler runs in one of its threads. A
signal is given as a number (also of Python's `signal.Signals`) or by its name.
"""

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
from axis.handles import listed
from axis.syscall import syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = [
    "NAMES", "SIGABRT", "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGILL", "SIGINT", "SIGKILL", "SIGPIPE", "SIGQUIT",
    "SIGSTOP", "SIGTERM", "SIGTSTP", "SIGUSR1", "SIGUSR2", "SIG_DFL", "SIG_IGN", "getpgid", "handle", "mask",
    "masked", "number_of", "send", "send_group", "setpgid",
]


def number_of(signal: object) -> int:
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


def handle(signal: int | str, action: Any) -> Any:
    """Call *action(number)* when *signal* arrives; SIG_IGN ignores it, SIG_DFL (None) restores the default.

    Returns: what was set before. Raises 601 for SIGKILL, SIGSTOP and unknown numbers.
    """
    return syscall("ke_signal_handler", number_of(signal), action)


def send(pid: int, signal: int | str = SIGTERM) -> bool:
    """Send a signal. Raises 606 (no such process), 500 or 501 (the caller may not), 601 (no such signal)."""
    return syscall("ke_signal_send", pid, number_of(signal))  # type: ignore[no-any-return]


def send_group(pgid: int, signal: int | str = SIGTERM) -> bool:
    """Send a signal to every member of a process group (0 = the caller's children); True if one could be reached.

    Raises:  606 (no such group), 601.
    """
    return syscall("ke_signal_group", pgid, number_of(signal))  # type: ignore[no-any-return]


def mask(signals: Iterable[int | str]) -> Any:
    """Hold these signals back, and no others, until a later call lets them through.

    Returns: the mask before. Raises 601.
    """
    return syscall("ke_signal_mask", [number_of(signal) for signal in listed(signals, "a mask is several signals")])


class masked:
    """`with masked([SIGTERM]):` - holds these signals back for the block, with those that are held back already.

    Raises:  601.
    """

    def __init__(self, signals: Iterable[int | str]) -> None:
        self._signals = [number_of(signal) for signal in listed(signals, "a mask is several signals")]

    def __enter__(self) -> None:
        self._before = mask(NAMES)  # nothing slips through until the true one is set
        mask({*self._before, *self._signals})

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        mask(self._before)


def setpgid(pid: int, pgid: int) -> bool:
    """Move *pid* (oneself or a child) to the process group *pgid*. Raises 606, 500."""
    return syscall("ke_setpgid", pid, pgid)  # type: ignore[no-any-return]


def getpgid(pid: int | None = None) -> int:
    """The process group of *pid*, None for the caller's. Raises 606."""
    return syscall("ke_getpgid", pid)  # type: ignore[no-any-return]
