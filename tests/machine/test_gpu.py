"""The graphics card and its screen: drawing, clipping, wide characters, colours, video memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axisos.machine import Bus, ComponentError
from axisos.machine.bus import Proxy
from axisos.machine.components.gpu import Gpu
from axisos.machine.components.screen import Screen


def bench(tier: int = 3, screen_tier: int = 3, size: tuple[int, int] | None = None) -> tuple[Proxy, Screen]:
    """A card bound to a screen, without a machine around them."""
    bus = Bus(lambda name, *args: None)
    screen = Screen("screen", screen_tier, size)
    bus.attach(screen)
    bus.attach(Gpu("gpu", tier, size))
    bus.started()
    gpu = bus.proxy("gpu")
    assert gpu.bind("screen") is True
    return gpu, screen


def test_a_line_is_drawn_and_read_back() -> None:
    """By program, by console and by test."""
    gpu, screen = bench(size=(20, 3))
    gpu.setForeground(0xFF0000)
    gpu.setBackground(0x0000FF)
    assert gpu.set(2, 1, "hello") is True
    assert gpu.get(2, 1) == ("h", 0xFF0000, 0x0000FF, None, None)
    assert screen.line(1) == " hello" and screen.lines() == [" hello", "", ""] and screen.text() == " hello"
    assert screen.cell(3, 1) == ("e", 0xFF0000, 0x0000FF)
    assert screen.row_text(1) == " hello" + " " * 14
    assert screen.row_cells(1)[:2] == [(" ", 0xFFFFFF, 0x000000), ("h", 0xFF0000, 0x0000FF)]
    assert gpu.get_foreground() == gpu.getForeground() == (0xFF0000, False)
    with pytest.raises(IndexError):
        screen.cell(21, 1)


def test_a_console_redraws_only_what_changed() -> None:
    """Row versions tell."""
    gpu, screen = bench(size=(10, 5))
    seen = screen.version
    assert all(screen.row_version(y) <= seen for y in range(1, 6))
    gpu.set(1, 2, "x")
    gpu.fill(1, 4, 3, 9, "y")
    assert [y for y in range(1, 6) if screen.row_version(y) > seen] == [2, 4, 5]
    seen = screen.version
    gpu.copy(1, 1, 10, 5, 0, -1)
    assert [y for y in range(1, 6) if screen.row_version(y) > seen] == [1, 2, 3, 4]
    seen = screen.version
    gpu.set(1, 99, "outside")
    gpu.set(1, 1, "")
    gpu.fill(1, 1, -3, 2, "z")
    assert screen.version == seen


def test_drawing_outside_is_clipped() -> None:
    """On all four sides, without wrapping."""
    gpu, screen = bench(size=(6, 3))
    gpu.set(-1, 1, "abcdefghij")
    gpu.set(5, 2, "xyz")
    gpu.set(1, 0, "no")
    gpu.set(1, 4, "no")
    gpu.set(6, 2, "123", True)
    gpu.set(7, 1, "no")
    assert screen.lines() == ["cdefgh", "    x1", "     2"]
    gpu.fill(-5, -5, 8, 7, "#")
    assert screen.lines() == ["##efgh", "    x1", "     2"]


def test_wide_characters_take_two_cells() -> None:
    """The right one reads as a space; a cut character leaves a blank; in the last column it is not drawn."""
    gpu, screen = bench(size=(8, 1))
    gpu.set(1, 1, "a日b本")
    assert screen.text() == "a日b本" and screen.row_cells(1)[2][0] == ""
    assert [gpu.get(x, 1)[0] for x in range(1, 7)] == ["a", "日", " ", "b", "本", " "]
    gpu.set(3, 1, "X")
    assert [gpu.get(x, 1)[0] for x in range(1, 7)] == ["a", " ", "X", "b", "本", " "]
    gpu.set(5, 1, "Y")
    assert screen.row_text(1) == "a XbY   "
    gpu.set(8, 1, "界")
    assert screen.row_text(1) == "a XbY   "
    gpu.set(0, 1, "界Z")
    assert screen.row_text(1) == " ZXbY   "
    gpu.fill(1, 1, 5, 1, "国")
    assert screen.row_text(1) == "国国Y   " and gpu.get(4, 1)[0] == " "
    gpu.copy(2, 1, 2, 1, 4, 0)
    assert [gpu.get(x, 1)[0] for x in range(5, 9)] == ["Y", " ", " ", " "], "halves of two characters"


def test_nothing_unprintable_reaches_a_console() -> None:
    """Control, formatting and combining characters become U+FFFD: one cell, no effect."""
    gpu, screen = bench(size=(12, 1))
    gpu.set(1, 1, "\x1b[2J\x00\u202e\u0301e\ud800\x9b\u200d")
    assert screen.text() == "\ufffd[2J\ufffd\ufffd\ufffde\ufffd\ufffd\ufffd"
    gpu.fill(1, 1, 2, 1, "\x07")
    assert screen.row_text(1)[:3] == "\ufffd\ufffd2"


@pytest.mark.parametrize(
    ("tier", "screen_tier", "size", "depth"), [(3, 2, (80, 25), 4), (1, 3, (50, 16), 1), (3, 3, (160, 50), 8)]
)
def test_tiers(tier: int, screen_tier: int, size: tuple[int, int], depth: int) -> None:
    """Card and screen can what both can."""
    gpu, screen = bench(tier, screen_tier)
    assert gpu.maxResolution() == gpu.getResolution() == screen.size == size
    assert gpu.maxDepth() == gpu.getDepth() == depth
    assert gpu.totalMemory() == {1: 800, 2: 4000, 3: 24000}[tier]


def test_resolution_rules() -> None:
    """Both sides up to the largest width, the area up to the largest area; contents stay top left."""
    gpu, screen = bench()
    gpu.set(1, 1, "corner")
    gpu.set(150, 50, "far away")
    assert gpu.setResolution(50, 160) is True and gpu.setResolution(50, 160) is False
    assert screen.size == (50, 160) and screen.line(1) == "corner"
    for size in ((0, 1), (161, 1), (160, 51), (1, 161), (-1, -1)):
        with pytest.raises(ComponentError, match="unsupported resolution") as caught:
            gpu.setResolution(*size)
        assert not caught.value.soft and caught.value.status == 601
    gpu.setResolution(10, 5)
    assert gpu.getViewport() == (10, 5)
    assert gpu.setViewport(4, 4) is True and gpu.getViewport() == (4, 4)
    with pytest.raises(ComponentError, match="unsupported viewport size"):
        gpu.setViewport(11, 1)


def test_without_a_screen() -> None:
    """Soft: no screen, status 605; video memory works all the same; a pulled screen is gone at once."""
    gpu, screen = bench()
    gpu.set(1, 1, "x")
    screen.bus.detach(screen)
    for call in (lambda: gpu.set(1, 1, "x"), gpu.getResolution, lambda: gpu.fill(1, 1, 1, 1, "x"), gpu.getDepth):
        with pytest.raises(ComponentError, match="no screen") as caught:
            call()
        assert caught.value.soft and caught.value.status == 605
    gpu.setActiveBuffer(gpu.allocateBuffer(4, 1))
    gpu.set(1, 1, "x")
    assert gpu.get(1, 1)[0] == "x"
    assert gpu.getScreen() is None


def test_binding() -> None:
    """Only to a screen, by a valid address; without reset everything stays."""
    gpu, screen = bench(size=(20, 5))
    for address, reason in (("nowhere", "invalid address"), ("gpu", "not a screen")):
        with pytest.raises(ComponentError, match=reason) as caught:
            gpu.bind(address)
        assert caught.value.soft
    gpu.setResolution(5, 5)
    gpu.setForeground(0x123456)
    gpu.set(1, 1, "kept")
    gpu.bind("screen", False)
    assert gpu.getResolution() == (5, 5) and gpu.getForeground() == (0x123456, False)
    gpu.bind("screen")
    assert gpu.getResolution() == (20, 5) and gpu.getForeground() == (0xFFFFFF, False)
    assert screen.line(1) == "kept"


def test_palettes() -> None:
    """Cells follow a change of the palette; colours may be set by index; the old setting comes back."""
    gpu, screen = bench(screen_tier=2)
    assert gpu.setForeground(14, True) == (0xFFFFFF, None)
    gpu.set(1, 1, "r")
    assert gpu.get(1, 1) == ("r", 0xFF3333, 0x000000, 14, 15)
    before = screen.row_version(1)
    assert gpu.setPaletteColor(14, 0x00FF00) == 0xFF3333
    assert screen.cell(1, 1)[1] == 0x00FF00 and screen.row_version(1) > before
    assert gpu.setForeground(0xABCDEF) == (0x00FF00, 14)
    assert gpu.getPaletteColor(14) == 0x00FF00
    for index in (-1, 16):
        with pytest.raises(ComponentError, match="invalid palette index"):
            gpu.setBackground(index, True)
        with pytest.raises(ComponentError, match="invalid palette index"):
            gpu.getPaletteColor(index)


def test_depth() -> None:
    """Changing it converts what is drawn; its old name comes back; one bit has no palette."""
    gpu, screen = bench()
    gpu.setForeground(0xFF3333)
    gpu.set(1, 1, "x")
    assert gpu.setDepth(4) == "EightBit"
    assert screen.cell(1, 1) == ("x", 0xFF3333, 0x000000)
    assert gpu.setDepth(1) == "FourBit"
    assert screen.cell(1, 1) == ("x", 0xFFFFFF, 0x000000) and gpu.get(1, 1)[3:] == (None, None)
    with pytest.raises(ComponentError, match="color palette not supported") as thrown:
        gpu.setForeground(1, True)
    with pytest.raises(ComponentError, match="palette not available") as soft:
        gpu.getPaletteColor(1)
    assert (thrown.value.soft, soft.value.soft) == (False, True)
    with pytest.raises(ComponentError, match="unsupported depth"):
        gpu.setDepth(2)
    assert gpu.setDepth(8) == "OneBit"


def test_video_memory() -> None:
    """Buffers have the lowest free index, their own colours, and are drawn to the screen by bitblt."""
    gpu, screen = bench()
    assert gpu.allocateBuffer() == 1 and gpu.freeMemory() == 16000
    assert gpu.allocateBuffer(10, 2) == 2 and gpu.allocateBuffer(5, 5) == 3
    assert gpu.freeBuffer(2) is True and gpu.buffers() == [1, 3] and gpu.allocateBuffer(3, 3) == 2
    assert gpu.setActiveBuffer(2) == 0 and gpu.getActiveBuffer() == 2
    gpu.setForeground(0x00FF00)
    gpu.set(1, 1, "abc")
    gpu.set(1, 2, "def")
    assert screen.text() == "" and gpu.getBufferSize() == (3, 3) and gpu.getBufferSize(0) == (160, 50)
    assert gpu.bitblt(0, 10, 2) is True
    assert screen.lines()[:3] == ["", " " * 9 + "abc", " " * 9 + "def"] and screen.cell(10, 2)[1] == 0x00FF00
    gpu.bitblt(0, 1, 5, 2, 1, 2, 2, 2)
    assert screen.line(5) == "ef"
    gpu.bitblt(0, 159, 50, 9, 9, 2, -1, 1)
    assert screen.line(50) == "", "the part that reaches the screen is outside the source"
    assert gpu.freeBuffer() is True and gpu.getActiveBuffer() == 0
    assert gpu.getForeground() == (0xFFFFFF, False)
    assert gpu.freeAllBuffers() == 2 and gpu.freeMemory() == 24000


def test_video_memory_errors() -> None:
    """Each with the game's words."""
    gpu, _ = bench(tier=2)
    for call, reason in (
        (lambda: gpu.allocateBuffer(0, 5), "invalid page dimensions: must be greater than zero"),
        (lambda: gpu.allocateBuffer(4000, 2), "not enough video memory"),
        (lambda: gpu.freeBuffer(7), "no buffer at index"),
        (lambda: gpu.freeBuffer(), "no buffer at index"),
        (lambda: gpu.setActiveBuffer(7), "invalid buffer index"),
        (lambda: gpu.bitblt(0, 1, 1, 1, 1, 9), "no buffer at index"),
        (lambda: gpu.fill(1, 1, 1, 1, "xx"), "invalid fill value"),
        (lambda: gpu.fill(1, 1, 1, 1, ""), "invalid fill value"),
    ):
        with pytest.raises(ComponentError, match=reason) as caught:
            call()
        assert caught.value.soft


