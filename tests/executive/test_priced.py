"""Operations of C that could go on for very long: done in another way, with the same answers, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axisos import Machine, host
from executive import priced

TEXT = st.text("ab", max_size=12)
PLACE = st.none() | st.integers(-14, 14)


@pytest.fixture(autouse=True)
def _always_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that is otherwise taken for long texts only."""
    monkeypatch.setattr(priced, "MAX_COMPARISONS", 0)


@given(TEXT, TEXT, PLACE, PLACE, st.booleans())
def test_searching_backwards_finds_what_python_finds(text: str, needle: str, start: int, stop: int, raw: bool) -> None:
    """The same place or the same error, for str and bytes, within any bounds."""
    whole, part = (text.encode(), needle.encode()) if raw else (text, needle)
    for name in ("rfind", "rindex"):
        try:
            expected = getattr(whole, name)(part, start, stop)
        except ValueError as error:
            with pytest.raises(ValueError, match=str(error)):
                priced.search_back(whole, name, (part, start, stop), {})
        else:
            assert priced.search_back(whole, name, (part, start, stop), {}) == expected
    assert priced.search_back(whole, "rfind", (part, start), {}) == whole.rfind(part, start)  # type: ignore[arg-type]
    assert priced.search_back(whole, "rfind", (part,), {}) == whole.rfind(part)  # type: ignore[arg-type]


@given(TEXT, st.text("ab", min_size=1, max_size=4), st.integers(-1, 4), st.sampled_from(["str", "bytes", "bytearray"]))
def test_splitting_from_behind_gives_what_python_gives(text: str, sep: str, limit: int, kind: str) -> None:
    """Parts, their order and their number, and the three parts of rpartition."""
    whole, part = (text, sep) if kind == "str" else (text.encode(), sep.encode())
    if kind == "bytearray":
        whole = bytearray(whole)  # type: ignore[arg-type, assignment]
    assert priced.search_back(whole, "rsplit", (part, limit), {}) == whole.rsplit(part, limit)  # type: ignore[arg-type]
    assert priced.search_back(whole, "rsplit", (), {"sep": part}) == whole.rsplit(part)  # type: ignore[arg-type]
    assert priced.search_back(whole, "rsplit", (), {}) == whole.rsplit()
    assert priced.search_back(whole, "rpartition", (part,), {}) == whole.rpartition(part)  # type: ignore[arg-type]


@given(st.integers(), st.none() | st.integers(-40, 40))
def test_rounding_is_pythons(number: int, ndigits: int | None) -> None:
    """Also where the power of ten is larger than the number."""
    assert priced.rounded(number, ndigits) == round(number, ndigits)
    assert priced.rounded(number, -(10**9)) == 0


def test_what_is_its_own_kind_of_number_rounds_as_it_says() -> None:
    """Its method decides, where that cannot take for ever."""

    class Even(int):
        def __round__(self, ndigits: int | None = None) -> str:
            return "even"

    assert priced.rounded(Even(3), -2) == "even"
    with pytest.raises(OverflowError, match="powers of ten"):
        priced.rounded(Even(3), -(10**9))


def test_a_program_cannot_search_backwards_for_ever(tmp_path: Path) -> None:
    """However it gets at the method, and whatever its own kind of text says of its length."""
    program = tmp_path / "back.py"
    program.write_text("""
import operator
class Short(str):
    def __len__(self): return 0
    def __getitem__(self, key): return self
text, needle = "a" * 2_000_000, "b" + "a" * 1_000_000
print(text.rfind(needle), str.rfind(text, needle), getattr(text, "rfind")(needle), text.encode().rfind(needle.encode()))
print(operator.methodcaller("rfind", needle)(text), [*map(str.rfind, [text], [needle])])
print(Short(text).rfind(Short(needle)))
print(len(text.rsplit(needle)), text.rpartition(needle)[0] == "", round(5, -10**8))
""")
    with Machine(seed=7) as machine:
        result = host.run(machine, str(program))
    assert result.stdout.decode().splitlines() == ["-1 -1 -1 -1", "-1 [-1]", "-1", "1 True 0"], result
