"""Line disciplines and keys, without a screen."""

from __future__ import annotations

import pytest
from ttyrig import CODES

from drivers.tty.keys import Key, Modifiers, Paste, raw_sequence
from drivers.tty.line import CLEAR, COOKED, EDIT, END, HAND_OVER, INTERRUPT, LINE, MAX_LINE, SCROLL, SIGNAL, LineEditor


def key(name: str, *, shift: bool = False) -> Key:
    if name.startswith("ctrl+"):
        char = "\x1c" if name[5] == "\\" else chr(ord(name[5].upper()) & 0x1F)
        return Key(char, 0, shift)
    char, code = CODES[name] if name in CODES else (ord(name), 0)
    return Key(chr(char) if char else "", code, shift)


def play(mode: str, *names: str, line: LineEditor | None = None) -> tuple[LineEditor, list[object]]:
    """Press keys ("S-left" = with shift; longer text is typed); returns the editor and the outcomes."""
    line = line or LineEditor()
    outcomes = []
    for name in names:
        if name.startswith("S-"):
            outcomes.append(line.press(key(name[2:], shift=True), mode))
        elif name in CODES or name.startswith("ctrl+"):
            outcomes.append(line.press(key(name), mode))
        else:
            outcomes.extend(line.press(key(char), mode) for char in name)
    return line, [outcome for outcome in outcomes if outcome is not None]


def test_cooked_lines_end_with_a_line_feed() -> None:
    assert play(COOKED, "hello", "enter", "enter", "keypad enter")[1] == [(LINE, "hello\n"), (LINE, "\n"), (LINE, "\n")]


def test_edit_lines_have_no_line_feed_except_an_empty_one() -> None:
    """b"" means end of file, so an empty line cannot be b""."""
    assert play(EDIT, "hello", "enter", "enter", "ctrl+d")[1] == [(LINE, "hello"), (LINE, "\n"), (END, "")]


def test_cooked_end_of_file() -> None:
    """Ctrl+D on an empty line is the end; behind text it hands the text over as it is."""
    assert play(COOKED, "ctrl+d", "ab", "ctrl+d")[1] == [(END, ""), (END, "ab")]


def test_cooked_signals() -> None:
    line, outcomes = play(COOKED, "abc", "ctrl+c", "x", "ctrl+z", "ctrl+\\")
    assert outcomes == [(SIGNAL, 2), (SIGNAL, 20), (SIGNAL, 3)]
    assert line.text == ""


def test_edit_requests_carry_the_line() -> None:
    """TAB, history and search in front of what was typed, which is gone from the editor."""
    line, outcomes = play(EDIT, "ls /b", "tab", "a", "up", "b", "down", "c", "ctrl+r", "d", "ctrl+c")
    assert outcomes == [
        (HAND_OVER, "\tls /b"), (HAND_OVER, "\x1b[Aa"), (HAND_OVER, "\x1b[Bb"), (HAND_OVER, "\x12c"),
        (INTERRUPT, "\x03"),
    ]
    assert line.text == ""


def test_cooked_mode_takes_tabs_and_ignores_history() -> None:
    line, outcomes = play(COOKED, "a", "tab", "b", "up", "down", "ctrl+r", "ctrl+l", "escape", "f1")
    assert (line.text, outcomes) == ("a\tb", [])


@pytest.mark.parametrize("mode", [COOKED, EDIT])
@pytest.mark.parametrize(("names", "text", "cursor"), [
    (("abc", "left", "left", "X"), "aXbc", 2),
    (("abc", "home", "X", "end", "Y"), "XabcY", 5),
    (("abc", "left", "backspace"), "ac", 1),
    (("abc", "home", "delete"), "bc", 0),
    (("abc", "home", "backspace", "left", "end", "delete", "right"), "abc", 3),
    (("abc def", "ctrl+a", "X", "ctrl+e", "Y"), "Xabc defY", 9),
    (("abc def", "left", "ctrl+u"), "f", 0),
    (("abc def", "left", "left", "ctrl+k"), "abc d", 5),
    (("one two  ", "ctrl+w"), "one ", 4),
    (("one", "ctrl+w", "ctrl+w"), "", 0),
    (("abcd", "left", "S-left", "S-left", "X"), "aXd", 2),
    (("abcd", "S-home", "backspace"), "", 0),
    (("abcd", "home", "S-right", "S-end", "S-left", "delete"), "d", 0),
    (("abcd", "S-left", "left", "X"), "abXcd", 3),
    (("abcd", "S-left", "S-right", "X"), "abcdX", 5),
    (("漢é😀", "backspace", "z"), "漢éz", 3),
])
def test_editing(mode: str, names: tuple[str, ...], text: str, cursor: int) -> None:
    line, outcomes = play(mode, *names)
    assert (line.text, line.cursor, outcomes) == (text, cursor, [])