def test_blitting_converts_colours() -> None:
    """Video memory has the card's depth; a screen of fewer colours shows the nearest."""
    gpu, screen = bench(tier=3, screen_tier=1)
    gpu.setActiveBuffer(gpu.allocateBuffer(4, 1))
    gpu.setForeground(0x123456)
    gpu.set(1, 1, "x日")
    gpu.bitblt()
    assert screen.cell(1, 1) == ("x", 0xFFFFFF, 0x000000) and screen.text() == "x日"
    gpu.bitblt(0, 1, 1, 2, 1, None, 1, 1)
    assert screen.row_cells(1)[1][0] == " ", "half a character is a blank"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (("set",), "bad arguments #1 (number expected, got no value)"),
        (("set", 1, 1), "bad arguments #3 (string expected, got no value)"),
        (("set", "1", 1, "x"), "bad argument #1 (number expected, got string)"),
        (("set", True, 1, "x"), "bad argument #1 (number expected, got boolean)"),
        (("set", 1, 1, []), "bad argument #3 (string expected, got table)"),
        (("set", 1, 1, object()), "bad argument #3 (string expected, got userdata)"),
        (("set", float("nan"), 1, "x"), "bad argument #1 (number expected, got nan)"),
        (("get", 0, 1), "index out of bounds"),
        (("setForeground", 1, 1), "bad argument #2 (boolean expected, got number)"),
    ],
)
def test_bad_arguments(call: tuple[object, ...], reason: str) -> None:
    """Are thrown, not soft, in the game's words."""
    gpu, _ = bench()
    with pytest.raises(ComponentError) as caught:
        getattr(gpu, str(call[0]))(*call[1:])
    assert caught.value.reason == reason and not caught.value.soft and caught.value.status == 601


