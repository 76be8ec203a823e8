"""Operations that run in C for as long as their operands are large: done here in bounded portions, or refused.

Called by   instrumented code through the sandbox's helpers, and as builtins of guests.
Owns        nothing.
"""

from __future__ import annotations

from operator import index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_BITS = 1 << 21  # two integers of this size take the host about two seconds to divide
MAX_BYTES = 1 << 28  # one repetition, padding or allocation may not make more than this
MAX_POWER_WORK = 1 << 36  # bits of the exponent times bits of the modulus squared, for pow with three arguments
MAX_INVERSE_BITS = 1 << 15  # of a modulus by which an inverse is sought
SMALL_POWER = 1 << 16  # of ten, to which anything may be rounded
MAX_COMPARISONS = 1 << 24  # of characters, in a search that compares at every place
BACKWARD = frozenset({"rfind", "rindex", "rsplit", "rpartition"})
PORTION = 1 << 17  # items that are sorted in one call
WORD = 8  # bytes of a reference in a list or tuple


_UNITS: tuple[tuple[Any, int], ...] = ((list, WORD), (str, 1), (bytes, 1), (tuple, WORD), (bytearray, 1))


def power(base: Any, exponent: Any) -> Any:
    """`base ** exponent`, refused when an integer result would pass MAX_BITS."""
    _check_power(base, exponent)
    return base**exponent


def exponent(base: Any, value: Any) -> Any:
    """The right side of `base **= value`, refused likewise."""
    _check_power(base, value)
    return value


def _check_power(base: Any, exponent: Any) -> None:
    if isinstance(base, int) and isinstance(exponent, int):
        bits = int.bit_length(base)
        if bits > 1 and int.__gt__(exponent, 1) and bits * int.__int__(exponent) > MAX_BITS:
            raise OverflowError(f"the power would have more than {MAX_BITS} bits")


def shift_left(value: Any, bits: Any) -> Any:
    """`value << bits`, refused when the result would pass MAX_BITS."""
    _check_shift(value, bits)
    return value << bits


def bits(value: Any, wanted: Any) -> Any:
    """The right side of `value <<= wanted`, refused likewise."""
    _check_shift(value, wanted)
    return wanted


def _check_shift(value: Any, bits: Any) -> None:
    if not isinstance(bits, int) or not isinstance(value, int):
        return
    if int.bit_length(value) and int.bit_length(value) + int.__int__(bits) > MAX_BITS:
        raise OverflowError(f"the shifted integer would have more than {MAX_BITS} bits")


def multiply(left: Any, right: Any) -> Any:
    """`left * right`, refused when integers or repetitions become too large."""
    _check_product(left, right)
    return left * right


def factor(target: Any, value: Any) -> Any:
    """The right side of `target *= value`, refused likewise."""
    _check_product(target, value)
    return value


def count(value: Any) -> Any:
    """The right side of `x.y *= value`, `**=` or `<<=` where the left one is not at hand: a bound for the worst."""
    if isinstance(value, int) and int.bit_length(value) > 22 and not -MAX_BITS < int.__int__(value) < MAX_BITS:
        raise OverflowError("the operand is too large for this form; write x.y = x.y * value")
    return value


def _check_product(left: Any, right: Any) -> None:
    kind = type(left)
    if kind is float or type(right) is float:
        return
    if isinstance(left, int):
        if isinstance(right, int):
            if int.bit_length(left) + int.bit_length(right) > MAX_BITS:
                raise OverflowError(f"the product would have more than {MAX_BITS} bits")
        else:
            _check_repetition(right, int.__int__(left))
    elif isinstance(right, int):
        _check_repetition(left, int.__int__(right))


def check_operator(owner: Any, name: str, other: Any) -> None:
    """Refuse what `owner.__mul__(other)` and its cousins would refuse as an operator."""
    if name in ("__mul__", "__rmul__", "__imul__"):
        _check_product(owner, other)
    elif name == "__rpow__":
        _check_power(other, owner)
    elif name in ("__pow__", "__ipow__"):
        _check_power(owner, other)
    elif name == "__rlshift__":
        _check_shift(other, owner)
    elif name in ("__lshift__", "__ilshift__"):
        _check_shift(owner, other)


