"""What the system tells of its terminal, its machine and its time, as records: tuples whose items have names.

Called by   `os`, whose names these are, when a program asks for one of them.
"""

from __future__ import annotations

from abi.status import StatusError
from axis import filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env, syscall


def _record(kind: Any, sequence: Any, size: int) -> Any:
    fields = tuple(sequence)
    if len(fields) != size:
        raise TypeError(f"{kind.__name__}() takes a {size}-sequence ({len(fields)}-sequence given)")
    return tuple.__new__(kind, fields)


class terminal_size(tuple):  # type: ignore[type-arg]
    """(columns, lines)."""

    __slots__ = ()
    __module__ = "os"  # where programs find it

    def __new__(cls, sequence: Any) -> terminal_size:
        return _record(cls, sequence, 2)

    def __repr__(self) -> str:
        return f"os.terminal_size(columns={self[0]}, lines={self[1]})"

    @property
    def columns(self) -> int:
        return self[0]  # type: ignore[no-any-return]

    @property
    def lines(self) -> int:
        return self[1]  # type: ignore[no-any-return]


def get_terminal_size(fd: str | int = 1, /) -> terminal_size:
    """The terminal's (columns, lines). Raises: OSError if *fd* is none."""
    try:
        size = syscall("vfs_device_control", filesystem.handle_of(fd), "get_size", [])
    except StatusError:
        raise OSError(25, "Inappropriate ioctl for device") from None
    return terminal_size((size["w"], size["h"]) if isinstance(size, dict) else tuple(size)[:2])


class uname_result(tuple):  # type: ignore[type-arg]
    """(sysname, nodename, release, version, machine)."""

    __slots__ = ()
    __module__ = "os"  # where programs find it

    def __new__(cls, sequence: Any) -> uname_result:
        return _record(cls, sequence, 5)

    @property
    def sysname(self) -> str:
        return self[0]  # type: ignore[no-any-return]

    @property
    def nodename(self) -> str:
        return self[1]  # type: ignore[no-any-return]

    @property
    def release(self) -> str:
        return self[2]  # type: ignore[no-any-return]

    @property
    def version(self) -> str:
        return self[3]  # type: ignore[no-any-return]

    @property
    def machine(self) -> str:
        return self[4]  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        names = ("sysname", "nodename", "release", "version", "machine")
        return f"posix.uname_result({', '.join([f'{n}={v!r}' for n, v in zip(names, self, strict=True)])})"


def uname() -> uname_result:
    found = syscall("reg_get_value", "@VT\\SYS\\BOOT", "KernelVersion")
    return uname_result(
        ("AxisOS", str(env.get("HOSTNAME") or "localhost"), str(found[0]) if found else "0.3", "Xen XKA", "python")
    )


class times_result(tuple):  # type: ignore[type-arg]
    """(user, system, children_user, children_system, elapsed), in seconds."""

    __slots__ = ()
    __module__ = "os"  # where programs find it

    def __new__(cls, sequence: Any) -> times_result:
        return _record(cls, sequence, 5)

    @property
    def user(self) -> float:
        return self[0]  # type: ignore[no-any-return]

    @property
    def system(self) -> float:
        return self[1]  # type: ignore[no-any-return]

    @property
    def children_user(self) -> float:
        return self[2]  # type: ignore[no-any-return]

    @property
    def children_system(self) -> float:
        return self[3]  # type: ignore[no-any-return]

    @property
    def elapsed(self) -> float:
        return self[4]  # type: ignore[no-any-return]


def times() -> times_result:
    return times_result((syscall("process_info")["cpu_time"], 0.0, 0.0, 0.0, syscall("time_get")[0]))
