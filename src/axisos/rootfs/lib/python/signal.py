"""Signals as Python programmers know them, on `axis.signals`. Handlers get (number, None)."""

from __future__ import annotations

from abi.signals import (
    NAMES,
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
from axis import signals as _signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, NoReturn

    from axis.guest import syscall

__all__ = [
    "SIGABRT", "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGILL", "SIGINT", "SIGKILL", "SIGPIPE", "SIGQUIT",
    "SIGSTOP", "SIGTERM", "SIGTSTP", "SIGUSR1", "SIGUSR2", "SIG_BLOCK", "SIG_DFL", "SIG_IGN", "SIG_SETMASK",
    "SIG_UNBLOCK", "default_int_handler", "getsignal", "pause", "pthread_sigmask", "raise_signal", "signal",
    "strsignal", "valid_signals",
]

SIG_DFL = 0
SIG_IGN = 1
SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = 0, 1, 2
_NEEDS = {
    "alarm": "use threading.Timer, or axis.sync.create_timer", "setitimer": "use threading.Timer, or axis.sync timers",
    "sigwait": "use signal.signal and axis.sync.wait", "set_wakeup_fd": "use signal.signal",
}

# This module runs once in each process, so these are the process's own.
_handlers: dict[int, Any] = {}  # what was set with `signal`
_pauses: list[str] = []  # events of the threads in `pause`


def __getattr__(name: str) -> Any:
    reason = _NEEDS.get(name)
    raise AttributeError(f"module 'signal' has no attribute {name!r}" + (f": {reason}" if reason else ""))


def default_int_handler(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def signal(number: int, handler: Callable[[int, Any], object] | int | None) -> Any:
    """Have *handler(number, None)* called when the signal arrives, or SIG_DFL, SIG_IGN. Returns the one before.

    Raises:  OSError for SIGKILL and SIGSTOP, ValueError for an unknown number.
    """
    if number not in NAMES:
        raise ValueError("signal number out of range")
    if number in (SIGKILL, SIGSTOP):
        raise OSError(22, "Invalid argument")
    if handler is SIG_DFL or handler is None:
        action: Any = _signals.SIG_DFL
    elif handler is SIG_IGN:
        action = _signals.SIG_IGN
    elif callable(handler):
        def action(received: int) -> None:
            handler(received, None)
            for event in _pauses:
                syscall("ke_set_event", event)
    else:
        raise TypeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
    _signals.handle(number, action)
    before = _handlers.get(number, SIG_DFL)
    _handlers[number] = SIG_DFL if handler is None else handler
    return before


def getsignal(number: int) -> Any:
    """What was set with `signal`; SIG_DFL if nothing was."""
    if number not in NAMES:
        raise ValueError("signal number out of range")
    return _handlers.get(number, SIG_DFL)


def raise_signal(number: int) -> None:
    """Send the signal to this process."""
    _signals.send(syscall("process_info")["tgid"], number)
    syscall("process_get_pid")  # a signal to oneself is handled at the next call: before this one returns


def valid_signals() -> set[int]:
    return set(NAMES)


def strsignal(number: int) -> str | None:
    return NAMES.get(number)


def pthread_sigmask(how: int, mask: Iterable[int]) -> set[int]:
    """Hold signals back for this process (masks belong to the process). Returns the mask before."""
    before = set(_signals.mask([]) or ())
    wanted = {int(number) for number in mask}
    after = {SIG_BLOCK: before | wanted, SIG_UNBLOCK: before - wanted, SIG_SETMASK: wanted}[how]
    _signals.mask(after)
    return before


def pause() -> None:
    """Wait until a signal has been handled."""
    event = syscall("ke_create_event", False, False)
    _pauses.append(event)
    try:
        syscall("ke_wait_single", event)
    finally:
        _pauses.remove(event)
        syscall("vfs_close", event)
