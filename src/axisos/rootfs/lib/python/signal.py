"""Signals as Python programmers know them, on `axis.signals`. Handlers get (number, None).

The numbers are members of `Signals`, which is an `enum.IntEnum` in all that programs do with it, but made by hand: the
module enum takes longer to load than most programs run.
"""

from __future__ import annotations

from abi.signals import NAMES
from axis import signals as _signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, NoReturn

    from axis.guest import syscall


class _Members(type):
    """The class of a set of named numbers: called with a number, indexed by a name, gone through in order."""

    def __call__(cls, value: Any) -> Any:
        for member in cls._members:  # type: ignore[attr-defined]
            if int(member) == value:
                return member
        raise ValueError(f"{value!r} is not a valid {cls.__name__}")

    def __getitem__(cls, name: str) -> Any:
        for member in cls._members:  # type: ignore[attr-defined]
            if member.name == name:
                return member
        raise KeyError(name)

    def __iter__(cls) -> Iterator[Any]:
        return iter(cls._members)  # type: ignore[attr-defined]

    def __len__(cls) -> int:
        return len(cls._members)  # type: ignore[attr-defined]

    def __contains__(cls, value: object) -> bool:
        return any(int(member) == value for member in cls._members)  # type: ignore[attr-defined]


class _Named(int, metaclass=_Members):
    """A number with a name."""

    _members: tuple[Any, ...] = ()
    name: str

    @property
    def value(self) -> int:
        return int(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self.name}: {int(self)}>"

    def __str__(self) -> str:
        return str(int(self))

    def __hash__(self) -> int:
        return hash(int(self))

    @classmethod
    def _enter(cls, names: dict[str, int]) -> None:
        """Make the members, in the class and in this module."""
        made = []
        for name, number in names.items():
            member = int.__new__(cls, number)
            member.name = name
            setattr(cls, name, member)
            globals()[name] = member
            made.append(member)
        cls._members = tuple(made)


class Signals(_Named):
    """The signals of the system."""


class Handlers(_Named):
    """What a signal does without a function."""


class Sigmasks(_Named):
    """What `pthread_sigmask` does with the signals that it is given."""


Signals._enter({name: number for number, name in NAMES.items()})
Handlers._enter({"SIG_DFL": 0, "SIG_IGN": 1})
Sigmasks._enter({"SIG_BLOCK": 0, "SIG_UNBLOCK": 1, "SIG_SETMASK": 2})
NSIG = 65

if TYPE_CHECKING:
    SIGINT = SIGKILL = SIGSTOP = Signals(0)
    SIG_DFL = SIG_IGN = Handlers(0)
    SIG_BLOCK = SIG_UNBLOCK = SIG_SETMASK = Sigmasks(0)

# This module runs once in each process, so these are the process's own.
_pauses: list[str] = []  # events of the threads in `pause`


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("signal", name)


def default_int_handler(signalnum: int, frame: object, /) -> NoReturn:
    """What SIGINT does until a program says otherwise."""
    raise KeyboardInterrupt


_handlers: dict[int, Any] = {SIGINT: default_int_handler}  # what was set with `signal`


def _known(signalnum: int) -> Any:
    if signalnum not in NAMES:
        raise ValueError("signal number out of range")
    return Signals(signalnum)


def signal(signalnum: int, handler: Callable[[int, Any], object] | int | None) -> Any:
    """Have *handler(number, None)* called when the signal arrives, or SIG_DFL, SIG_IGN. Returns the one before.

    Raises:  OSError for SIGKILL and SIGSTOP, ValueError for an unknown number or in another thread than the main one.
    """
    number = _known(signalnum)
    if syscall("process_get_pid") != syscall("process_info")["tgid"]:
        raise ValueError("signal only works in main thread of the main interpreter")
    if number in (SIGKILL, SIGSTOP):
        raise OSError(22, "Invalid argument")
    if handler is None or not (callable(handler) or handler in Handlers):
        raise TypeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
    if callable(handler):
        def action(received: int) -> None:
            handler(received, None)
            for event in _pauses:
                syscall("ke_set_event", event)

        _signals.handle(int(number), action)
    else:
        handler = Handlers(handler)
        _signals.handle(int(number), _signals.SIG_IGN if handler == SIG_IGN else _signals.SIG_DFL)
    before = _handlers.get(number, SIG_DFL)
    _handlers[number] = handler
    return before


def getsignal(signalnum: int) -> Any:
    """What was set with `signal`; SIG_DFL if nothing was."""
    return _handlers.get(_known(signalnum), SIG_DFL)


def raise_signal(signalnum: int, /) -> None:
    """Send the signal to this process."""
    if signalnum not in NAMES:
        raise OSError(22, "Invalid argument")
    _signals.send(syscall("process_info")["tgid"], int(signalnum))
    syscall("process_get_pid")  # a signal to oneself is handled at the next call: before this one returns


def valid_signals() -> set[Any]:
    return set(Signals)


_DESCRIPTIONS = {
    "SIGHUP": "Hangup", "SIGINT": "Interrupt", "SIGQUIT": "Quit", "SIGILL": "Illegal instruction",
    "SIGABRT": "Aborted", "SIGKILL": "Killed", "SIGPIPE": "Broken pipe", "SIGALRM": "Alarm clock",
    "SIGTERM": "Terminated", "SIGCHLD": "Child exited", "SIGCONT": "Continued", "SIGSTOP": "Stopped (signal)",
    "SIGTSTP": "Stopped", "SIGUSR1": "User defined signal 1", "SIGUSR2": "User defined signal 2",
}


def strsignal(signalnum: int, /) -> str | None:
    """What a signal means; None for an unknown one."""
    if not 0 < signalnum < NSIG:
        raise ValueError("signal number out of range")
    return _DESCRIPTIONS.get(NAMES.get(signalnum, ""))


def pthread_sigmask(how: int, mask: Iterable[int], /) -> set[Any]:
    """Hold signals back for this process (masks belong to the process). Returns the mask before."""
    if how not in Sigmasks:
        raise OSError(22, "Invalid argument")
    before = set(_signals.mask([]) or ())
    wanted = {int(number) for number in mask}
    after = wanted if how == SIG_SETMASK else before | wanted if how == SIG_BLOCK else before - wanted
    _signals.mask(after)
    return {Signals(number) for number in before}


def pause() -> None:
    """Wait until a signal has been handled."""
    event = syscall("ke_create_event", False, False)
    _pauses.append(event)
    try:
        syscall("ke_wait_single", event)
    finally:
        _pauses.remove(event)
        syscall("vfs_close", event)