def test_copy_and_paste_within_the_line() -> None:
    """Ctrl+C with a selection copies it and leaves the line alone; Ctrl+V brings it back."""
    line, outcomes = play(EDIT, "abc", "S-left", "S-left", "ctrl+c", "end", "ctrl+v")
    assert (line.text, line.clipboard, outcomes) == ("abcbc", "bc", [])


def test_edit_deletes_forward_with_ctrl_d_in_a_line() -> None:
    line, outcomes = play(EDIT, "abc", "home", "ctrl+d", "end", "ctrl+d")
    assert (line.text, outcomes) == ("bc", [])


def test_keys_that_concern_the_screen() -> None:
    assert play(EDIT, "a", "page up", "page down", "ctrl+l")[1] == [(SCROLL, 1), (SCROLL, -1), (CLEAR, "")]


def test_a_line_is_bounded_and_clean() -> None:
    """Control characters and surrogates never get in, and there is a limit."""
    line = LineEditor()
    line.set("a\x00b\x1b\ud800c\x85\x7fd")
    assert line.text == "abcd"
    line.insert("x" * 2 * MAX_LINE)
    assert len(line.text) == MAX_LINE
    line.press(key("y"), COOKED)
    assert len(line.text) == MAX_LINE
    line.insert("e\u0301\n")
    assert "\n" not in line.text


@pytest.mark.parametrize(("name", "sequence"), [
    ("enter", "\n"), ("keypad enter", "\n"), ("backspace", "\b"), ("tab", "\t"), ("escape", "\x1b"), ("up", "\x1b[A"),
    ("down", "\x1b[B"), ("right", "\x1b[C"), ("left", "\x1b[D"), ("home", "\x1b[H"), ("end", "\x1b[F"),
    ("page up", "\x1b[5~"), ("page down", "\x1b[6~"), ("delete", "\x1b[3~"), ("f1", "\x1b[11~"), ("ctrl+c", "\x03"),
    ("a", "a"), ("漢", "漢"), ("ctrl+\\", "\x1c"),
])
def test_raw_sequences(name: str, sequence: str) -> None:
    assert raw_sequence(key(name)) == sequence


def test_raw_function_keys_and_back_tab() -> None:
    assert [raw_sequence(Key("", code)) for code in range(59, 64)] == [f"\x1b[1{n}~" for n in range(1, 6)]
    assert [raw_sequence(Key("", code))[2:] for code in (64, 68, 87, 88)] == ["17~", "21~", "23~", "24~"]
    assert raw_sequence(Key("\t", 15, shift=True)) == "\x1b[Z"
    assert raw_sequence(Key("", 58)) == ""


def test_modifiers_are_learnt_from_their_own_keys() -> None:
    """Either shift key counts until it is released; a control key turns letters into control characters."""
    modifiers = Modifiers()
    assert not modifiers.note(30, True)
    assert modifiers.note(42, True)
    assert modifiers.note(54, True)
    modifiers.note(42, False)
    made = modifiers.key(ord("A"), 30)
    assert made is not None
    assert made.shift
    modifiers.note(54, False)
    modifiers.note(157, True)
    made = modifiers.key(ord("c"), 46)
    assert made is not None
    assert (made.char, made.shift) == ("\x03", False)
    assert modifiers.key(0xD800, 0) is None
    assert modifiers.key(0x110000, 0) is None


def test_pasted_line_ends_are_line_feeds() -> None:
    assert Paste("a\r\nb\rc\n").text == "a\nb\nc\n"
