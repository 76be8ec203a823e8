"""How a call or a request ended: one table for the whole system (manual, chapter 16).

`Status` is an int that knows its name. `StatusError` carries one across a ring; inside a ring we raise it, at the
edge of a ring exactly one place turns it into numbers.

Always so: a `Status` compares and hashes as its number, and there is one object for each code of the table.
"""

from __future__ import annotations

from abi.sealed import Sealed

# code, name, NT value of the Object Manager (0 where there is none), meaning
_TABLE: tuple[tuple[int, str, int, str], ...] = (
    (0, "SUCCESS", 0, "done; also: the wait was satisfied by object 0"),
    (1, "PENDING", 0x103, "accepted, completes later"),
    (128, "ABANDONED", 0x80, "a mutex was acquired whose owner had died"),
    (192, "IO_COMPLETION", 0xC0, "the wait was broken by a handled signal"),
    (258, "TIMEOUT", 0x102, "the time limit was reached"),
    (-1, "FAILED", 0, "the wait failed"),
    (300, "UNSUCCESSFUL", 0, "it failed for a reason that has no number of its own"),
    (301, "NOT_IMPLEMENTED", 0, "there is no such method here"),
    (302, "INSUFFICIENT_RESOURCES", 0, "it could not be allocated"),
    (303, "UNKNOWN_SYSCALL", 0, "no system call has this name"),
    (400, "INVALID_DRIVER_OBJECT", 0, "the driver's source does not load"),
    (401, "INVALID_DRIVER_ENTRY", 0, "the driver has no entry function"),
    (402, "INVALID_DRIVER_INFO", 0, "DRIVER_INFO is missing or malformed"),
    (403, "DRIVER_VALIDATION_FAILED", 0, "the signature or policy check failed"),
    (404, "DRIVER_INIT_FAILED", 0, "the driver did not start"),
    (405, "NO_SUCH_DEVICE", 0, "no such device"),
    (406, "DEVICE_ALREADY_EXISTS", 0, "the device name is taken"),
    (407, "INVALID_DRIVER_TYPE", 0, "the driver type is none of KMD, CMD, UMD"),
    (408, "DRIVER_UNLOAD_FAILED", 0, "the driver's unload routine failed"),
    (500, "ACCESS_DENIED", 0xC0000022, "permission bits, access mask or policy forbid it"),
    (501, "PRIVILEGE_NOT_HELD", 0, "the caller's ring or uid is not enough"),
    (502, "SYNAPSE_TOKEN_MISMATCH", 0, "the handle belongs to another synapse token"),
    (503, "SYNAPSE_TOKEN_EXPIRED", 0, "the handle belongs to a token that was rotated away"),
    (600, "INVALID_HANDLE", 0xC0000008, "no such open handle"),
    (601, "INVALID_PARAMETER", 0, "an argument has the wrong type or range"),
    (602, "END_OF_FILE", 0, "no more data"),
    (603, "NO_SUCH_FILE", 0, "the path does not exist"),
    (604, "DEVICE_BUSY", 0, "in use by somebody else"),
    (605, "DEVICE_NOT_READY", 0, "the hardware is absent or restarting"),
    (606, "NO_SUCH_PROCESS", 0, "no process or process group has this number"),
    (607, "INTERRUPTED", 0, "a signal broke the call"),
    (608, "PROCESS_KILLED", 0, "the caller is being terminated"),
    (609, "QUOTA_EXCEEDED", 0, "a limit of the process or user was reached"),
    (610, "WOULD_DEADLOCK", 0, "the call could never be answered"),
    (611, "CANCELLED", 0, "the request was withdrawn or its server is gone"),
    (612, "FILE_EXISTS", 0, "the path exists already"),
    (613, "NOT_A_DIRECTORY", 0, "a part of the path is not a directory"),
    (614, "IS_A_DIRECTORY", 0, "the path is a directory"),
    (615, "DIRECTORY_NOT_EMPTY", 0, "the directory is not empty"),
    (616, "DISK_FULL", 0, "no space is left"),
    (617, "READ_ONLY", 0, "the medium cannot be written"),
    (700, "HANDLE_NOT_FOUND", 0, "the token is not in the process's table"),
    (701, "HANDLE_TABLE_FULL", 0, "too many open handles"),
    (702, "HANDLE_ALIAS_INVALID", 0, "the numeric alias maps to nothing"),
    (703, "OBJECT_NAME_NOT_FOUND", 0xC0000034, "no object has this name"),
    (704, "OBJECT_NAME_COLLISION", 0xC0000035, "the object name is taken"),
    (705, "OBJECT_NAME_INVALID", 0xC0000033, "the object name is malformed or a link loop"),
    (706, "OBJECT_TYPE_MISMATCH", 0xC0000024, "the handle is of another type"),
    (707, "DELETE_PENDING", 0xC0000056, "the object is going away"),
    (708, "HANDLE_NOT_CLOSABLE", 0xC0000235, "the handle is protected"),
    (800, "REGISTRY_KEY_NOT_FOUND", 0, "no such registry key"),
    (801, "REGISTRY_PROTECTED", 0, "the registry key is protected"),
    (802, "REGISTRY_QUOTA", 0, "a limit of the registry was reached"),
    (820, "PIPE_BROKEN", 0, "nobody reads the other end"),
    (821, "WOULD_BLOCK", 0, "the call would have to sleep and may not"),
    (822, "MUTANT_NOT_OWNED", 0, "only the owner may release a mutex"),
    (823, "SEMAPHORE_LIMIT_EXCEEDED", 0, "the release would pass the semaphore's maximum"),
    (824, "MESSAGE_TOO_LARGE", 0, "the message is larger than the queue takes"),
    (825, "NOT_WAITABLE", 0, "the object cannot be waited on"),
)
_NAMES = {code: name for code, name, _, _ in _TABLE}
_NT_CODES = {code: nt for code, _, nt, _ in _TABLE}
_MEANINGS = {code: meaning for code, _, _, meaning in _TABLE}
_MEMBERS: dict[int, Status] = {}


