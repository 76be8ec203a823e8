"""What a terminal's bytes mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axisos.consoles.keyboard import ESCAPE_TIMEOUT_S, PASTE_TIMEOUT_S, SEQUENCE_TIMEOUT_S, Decoder, Mouse, Paste
from axisos.machine.keys import Key, named


def tell(event: Key | Paste | Mouse) -> object:
    """An event as something to compare."""
    if isinstance(event, Key):
        return event.char, event.code, event.modifiers
    if isinstance(event, Paste):
        return event.text
    return event.what, event.x, event.y, event.value


def decoded(data: bytes) -> list[object]:
    """All that these bytes mean when nothing follows."""
    decoder = Decoder()
    events = decoder.feed(data) + decoder.expire()
    assert decoder.timeout_s is None
    return [tell(event) for event in events]


def key(press: str) -> object:
    return tell(named(press))


@pytest.mark.parametrize(
    ("data", "press"),
    [
        (b"a", "a"), (b" ", "space"), (b"\r", "enter"), (b"\n", "enter"), (b"\t", "tab"), (b"\x7f", "backspace"),
        (b"\x08", "backspace"), (b"\x03", "ctrl+c"), (b"\x1a", "ctrl+z"), (b"\x1c", "ctrl+\\"), (b"\x1d", "ctrl+]"),
        (b"\x1b", "escape"), (b"\x1b[A", "up"), (b"\x1bOA", "up"), (b"\x1b[B", "down"), (b"\x1b[C", "right"),
        (b"\x1b[D", "left"), (b"\x1b[H", "home"), (b"\x1b[F", "end"), (b"\x1b[1~", "home"), (b"\x1b[4~", "end"),
        (b"\x1b[2~", "insert"), (b"\x1b[3~", "delete"), (b"\x1b[5~", "pageup"), (b"\x1b[6~", "pagedown"),
        (b"\x1bOP", "f1"), (b"\x1b[11~", "f1"), (b"\x1b[[A", "f1"), (b"\x1b[[E", "f5"), (b"\x1b[15~", "f5"),
        (b"\x1b[17~", "f6"), (b"\x1b[20~", "f9"), (b"\x1b[21~", "f10"), (b"\x1b[23~", "f11"), (b"\x1b[24~", "f12"),
        (b"\x1b[1;2A", "shift+up"), (b"\x1b[1;5C", "ctrl+right"), (b"\x1b[1;3D", "alt+left"),
        (b"\x1b[3;5~", "ctrl+delete"), (b"\x1b[1;8H", "ctrl+alt+shift+home"), (b"\x1b[1;2P", "shift+f1"),
        (b"\x1b[Z", "shift+tab"), (b"\x1b[a", "shift+up"), (b"\x1bOd", "ctrl+left"), (b"\x1b[3$", "shift+delete"),
        (b"\x1b[3^", "ctrl+delete"), (b"\x1b\x1b[A", "alt+up"), (b"\x1ba", "alt+a"), (b"\x1b\x7f", "alt+backspace"),
        (b"\x1b\x03", "ctrl+alt+c"), (b"\x1b[", "alt+["), (b"\x1bO", "alt+O"), (b"\x1b[27;5;105~", "ctrl+i"),
        (b"\x1b[97;5u", "ctrl+a"), (b"\x1b[13;2u", "shift+enter"), (b"\x1bOj", "kp*"), (b"\x1bOM", "kpenter"),
        (b"\x1bOp", "kp0"), (b"\x1bOy", "kp9"), (b"\x1bOn", "kp."),
    ],
)  # fmt: skip
def test_a_key_by_its_bytes(data: bytes, press: str) -> None:
    """The terminals' ways to send a key; Shift that a character carries already is not told."""
    expected = named(press)
    modifiers = expected.modifiers if press[-1:] != "O" else ("alt",)
    assert decoded(data) == [(expected.char, expected.code, modifiers)]


def test_text_comes_character_by_character() -> None:
    """UTF-8 of any length, and what is none as the replacement character."""
    assert [event[0] for event in decoded("aé漢😀".encode())] == [ord(char) for char in "aé漢😀"]  # type: ignore[index]
    assert decoded(b"\xff\xc3a") == [(0xFFFD, 0, ()), (0xFFFD, 0, ()), key("a")]
    assert decoded("\x1bé".encode()) == [(ord("é"), 0, ("alt",))]
    assert decoded(b"\xe6\xbc") == [(0xFFFD, 0, ())]
    assert decoded(b"\xed\xa0\x80") == [(0xFFFD, 0, ())]  # a surrogate


