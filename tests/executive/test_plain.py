"""What may cross between a program and the system: exact plain types, copied, bounded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abi.status import Status, StatusError
from executive.plain import MAX_BYTES, MAX_DEPTH, MAX_INT_BITS, MAX_ITEMS, copy_plain
from kernelrig import BareMachine

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
KEYS = st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=20,
)


def parts_of(value: Any) -> list[Any]:
    """The value and everything in it."""
    found = [value]
    for item in found:  # grows while it is gone through
        if type(item) is dict:
            found += [*item.keys(), *item.values()]
        elif type(item) in (list, tuple):
            found += item
    return found


@given(PLAIN)
def test_a_copy_is_equal_and_shares_nothing_that_can_change(value: Any) -> None:
    """Types are the same all through; no list or dict is in both."""
    copied = copy_plain(value)
    assert repr(copied) == repr(value)
    before = {id(part) for part in parts_of(value) if type(part) in (list, dict)}
    assert not before & {id(part) for part in parts_of(copied) if type(part) in (list, dict)}


class Text(str):
    """Could say another thing at each look."""


class Number(int):
    def __index__(self) -> int:
        raise AssertionError("a program's code ran")

    __eq__ = __hash__ = __str__ = __bool__ = __index__  # type: ignore[assignment]


class Table(dict[str, int]):
    def items(self) -> Any:
        raise AssertionError("a program's code ran")


ODD: dict[str, Any] = {
    "text": Text("x"), "number": Number(3), "table": Table(a=1), "object": object(), "function": print, "set": {1},
    "bytearray": bytearray(b"x"), "view": memoryview(b"x"), "complex": 1j, "range": range(3), "class": Number,
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@given(wrap=st.lists(st.sampled_from(["list", "tuple", "dict"]), max_size=4))
def test_everything_else_is_refused_without_running_any_of_its_code(odd: str, wrap: list[str]) -> None:
    """However deep it is hidden."""
    value = ODD[odd]
    for kind in wrap:
        value = {"list": [1, value], "tuple": (value, 2), "dict": {"k": value}}[kind]
    with pytest.raises(StatusError) as refused:
        copy_plain(value)
    assert refused.value.status == Status.INVALID_PARAMETER


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(("fits", "too_much"), [
    (nested(MAX_DEPTH), nested(MAX_DEPTH + 1)),
    ([0] * MAX_ITEMS, [0] * (MAX_ITEMS + 1)),
    ([[0] * 255] * 256, [[0] * 256] * 256),
    (1 << MAX_INT_BITS - 1, 1 << MAX_INT_BITS),
    ("x" * MAX_BYTES, "x" * (MAX_BYTES + 1)),
    ([b"x" * (MAX_BYTES // 4)] * 4, [b"x" * (MAX_BYTES // 4)] * 4 + ["x"]),
    ({"k": "x" * (MAX_BYTES - 1)}, {"k" * 2: "x" * (MAX_BYTES - 1)}),
], ids=["depth", "items", "items in all", "bits", "one text", "bytes in all", "keys count"])  # fmt: skip
def test_each_bound_holds_exactly(fits: Any, too_much: Any) -> None:
    """What is just within it passes, one more does not."""
    copy_plain(fits)
    with pytest.raises(StatusError) as refused:
        copy_plain(too_much)
    assert refused.value.status == Status.INVALID_PARAMETER


def test_a_value_that_contains_itself_ends() -> None:
    """A loop is deeper than anything."""
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(StatusError):
        copy_plain(loop)


def test_forwarded_calls_and_messages_are_bounded() -> None:
    """One text that is too large is refused before anybody gets it."""
    with BareMachine() as bare:
        server = bare.start("""
syscall("syscall_override", "shout", [3])
while True:
    _, name, request = syscall("signal_pull")
    if name == "syscall":
        syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, 0, len(request.args[0]))
""", ring=1)
        bare.settle()
        bare.run(f"""
for size in ({MAX_BYTES}, {MAX_BYTES} + 1):
    for call in (("shout", b"x" * size), ("signal_send", {server.pid}, "x", "x" * size)):
        try: say(syscall(*call))
        except Exception as error: say(int(error.status))
""")
        assert bare.said() == [str(MAX_BYTES), "True", "601", "601"]
