"""Argument checks at the component boundary, with the game's texts.

A method tests the common case inline (`type(x) is int`) and comes here when that fails; so a well-formed call pays
next to nothing. `None` is "no value", as nil was.
"""

from __future__ import annotations

from axisos.machine.errors import thrown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INT_MAX = 2**31 - 1
_INT_MIN = -(2**31)
_NAMES = {bool: "boolean", int: "number", float: "number", str: "string", bytes: "string", list: "table", dict: "table"}


def _refuse(value: Any, position: int, expected: str) -> Exception:
    if value is None:
        return thrown(f"bad arguments #{position} ({expected} expected, got no value)")
    return thrown(f"bad argument #{position} ({expected} expected, got {_NAMES.get(type(value), 'userdata')})")


def integer(value: Any, position: int) -> int:
    """An int; a float is cut off and clamped to 32 bits (infinity = 2**31 - 1); NaN and everything else is refused."""
    if type(value) is int:
        return value
    if type(value) is float:
        if value != value:
            raise thrown(f"bad argument #{position} (number expected, got nan)")
        return int(max(_INT_MIN, min(_INT_MAX, value)))
    raise _refuse(value, position, "number")


def optional_integer(value: Any, position: int, default: int) -> int:
    """As `integer`, with a default for no value."""
    return default if value is None else integer(value, position)


def number(value: Any, position: int) -> float:
    """An int or float, not NaN."""
    if type(value) is int or (type(value) is float and value == value):
        return float(value)
    raise _refuse(value, position, "number")


def text(value: Any, position: int) -> str:
    """A str; bytes are decoded as UTF-8."""
    if type(value) is str:
        return value
    if type(value) is bytes:
        return value.decode("utf-8", "replace")
    raise _refuse(value, position, "string")


def optional_text(value: Any, position: int, default: str) -> str:
    """As `text`, with a default for no value."""
    return default if value is None else text(value, position)


def data(value: Any, position: int) -> bytes:
    """Bytes; a str is encoded as UTF-8."""
    if type(value) is bytes:
        return value
    if type(value) is str:
        return value.encode("utf-8", "surrogateescape")
    if type(value) is bytearray or type(value) is memoryview:
        return bytes(value)
    raise _refuse(value, position, "string")


def boolean(value: Any, position: int, default: bool | None = None) -> bool:
    """A bool; no value gives the default if there is one."""
    if type(value) is bool:
        return value
    if value is None and default is not None:
        return default
    raise _refuse(value, position, "boolean")