def test_escape_is_told_from_a_sequence_by_time() -> None:
    """ESC is held for a moment; with more it is a sequence or Alt, without it is the key."""
    decoder = Decoder()
    assert decoder.feed(b"\x1b") == [] and decoder.timeout_s == ESCAPE_TIMEOUT_S
    assert [tell(event) for event in decoder.expire()] == [key("escape")]
    assert decoder.timeout_s is None
    assert decoder.feed(b"\x1b[1") == [] and decoder.timeout_s == SEQUENCE_TIMEOUT_S
    assert [tell(event) for event in decoder.feed(b";5A")] == [key("ctrl+up")]
    assert decoder.feed(b"\x1b\x1b") == []
    assert [tell(event) for event in decoder.expire()] == [key("escape")] * 2


@pytest.mark.parametrize(
    "data",
    [b"\x1b[?1;2c", b"\x1b[I", b"\x1b[O", b"\x1b[99~", b"\x1b[201~", b"\x1b[8;25;80t", b"\x1b[?2026;1$y", b"\x1b[1;"],
)
def test_what_is_no_input_is_dropped_whole(data: bytes) -> None:
    """Replies, focus reports, unknown keys and the beginning of something: no part of them is typed."""
    assert decoded(data) == []


def test_a_broken_sequence_does_not_take_the_next_with_it() -> None:
    """What interrupts a sequence is read by itself."""
    assert decoded(b"\x1b[1;\x1b[A") == [key("up")]
    assert decoded(b"\x1b[1;\x03x") == [key("ctrl+c"), key("x")]
    assert decoded(b"\x1b[" + b"1" * 80 + b"x")[-1] == key("x")


def test_the_mouse() -> None:
    """SGR reports: buttons renumbered, drags, wheel; modifiers do not matter; a move without a button is nothing."""
    assert decoded(b"\x1b[<0;5;7M\x1b[<32;6;7M\x1b[<0;6;7m") == [
        ("touch", 5, 7, 0), ("drag", 6, 7, 0), ("drop", 6, 7, 0),
    ]  # fmt: skip
    assert decoded(b"\x1b[<1;300;1M\x1b[<2;1;1M\x1b[<16;1;1M") == [
        ("touch", 300, 1, 2), ("touch", 1, 1, 1), ("touch", 1, 1, 0),
    ]  # fmt: skip
    assert decoded(b"\x1b[<64;2;3M\x1b[<65;2;3M") == [("scroll", 2, 3, 1), ("scroll", 2, 3, -1)]
    assert decoded(b"\x1b[<35;2;3M\x1b[<128;2;3M\x1b[<0;0;3M\x1b[<0;1M") == []
    assert decoded(b"\x1b[M\x22!!\x1b[M#!!") == [("touch", 1, 1, 1), ("drop", 1, 1, 1)]  # the oldest form


def test_a_paste_is_one_event() -> None:
    """Line ends become line feeds; keys in it are text; an end that never comes does not silence the keyboard."""
    assert decoded(b"\x1b[200~one\rtwo\r\n\x03\x1b[A\x1b[201~x") == ["one\ntwo\n\x03\x1b[A", key("x")]
    assert decoded(b"\x1b[200~\x1b[201~") == []
    decoder = Decoder()
    assert decoder.feed(b"\x1b[200~never") == [] and decoder.timeout_s == PASTE_TIMEOUT_S
    assert [tell(event) for event in decoder.expire()] == ["never"]
    assert [tell(event) for event in decoder.feed(b"x")] == [key("x")]


TOKENS = st.one_of(
    st.binary(min_size=1, max_size=3),
    st.sampled_from(
        [b"\x1b", b"\x1b[", b"\x1bO", b"\x1b[A", b"\x1b[1;5", b"~", b"\x1b[200~", b"\x1b[201~", b"\x1b[<0;1;", b"5M",
         b"\x1b[M", b"\x1b[[", "漢".encode(), b"$", b"u"]
    ),
)  # fmt: skip


@given(st.lists(TOKENS, max_size=12), st.data())
def test_the_same_bytes_mean_the_same_however_they_are_cut(tokens: list[bytes], data: st.DataObject) -> None:
    """Whatever comes, in whatever pieces: no failure, nothing held at the end."""
    whole = b"".join(tokens)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    decoder = Decoder()
    events: list[object] = []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        events += map(tell, decoder.feed(whole[start:end]))
    events += map(tell, decoder.expire())
    assert events == decoded(whole)
    assert decoder.timeout_s is None


@given(st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), max_size=20))
def test_typed_text_arrives(text: str) -> None:
    """Every character that can be typed is one key with its code point."""
    assert [event[0] for event in decoded(text.encode())] == [ord(char) for char in text]  # type: ignore[index]