def _check_repetition(sequence: Any, count: int) -> None:
    for kind, unit in _UNITS:
        if isinstance(sequence, kind):
            if kind.__len__(sequence) * unit * count > MAX_BYTES:
                raise MemoryError(f"the repetition would take more than {MAX_BYTES >> 20} MiB")
            return


def modular_power(base: Any, exp: Any, mod: Any) -> Any:
    """`pow(base, exp, mod)`, refused when it would take seconds."""
    if isinstance(exp, int) and isinstance(mod, int):
        bits = int.bit_length(mod)
        if int.bit_length(exp) * bits**2 > MAX_POWER_WORK or (int.__lt__(exp, 0) and bits > MAX_INVERSE_BITS):
            raise OverflowError("the modular power would take too long")
    return pow(base, exp, mod)


def in_order(items: list[Any], key: Any, reverse: Any, pause: Callable[[], None]) -> list[Any]:
    """The items sorted as `sorted` does it; a long list in portions that are merged, with a *pause* after each."""
    if len(items) <= 4 * PORTION:
        items.sort(key=key, reverse=reverse)
        return items
    from heapq import merge

    parts = []
    for at in range(0, len(items), PORTION):
        part = items[at:at + PORTION]
        part.sort(key=key, reverse=reverse)
        parts.append(part)
        pause()
    out: list[Any] = []
    for item in merge(*parts, key=key, reverse=bool(reverse)):
        out.append(item)
        if not len(out) & 1023:
            pause()
    return out


def width(value: Any) -> Any:
    """The width of a padding, refused when the result would be longer than MAX_BYTES."""
    if type(value) is not int and hasattr(type(value), "__index__"):
        value = index(value)  # asked once: another answer might follow
    if type(value) is int and value > MAX_BYTES:
        raise MemoryError(f"the text would be longer than {MAX_BYTES >> 20} MiB")
    return value


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


def search_back(text: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`text.rfind(needle, ...)` and its like. C searches backwards by comparing at every place, forwards in one pass.

    So where that would be long, both are turned round and the search goes forwards.
    """
    text = _exact(text)
    needle = _exact(args[0] if args else kwargs.get("sep"))
    is_text = type(text) is str
    if needle is None or is_text is not (type(needle) is str) or not (
        len(needle) <= len(text) and len(needle) * len(text) > MAX_COMPARISONS
    ):
        return getattr(text, name)(*args, **kwargs)
    where, what = text[::-1], needle[::-1]
    if name == "rsplit":
        limit = args[1] if len(args) > 1 else kwargs.get("maxsplit", -1)
        return [part[::-1] for part in reversed(where.split(what, limit))]
    if name == "rpartition":
        after, found, before = where.partition(what)
        return (before[::-1], found[::-1], after[::-1]) if found else (found, found, after[::-1])
    start, stop, _step = slice(*(*args[1:3], None, None)[:2]).indices(len(text))
    at = where.find(what, len(text) - stop, len(text) - start)
    if at >= 0:
        return len(text) - at - len(what)
    if name == "rindex":
        raise ValueError("substring not found" if is_text else "subsection not found")
    return -1


def _exact(value: Any) -> Any:
    """A text of a program's own class as one of Python's, whose methods do what they say; None for what is no text."""
    kind: Any
    for kind in (str, bytes, bytearray):
        if type(value) is kind:
            return value
        if isinstance(value, kind):
            return kind.__getitem__(value, slice(None))
    return None


def rounded(number: Any, ndigits: Any) -> Any:
    """`round(number, ndigits)`; an integer that is nothing beside the power of ten that it is rounded to is 0."""
    if isinstance(number, int) and isinstance(ndigits, int) and int.__lt__(ndigits, -SMALL_POWER):
        if type(number) is not int and type(number) is not bool:
            raise OverflowError(f"a number of its own kind is rounded to powers of ten up to {SMALL_POWER} only")
        if int.__neg__(ndigits) > number.bit_length() // 3 + 2:
            return 0
    return round(number, ndigits)
