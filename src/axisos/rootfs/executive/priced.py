"""Operations that run in C for as long as their operands are large: done here in bounded portions, or refused.

Called by   instrumented code through the sandbox's helpers, and as builtins of guests.
Owns        nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_BITS = 1 << 22  # an integer larger than this takes the host longer to multiply than a slice may last
MAX_BYTES = 1 << 28  # one repetition, padding or allocation may not make more than this
WORD = 8  # bytes of a reference in a list or tuple


class TooLarge(OverflowError):
    """A result would be larger than a process may make at once."""


def power(base: Any, exponent: Any) -> Any:
    """`base ** exponent`, refused when an integer result would pass MAX_BITS."""
    if type(base) is int and type(exponent) is int and exponent > 64:
        if base.bit_length() * exponent > MAX_BITS and base not in (0, 1, -1):
            raise OverflowError(f"the power would have more than {MAX_BITS} bits")
    elif isinstance(base, int) and base.bit_length() > MAX_BITS:
        raise OverflowError(f"an integer has more than {MAX_BITS} bits")
    return base**exponent


def shift_left(value: Any, bits: Any) -> Any:
    """`value << bits`, refused when the result would pass MAX_BITS."""
    if isinstance(bits, int) and isinstance(value, int) and bits + value.bit_length() > MAX_BITS and value:
        raise OverflowError(f"the shifted integer would have more than {MAX_BITS} bits")
    return value << bits


def multiply(left: Any, right: Any) -> Any:
    """`left * right`, refused when integers or repetitions become too large."""
    if isinstance(left, int) and isinstance(right, int):
        if left.bit_length() + right.bit_length() > MAX_BITS:
            raise OverflowError(f"the product would have more than {MAX_BITS} bits")
    elif isinstance(right, int):
        _check_repetition(left, right)
    elif isinstance(left, int):
        _check_repetition(right, left)
    return left * right


def _check_repetition(sequence: Any, count: int) -> None:
    if isinstance(sequence, (str, bytes, bytearray)):
        unit = 1
    elif isinstance(sequence, (list, tuple)):
        unit = WORD
    else:
        return
    if sequence.__len__() * unit * count > MAX_BYTES:
        raise MemoryError(f"the repetition would take more than {MAX_BYTES >> 20} MiB")


def pad(text: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`text.ljust(width, ...)` and its like, refused when the result would be longer than MAX_BYTES."""
    if name == "expandtabs":
        width = args[0] if args else kwargs.get("tabsize", 8)
        tabs = text.count("\t" if isinstance(text, str) else b"\t")
        size = len(text) + tabs * width if isinstance(width, int) else 0
    else:
        size = args[0] if args and isinstance(args[0], int) else 0
    if size > MAX_BYTES:
        raise MemoryError(f"the text would be longer than {MAX_BYTES >> 20} MiB")
    base = str if isinstance(text, str) else bytes if isinstance(text, bytes) else bytearray
    return getattr(base, name)(text, *args, **kwargs)


def factor(value: Any) -> Any:
    """The right side of `x *= value`: a count of repetitions above a million is refused."""
    if type(value) is int and value > MAX_BYTES:
        raise OverflowError("the factor is too large for `*=`; write x = x * factor")
    return value