class Status(int, metaclass=Sealed):
    """One status code. `Status(500)` is `Status.ACCESS_DENIED`; an unknown number keeps its value and has no name."""

    __slots__ = ()

    SUCCESS: Status
    PENDING: Status
    ABANDONED: Status
    IO_COMPLETION: Status
    TIMEOUT: Status
    FAILED: Status
    UNSUCCESSFUL: Status
    NOT_IMPLEMENTED: Status
    INSUFFICIENT_RESOURCES: Status
    UNKNOWN_SYSCALL: Status
    INVALID_DRIVER_OBJECT: Status
    INVALID_DRIVER_ENTRY: Status
    INVALID_DRIVER_INFO: Status
    DRIVER_VALIDATION_FAILED: Status
    DRIVER_INIT_FAILED: Status
    NO_SUCH_DEVICE: Status
    DEVICE_ALREADY_EXISTS: Status
    INVALID_DRIVER_TYPE: Status
    DRIVER_UNLOAD_FAILED: Status
    ACCESS_DENIED: Status
    PRIVILEGE_NOT_HELD: Status
    SYNAPSE_TOKEN_MISMATCH: Status
    SYNAPSE_TOKEN_EXPIRED: Status
    INVALID_HANDLE: Status
    INVALID_PARAMETER: Status
    END_OF_FILE: Status
    NO_SUCH_FILE: Status
    DEVICE_BUSY: Status
    DEVICE_NOT_READY: Status
    NO_SUCH_PROCESS: Status
    INTERRUPTED: Status
    PROCESS_KILLED: Status
    QUOTA_EXCEEDED: Status
    WOULD_DEADLOCK: Status
    CANCELLED: Status
    FILE_EXISTS: Status
    NOT_A_DIRECTORY: Status
    IS_A_DIRECTORY: Status
    DIRECTORY_NOT_EMPTY: Status
    DISK_FULL: Status
    READ_ONLY: Status
    HANDLE_NOT_FOUND: Status
    HANDLE_TABLE_FULL: Status
    HANDLE_ALIAS_INVALID: Status
    OBJECT_NAME_NOT_FOUND: Status
    OBJECT_NAME_COLLISION: Status
    OBJECT_NAME_INVALID: Status
    OBJECT_TYPE_MISMATCH: Status
    DELETE_PENDING: Status
    HANDLE_NOT_CLOSABLE: Status
    REGISTRY_KEY_NOT_FOUND: Status
    REGISTRY_PROTECTED: Status
    REGISTRY_QUOTA: Status
    PIPE_BROKEN: Status
    WOULD_BLOCK: Status
    MUTANT_NOT_OWNED: Status
    SEMAPHORE_LIMIT_EXCEEDED: Status
    MESSAGE_TOO_LARGE: Status
    NOT_WAITABLE: Status

    def __new__(cls, code: int) -> Status:
        """The one object of a code in the table; for other numbers a new nameless status."""
        known = _MEMBERS.get(code)
        return int.__new__(cls, code) if known is None else known

    @property
    def name(self) -> str:
        """The manual's name without its prefix, `ACCESS_DENIED`; for an unknown number `STATUS <number>`."""
        return _NAMES.get(int(self), f"STATUS {int(self)}")

    @property
    def meaning(self) -> str:
        """One line for people."""
        return _MEANINGS.get(int(self), f"unknown status {int(self)}")

    @property
    def nt_code(self) -> int:
        """The NT value that the Lua original's Object Manager used, 0 where there was none."""
        return _NT_CODES.get(int(self), 0)

    def __repr__(self) -> str:
        return f"STATUS_{_NAMES[int(self)]}" if int(self) in _NAMES else f"Status({int(self)})"

    __str__ = __repr__


class StatusError(Exception, metaclass=Sealed):
    """A failure on its way to another ring: a status for programs, a detail for people.

    Attributes: `status` (a `Status`), `detail` (one line: what, where, and what to do) and `partial` (the bytes that a
    write had moved before it failed, else 0).
    """

    def __init__(self, status: int, detail: str = "", partial: int = 0) -> None:
        self.status = Status(status)
        self.detail = detail
        self.partial = partial
        super().__init__(self.status, detail)

    def __str__(self) -> str:
        return f"{self.status.name}: {self.detail}" if self.detail else self.status.name


def _enter_members() -> None:
    """Make the member of each code, once, before the class is handed to anybody."""
    for code, name, _, _ in _TABLE:
        _MEMBERS[code] = member = int.__new__(Status, code)
        type.__setattr__(Status, name, member)


_enter_members()


def all_statuses() -> tuple[Status, ...]:
    """Every status of the table, in its order (the manual's table is generated from it)."""
    return tuple(_MEMBERS.values())
