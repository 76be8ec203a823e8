"""How hardware says no: one exception for both failure styles of the game.

OpenComputers fails either *thrown* (bad arguments and the like) or *soft* (`nil, reason`). Here both are a
`ComponentError`; `.soft` keeps the difference, `.reason` the game's text, `.status` the system's number for it.
The numbers are those of the system's status table; hardware knows only the few that it can cause.
"""

from __future__ import annotations

UNSUCCESSFUL = 300
NOT_IMPLEMENTED = 301
NO_SUCH_DEVICE = 405
ACCESS_DENIED = 500
INVALID_HANDLE = 600
INVALID_PARAMETER = 601
NO_SUCH_FILE = 603
DEVICE_NOT_READY = 605
DISK_FULL = 616
READ_ONLY = 617
HANDLE_TABLE_FULL = 701


class ComponentError(Exception):
    """A failure of a component.

    Attributes: `status` (a number of the status table), `reason` (the game's text), `soft` (False: the caller did
    something that makes no sense; True: it made sense and could not be done).
    """

    def __init__(self, status: int, reason: str, soft: bool = False) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.soft = soft

    def __reduce__(self) -> tuple[type[ComponentError], tuple[int, str, bool]]:
        return type(self), (self.status, self.reason, self.soft)


def thrown(reason: str, status: int = INVALID_PARAMETER) -> ComponentError:
    """The caller's mistake."""
    return ComponentError(status, reason)


def soft(reason: str, status: int = UNSUCCESSFUL) -> ComponentError:
    """It could not be done now."""
    return ComponentError(status, reason, True)


def no_such_component(is_soft: bool) -> ComponentError:
    """The address names nothing on this bus (any more)."""
    return ComponentError(NO_SUCH_DEVICE, "no such component", is_soft)


def no_such_method() -> ComponentError:
    """The component has no callable of that name."""
    return ComponentError(NOT_IMPLEMENTED, "no such method")