def test_numbers_and_texts_are_lenient() -> None:
    """Floats are cut off and clamped, bytes are UTF-8."""
    gpu, screen = bench(size=(6, 2))
    gpu.set(1.9, 1.0, "äö".encode())
    gpu.fill(1, 2, float("inf"), 1, "-")
    assert screen.lines() == ["äö", "------"]


# -- against a model that does one cell at a time ------------------------------------------------------------------

WIDTH, HEIGHT = 7, 4
coordinate = st.integers(-3, 10)
step = st.one_of(
    st.tuples(st.just("set"), coordinate, coordinate, st.text("ab日本 c", max_size=9), st.booleans()),
    st.tuples(st.just("fill"), coordinate, coordinate, coordinate, coordinate, st.sampled_from("#日.")),
    st.tuples(st.just("copy"), coordinate, coordinate, coordinate, coordinate, coordinate, coordinate),
)


class Model:
    """Cells in a dict; a wide character is ("日", "") over two of them."""

    def __init__(self) -> None:
        self.cells = {(x, y): " " for y in range(1, HEIGHT + 1) for x in range(1, WIDTH + 1)}

    def put(self, x: int, y: int, char: str) -> None:
        wide = char in "日本国"
        if wide and x + 1 == 1:
            self._one(1, y, " ")
        elif not wide or ((x, y) in self.cells and (x + 1, y) in self.cells):
            self._one(x, y, char)
            if wide:
                self._one(x + 1, y, "")
                self.cells[x, y] = char

    def _one(self, x: int, y: int, char: str) -> None:
        if (x, y) in self.cells:
            if self.cells[x, y] == "":
                self.cells[x - 1, y] = " "
            if self.cells.get((x + 1, y)) == "":
                self.cells[x + 1, y] = " "
            self.cells[x, y] = char

    def set(self, x: int, y: int, text: str, vertical: bool) -> None:
        for char in text:
            self.put(x, y, char)
            if vertical:
                y += 1
            else:
                x += 2 if char in "日本国" else 1

    def fill(self, x: int, y: int, width: int, height: int, char: str) -> None:
        left, right = max(1, x), min(WIDTH + 1, x + max(0, width))
        pitch = 2 if char in "日本国" else 1
        for row in range(y, y + height):
            for column in range(left, right - pitch + 1, pitch):
                self.put(column, row, char)

    def copy(self, x: int, y: int, width: int, height: int, dx: int, dy: int) -> None:
        area = [(c, r) for r in range(y, y + height) for c in range(x, x + width)]
        area = [(c, r) for c, r in area if (c, r) in self.cells and (c + dx, r + dy) in self.cells]
        source = dict(self.cells)
        for column, row in area:
            char = source[column, row]
            if char == "" and (column - 1, row) not in area:
                char = " "
            if char in ("日", "本", "国") and (column + 1, row) not in area:
                char = " "
            if char != "":
                self._one(column + dx, row + dy, char)
            else:
                self._one(column + dx, row + dy, "x")
                self.cells[column + dx, row + dy] = ""
                self.cells[column + dx - 1, row + dy] = source[column - 1, row]

    def rows(self) -> list[list[str]]:
        return [[self.cells[x, y] for x in range(1, WIDTH + 1)] for y in range(1, HEIGHT + 1)]


@given(st.lists(step, max_size=12))
def test_drawing_is_what_one_cell_at_a_time_gives(steps: list[tuple[object, ...]]) -> None:
    """Any sequence of set, fill and copy; no half of a wide character is ever left alone."""
    gpu, screen = bench(size=(WIDTH, HEIGHT))
    model = Model()
    for name, *args in steps:
        getattr(gpu, str(name))(*args)
        getattr(model, str(name))(*args)
        assert screen.grid.chars == model.rows(), (name, args)
        assert all(len(row) == WIDTH for row in (*screen.grid.chars, *screen.grid.colours))
    rows = screen.grid.chars
    assert len({id(row) for row in rows}) == HEIGHT, "no two rows are one list"
    for row in rows:
        for left, right in zip(row, [*row[1:], " "], strict=True):
            assert (right == "") == (left in ("日", "本", "国"))
