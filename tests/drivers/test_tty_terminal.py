"""The screen model: text, wrapping, colours, escape sequences, scrollback, alternate screen, size."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.tty.grid import WIDE_TAIL, Grid, attribute_at, pack
from drivers.tty.terminal import SCROLLBACK_ROWS, Terminal

GREEN, RED, WHITE = 0x00FF00, 0xFF0000, 0xFFFFFF


def shown(terminal: Terminal) -> str:
    """All rows, without empty ones at the ends."""
    return "\n".join(terminal.text()).strip("\n")


def test_text_starts_at_the_bottom_and_moves_up() -> None:
    """A fresh screen is written from its last row, and what leaves the top goes to the scrollback."""
    terminal = Terminal(10, 3)
    assert (terminal.x, terminal.y) == (0, 2)
    terminal.feed(b"one\ntwo\nthree\nfour")
    assert terminal.text() == ["two", "three", "four"]
    assert [text.rstrip() for text, _ in terminal.scrollback] == ["", "", "one"]
    assert (terminal.x, terminal.y, terminal.scrolled) == (4, 2, 3)


def test_a_character_in_the_last_column_wraps_at_once() -> None:
    """Wrapping is eager: a line that fills the row leaves the cursor in column 1 of the next."""
    terminal = Terminal(5, 3)
    terminal.feed(b"\fabcde")
    assert (terminal.x, terminal.y) == (0, 1)
    terminal.feed(b"fghijklmn")
    assert terminal.text() == ["abcde", "fghij", "klmn"]
    terminal.feed(b"opqrstu")
    assert terminal.text() == ["klmno", "pqrst", "u"]


def test_control_characters() -> None:
    """CR, BS (which blanks), TAB to the next eighth column, FF; all others show nothing."""
    terminal = Terminal(20, 2)
    terminal.feed(b"\fabc\rX\x01\x07\x0b\x7f")
    assert terminal.text()[0] == "Xbc"
    terminal.feed(b"\rabc\b\b")
    assert (terminal.text()[0], terminal.x) == ("a", 1)
    terminal.feed(b"\b\b\b\b")
    assert terminal.x == 0
    terminal.feed(b"a\tb\tc\td")
    assert terminal.text()[0] == "a       b       c  d"
    terminal.feed(b"\x1b[31m\x0cred?")
    assert terminal.cell(0, 0) == ("r", WHITE, 0)


def test_colours() -> None:
    """The eight colours, grey, the bright ones, 256 and true colour; swap and reset as in the original."""
    terminal = Terminal(20, 2)
    terminal.feed(b"\f\x1b[32mg\x1b[41mb\x1b[0mn\x1b[7ms\x1b[27mr\x1b[90my\x1b[mz")
    assert terminal.cell(0, 0) == ("g", GREEN, 0)
    assert terminal.cell(1, 0) == ("b", GREEN, RED)
    assert terminal.cell(2, 0) == ("n", WHITE, 0)
    assert terminal.cell(3, 0) == ("s", 0, WHITE)
    assert terminal.cell(4, 0) == ("r", WHITE, 0)
    assert terminal.cell(5, 0) == ("y", 0x555555, 0)
    assert terminal.cell(6, 0) == ("z", WHITE, 0)
    terminal.feed(b"\r\x1b[38;5;208;48;5;16ma\x1b[38;2;1;2;3mb\x1b[39;49mc\x1b[91;104md\x1b[1;38;5mE")
    assert terminal.cell(0, 0) == ("a", 0xFF8700, 0)
    assert terminal.cell(1, 0) == ("b", 0x010203, 0)
    assert terminal.cell(2, 0) == ("c", WHITE, 0)
    assert terminal.cell(3, 0) == ("d", 0xFF5555, 0x5555FF)
    terminal.feed(b"\r\x1b[0;1;31mR\x1b[0;1;30mK\x1b[38;5;250mG\x1b[38;5;9mB")
    assert [terminal.cell(x, 0)[1] for x in range(4)] == [RED, 0x555555, 0xBCBCBC, 0xFF5555]


def test_cursor_sequences_are_clamped() -> None:
    terminal = Terminal(10, 5)
    terminal.feed(b"\x1b[2;3H")
    assert (terminal.x, terminal.y) == (2, 1)
    terminal.feed(b"\x1b[99;99f")
    assert (terminal.x, terminal.y) == (9, 4)
    terminal.feed(b"\x1b[H\x1b[3B\x1b[4C\x1b[A\x1b[2D")
    assert (terminal.x, terminal.y) == (2, 2)
    terminal.feed(b"\x1b[99A\x1b[99D\x1b[0B\x1b[G\x1b[4d\x1b[8G")
    assert (terminal.x, terminal.y) == (7, 3)
    terminal.feed(b"\x1b[s\x1b[H\x1b[u")
    assert (terminal.x, terminal.y) == (7, 3)
    terminal.feed(b"\x1b7\x1b[H\x1b8\x1b[E")
    assert (terminal.x, terminal.y) == (0, 4)
    terminal.feed(b"\x1b[2F\x1b[-5C\x1b[1 q")
    assert (terminal.x, terminal.y) == (0, 2)


def test_erasing() -> None:
    terminal = Terminal(6, 3)

    def fresh() -> None:
        terminal.feed(b"\faaaaaabbbbbbccccc\x1b[2;3H")

    fresh()
    terminal.feed(b"\x1b[K")
    assert terminal.text()[-2:] == ["bb", "ccccc"]
    terminal.feed(b"\x1b[1K\x1b[2K")
    assert terminal.text()[1] == ""
    fresh()
    terminal.feed(b"\x1b[J")
    assert terminal.text() == ["aaaaaa", "bb", ""]
    fresh()
    terminal.feed(b"\x1b[1J")
    assert terminal.text()[:2] == ["", "   bbb"]
    fresh()
    terminal.feed(b"\x1b[44m\x1b[2J")
    assert terminal.text() == ["", "", ""]
    assert (terminal.x, terminal.y, terminal.cell(5, 2)) == (0, 0, (" ", WHITE, 0x0000FF))


def test_inserting_and_deleting() -> None:
    terminal = Terminal(6, 4)
    terminal.feed(b"\fone\ntwo\nsix\x1b[2;1H\x1b[L")
    assert terminal.text() == ["one", "", "two", "six"]
    terminal.feed(b"\x1b[2M")
    assert terminal.text() == ["one", "six", "", ""]
    terminal.feed(b"\x1b[2@ab")
    assert terminal.text()[1] == "absix"
    terminal.feed(b"\x1b[G\x1b[3P")
    assert terminal.text()[1] == "ix"
    terminal.feed(b"\x1b[X\x1b[S")
    assert terminal.text() == [" x", "", "", ""]
    terminal.feed(b"\x1b[2T")
    assert terminal.text() == ["", "", " x", ""]
    terminal.feed(b"\x1b[H\x1bM\x1bM")
    assert terminal.text() == ["", "", "", ""]


def test_sequences_that_mean_nothing_are_consumed() -> None:
    """Unknown sequences, titles and character sets vanish; what cannot be a sequence loses its ESC only."""
    terminal = Terminal(40, 2)
    terminal.feed(b"\fa\x1b[5nb\x1b[?2004hc\x1b]0;title\x07d\x1b]0;other\x1b\\e\x1b(Bf\x1b=g\x1b[>cz")
    assert shown(terminal) == "abcdefgz"
    terminal.feed(b"\f\x1b[1;2\x01m|\x1b\x01|\x1b]0;no\nend")
    assert terminal.text() == ["[1;2m||]0;no", "end"]
    terminal.feed(b"\f\x1b[" + b"1;" * 20 + b"m|\x1b[" + b"1" * 70 + b"m")
    assert shown(terminal).startswith("|[111")


def test_utf8_in_pieces() -> None:
    """A character may be split between writes; wrong bytes become replacement characters."""
    terminal = Terminal(20, 2)
    terminal.feed(b"\f")
    for byte in "aé漢😀z".encode():
        terminal.feed(bytes([byte]))
    assert terminal.text()[0] == "aé漢😀z"
    assert terminal.x == 7
    terminal.feed(b"\n\xff\xc3A\xe6\xbc")
    assert terminal.text()[1] == "\ufffd\ufffdA"
    terminal.feed(b"\n")
    assert terminal.text()[0] == "\ufffd\ufffdA\ufffd"


def test_wide_characters_never_break_in_two() -> None:
    """They wrap as a whole; overwriting one half blanks the other."""
    terminal = Terminal(5, 3)
    terminal.feed("\f漢字漢".encode())
    assert terminal.text() == ["漢字", "漢", ""]
    assert terminal.rows[0][0] == "漢\0字\0 "
    terminal.feed(b"\x1b[1;2HX")
    assert terminal.rows[0][0] == " X字\0 "
    terminal.feed(b"\x1b[1;3HY")
    assert terminal.rows[0][0] == " XY  "
    terminal.feed(b"\x1b[2;3H\b")
    assert (terminal.text()[1], terminal.x) == ("", 0)


def test_combining_marks_join_the_character_before_them() -> None:
    terminal = Terminal(5, 3)
    terminal.feed("\fe\u0301x\u0301\u200bo".encode())
    assert terminal.text()[0] == "éxo"


def test_scrollback_is_bounded_and_follows_what_is_looked_at() -> None:
    """500 rows; output that comes while the view is scrolled back does not move it."""
    terminal = Terminal(10, 4)
    terminal.feed(b"".join(b"%d\n" % number for number in range(600)))
    assert len(terminal.scrollback) == SCROLLBACK_ROWS
    terminal.scroll_up(10)
    before = [row[0] for row in terminal.view()]
    assert before[0].strip() == "587"
    terminal.feed(b"more\nmore\n")
    assert [row[0] for row in terminal.view()] == before
    assert terminal.view_offset() == 12
    terminal.scroll_up(10_000)
    assert terminal.view_offset() == SCROLLBACK_ROWS
    terminal.scroll_down(499)
    assert terminal.view_offset() == 1
    assert terminal.view()[1:] == terminal.rows[:3]
    terminal.feed(b"\f")
    assert terminal.view_offset() == 0


def test_the_alternate_screen_nests() -> None:
    """Entering twice needs leaving twice, and the main screen comes back as it was."""
    terminal = Terminal(10, 3)
    terminal.feed(b"one\ntwo\nthree\n\x1b[32mfour")
    main, scrollback = list(terminal.rows), list(terminal.scrollback)
    terminal.feed(b"\x1b[?1049h")
    assert shown(terminal) == ""
    terminal.enter_alt()
    terminal.feed(b"a\nb\nc\nd\ne\n")
    terminal.leave_alt()
    assert terminal.alt_depth == 1
    terminal.feed(b"\x1b[?1049l")
    assert (terminal.rows, list(terminal.scrollback)) == (main, scrollback)
    assert (terminal.x, terminal.y, terminal.attribute) == (4, 2, pack(GREEN, 0))
    terminal.leave_alt()
    assert terminal.rows == main


def test_resizing_keeps_the_content_at_the_bottom() -> None:
    """Rows leave to the scrollback when it shrinks and come back when it grows; blank rows below go first."""
    terminal = Terminal(10, 4)
    terminal.feed(b"one\ntwo\nthree\nfour")
    terminal.resize(10, 2)
    assert (terminal.text(), terminal.y) == (["three", "four"], 1)
    terminal.resize(12, 5)
    assert (terminal.text(), terminal.y) == (["", "one", "two", "three", "four"], 4)
    terminal.feed(b"\ftop")
    terminal.resize(3, 3)
    assert (terminal.text(), terminal.x, terminal.y) == (["top", "", ""], 2, 0)
    terminal.resize(6, 4)
    assert (terminal.text(), terminal.y) == (["top", "", "", ""], 0)
    terminal.resize(1, 1)
    terminal.feed("a漢b\n\t\b".encode())
    terminal.resize(80, 25)
    terminal.feed(b"fine")
    assert terminal.text()[terminal.y].endswith("fine")


def test_resizing_under_the_alternate_screen() -> None:
    terminal = Terminal(10, 4)
    terminal.feed(b"one\ntwo\nthree\nfour")
    terminal.enter_alt()
    terminal.resize(4, 2)
    terminal.feed(b"alt")
    terminal.leave_alt()
    assert (terminal.text(), terminal.width, terminal.height) == (["thre", "four"], 4, 2)


def test_grid_drawing_is_clipped() -> None:
    """put, fill and blit outside the edges draw what is inside."""
    grid = Grid(6, 3)
    colours = pack(RED, GREEN)
    grid.put(-2, 0, "abcd", colours)
    grid.put(4, 1, "wxyz", colours)
    grid.put(5, 2, "漢", colours)
    grid.put(0, 9, "no", colours)
    grid.put(9, 0, "no", colours)
    assert grid.text() == ["cd", "    wx", ""]
    assert grid.cell(4, 1) == ("w", RED, GREEN)
    grid.fill(-5, 1, 100, 100, "#", colours)
    assert grid.text() == ["cd", "######", "######"]
    other = Grid(6, 3)
    other.put(0, 0, "a漢b", colours)
    grid.blit(other, -1, 0, 3, 1, 0, 0)
    assert grid.rows[0][0] == "漢" + WIDE_TAIL + "    "
    grid.blit(other, 0, 2, 2, 5, 2, 0)
    assert grid.text()[2] == " b####"


ODD = st.sampled_from([
    b"\x1b",
    b"[", b"\x1b[", b"]", b"m", b";", b"3", b"?", b"1049", b"h", b"l", b"H", b"J", b"K", b"L", b"M", b"P", b"@",
    b"X",
    b"S", b"T", b"\n", b"\r", b"\t", b"\b", b"\f", b"\x9b", b"\xe6\xbc\xa2", b"\xe6", b"\xbc", b"\xf0\x9f\x98\x80",
    b"\xf0", b"e\xcc\x81", b"\xcc\x81", b"\xff", b"abc", b" ", b"c", b"7", b"8", b"A", b"B", b"C", b"D", b"9999", b"\\",
    b"\x07", b"\x1b]0;", b"x" * 30, b"\x1b[31m", b"-", b"\x1b[?25l",
])
STREAMS = st.lists(ODD | st.binary(max_size=3), max_size=60).map(b"".join)


def spelt_out(rows: list[tuple[str, int | list[int]]]) -> list[tuple[str, list[int]]]:
    """Rows with one colour pair for each cell."""
    return [(row[0], [attribute_at(row, x) for x in range(len(row[0]))]) for row in rows]


def state(terminal: Terminal) -> tuple[object, ...]:
    return (
        spelt_out(terminal.rows), spelt_out(terminal.scrollback), terminal.x, terminal.y, terminal.attribute,
        terminal.alt_depth, terminal.cursor_visible, terminal.scrolled,
    )


@settings(max_examples=1500, deadline=None)
@given(STREAMS, st.lists(st.integers(0, 400), max_size=12), st.sampled_from([(80, 25), (7, 3), (2, 2), (1, 1)]))
@example(b"\x1bc\xf0\x9f\x98\x80", [3], (80, 25))  # a reset between the halves of a character lost the first
def test_any_split_of_a_stream_gives_the_same_screen(stream: bytes, cuts: list[int], size: tuple[int, int]) -> None:
    """Nothing raises, the cursor stays inside, each row keeps its width, and where the writes were cut is not seen."""
    whole, pieces = Terminal(*size), Terminal(*size)
    whole.feed(stream)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for start, end in pairwise(edges):
        pieces.feed(stream[start:end])
    assert state(whole) == state(pieces)
    assert 0 <= whole.x < size[0]
    assert 0 <= whole.y < size[1]
    assert len(whole.rows) == size[1]
    for text, attributes in whole.rows:
        assert len(text) == size[0]
        assert isinstance(attributes, int) or len(attributes) == size[0]
        assert WIDE_TAIL not in text or text.replace(WIDE_TAIL, "").strip(WIDE_TAIL)
        assert not text.startswith(WIDE_TAIL)


@settings(max_examples=100, deadline=None)
@given(st.lists(STREAMS | st.tuples(st.integers(1, 30), st.integers(1, 12)), max_size=8))
def test_resizing_at_any_moment_is_safe(steps: list[bytes | tuple[int, int]]) -> None:
    terminal = Terminal(20, 6)
    for step in steps:
        if isinstance(step, bytes):
            terminal.feed(step)
        else:
            terminal.resize(*step)
        assert len(terminal.rows) == terminal.height
        assert {len(text) for text, _ in terminal.view()} == {terminal.width}
        assert 0 <= terminal.x < terminal.width
        assert 0 <= terminal.y < terminal.height


@pytest.mark.parametrize("chunk", [b"", b"\x1b[0m" * 3, b"\x1b[" + b"9" * 30 + b"A"])
def test_feeding_little_or_nothing(chunk: bytes) -> None:
    terminal = Terminal(5, 2)
    terminal.feed(chunk)
    assert shown(terminal) == ""
