"""Status codes by name (manual, chapter 16): `errcheck.STATUS_ACCESS_DENIED`, and what a code means.

The table itself is `abi.status`; this module only gives its names the manual's prefix.
"""

from __future__ import annotations

from abi.status import Status, StatusError

__all__ = ["Status", "StatusError", "get_error_string"]


def __getattr__(name: str) -> Status:
    """The constants `STATUS_<NAME>`."""
    if name[:7] == "STATUS_":
        status = getattr(Status, name[7:], None)
        if isinstance(status, Status):
            return status
    raise AttributeError(f"module 'axis.errcheck' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *(f"STATUS_{name}" for name in dir(Status) if name.isupper())]


def get_error_string(code: int) -> str:
    """`"STATUS_ACCESS_DENIED: permission bits, … forbid it"`; for a number outside the table a text that names it."""
    status = Status(code)
    if status.name.startswith("STATUS "):
        return f"unknown status {int(code)}"
    return f"STATUS_{status.name}: {status.meaning}"
