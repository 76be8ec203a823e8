"""A terminal shows what the screen shows, for few bytes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from axisos.consoles.painter import COLOURS_256, STATUS_COLOURS, Painter, colours_of, nearest_of_256
from axisos.machine.components.screen import Screen

from .vt import BLANK, Cell, Terminal


class Scene:
    """A screen, a painter and the terminal that it paints."""

    def __init__(self, screen_size: tuple[int, int], terminal_size: tuple[int, int], colours: int = 1 << 24) -> None:
        self.screen = Screen("screen", 3, screen_size)
        self.screen.grid.clear()
        self.terminal = Terminal(*terminal_size)
        self.terminal.modes["7"] = False
        self.painter = Painter(*terminal_size, colours)

    def paint(self, status: str = "") -> int:
        """Paint; the bytes that it took."""
        data = self.painter.paint(self.screen, status)
        assert self.painter.is_current(self.screen, status)
        self.terminal.feed(data)
        return len(data)

    def expected(self) -> list[list[Cell]]:
        """The terminal's cells as they should be: colours count where they can be seen."""
        width, height = self.terminal.width, self.terminal.height
        rows: list[list[Cell]] = []
        for y in range(1, height + 1):
            row: list[Cell] = list(self.screen.row_cells(y)) if y <= self.screen.size[1] else []
            cut = len(row) > width and row[width][0] == ""
            row = (row + [BLANK] * width)[:width]
            if cut:
                row[-1] = (" ", *row[-1][1:])
            rows.append(row)
        return rows

    def check(self) -> None:
        """The terminal shows it."""
        assert visible(self.terminal.rows) == visible(self.expected())


def visible(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Cells without what cannot be seen: the foreground of blanks."""
    return [[(char, 0 if char == " " else fore, back) for char, fore, back in row] for row in rows]


TEXT = st.text(st.sampled_from("ab .│漢字한😀ｗ\u0301é؀"), max_size=12)
COORDINATE = st.integers(-2, 14)
STEP = st.one_of(
    st.tuples(st.just("put"), COORDINATE, COORDINATE, TEXT),
    st.tuples(
        st.just("fill"), COORDINATE, COORDINATE, st.integers(0, 15), st.integers(0, 15), st.sampled_from(" x漢")
    ),
    st.tuples(st.just("copy"), COORDINATE, COORDINATE, st.integers(0, 15), st.integers(0, 15), COORDINATE, COORDINATE),
    st.tuples(st.just("set_foreground"), st.sampled_from([0xFFFFFF, 0xFF0000, 0x00FF00]), st.just(False)),
    st.tuples(st.just("set_background"), st.sampled_from([0x000000, 0x0000FF]), st.just(False)),
    st.tuples(st.just("set_palette"), st.integers(0, 15), st.sampled_from([0x123456, 0xFFFFFF])),
    st.tuples(st.just("paint")),
)
SIZE = st.tuples(st.integers(1, 16), st.integers(1, 12))


@settings(max_examples=200)
@given(SIZE, SIZE, st.lists(STEP, max_size=20))
def test_the_terminal_follows_the_screen(
    screen_size: tuple[int, int], terminal_size: tuple[int, int], steps: list[tuple[object, ...]]
) -> None:
    """Whatever is drawn, the terminal shows the top left part of it after each paint, and nothing else."""
    scene = Scene(screen_size, terminal_size)
    for name, *arguments in [*steps, ("paint",)]:
        if name == "paint":
            scene.paint()
            scene.check()
        else:
            getattr(scene.screen.grid, str(name))(*arguments)


def test_nothing_new_costs_nothing() -> None:
    """A screen that is drawn again as it was sends no byte, a changed character a few."""
    scene = Scene((80, 25), (80, 25))
    scene.screen.grid.put(1, 1, "hello")
    scene.paint()
    assert scene.painter.is_current(scene.screen)
    scene.screen.grid.put(1, 1, "hello")
    assert not scene.painter.is_current(scene.screen)
    assert scene.paint() == 0
    scene.screen.grid.put(5, 1, "!")
    assert scene.paint() <= 8
    scene.check()


def test_scrolling_moves_rows_instead_of_drawing_them() -> None:
    """One more line at the bottom costs that line, not a screenful."""
    scene = Scene((80, 25), (80, 25))
    for y in range(1, 26):
        scene.screen.grid.put(1, y, f"line {y} " * 8)
    scene.paint()
    scene.screen.grid.copy(1, 3, 80, 23, 0, -2)
    scene.screen.grid.fill(1, 24, 80, 2, " ")
    scene.screen.grid.put(1, 24, "the new one")
    assert scene.paint() < 300
    scene.check()


def test_a_terminal_of_another_size_gets_everything() -> None:
    """After a resize the terminal is cleared and shows the whole picture; it may be larger or smaller."""
    scene = Scene((20, 5), (20, 5))
    scene.screen.grid.put(1, 1, "abcdefghijklmnopqr漢")
    for size in ((30, 8), (10, 3), (19, 5), (20, 5)):
        scene.terminal.resize(*size)
        scene.painter.resize(*size)
        scene.paint()
        scene.check()


def test_a_status_line_covers_the_last_row_and_goes_again() -> None:
    """It is not part of the screen: what it covered comes back."""
    scene = Scene((30, 3), (30, 3))
    scene.screen.grid.put(1, 3, "below")
    scene.paint("stopped")
    assert scene.terminal.text().splitlines()[2].strip() == "stopped"
    assert scene.terminal.rows[2][0][1:] == STATUS_COLOURS
    scene.screen.grid.put(1, 3, "still below")
    scene.paint("stopped")
    assert "below" not in scene.terminal.text()
    scene.paint()
    scene.check()


def test_a_screen_that_is_off_is_dark() -> None:
    """Turning a screen off and on changes what is seen, although nothing was drawn; so does its viewport."""
    scene = Scene((20, 3), (20, 3))
    scene.screen.grid.put(1, 1, "hello hello")
    scene.paint()
    scene.screen._on = False
    assert not scene.painter.is_current(scene.screen)
    scene.paint()
    assert scene.terminal.text().strip() == ""
    scene.screen._on = True
    scene.paint()
    scene.check()
    scene.screen.viewport = (5, 1)
    scene.paint()
    assert scene.terminal.text().strip() == "hello"


def test_colours_for_terminals_that_know_256() -> None:
    """The nearest entry of the fixed part of the palette."""
    assert [nearest_of_256(value) for value in (0x000000, 0xFFFFFF, 0xFF0000, 0x0000FF)] == [16, 231, 196, 21]
    assert nearest_of_256(0x808080) == 244
    scene = Scene((5, 1), (5, 1), COLOURS_256)
    scene.screen.grid.put(1, 1, "x")
    scene.paint()
    assert scene.terminal.rows[0][0] == ("x", "231", "16")


def test_which_terminals_get_24_bits() -> None:
    """All but those that would misread them."""
    for environment in ({}, {"TERM": "xterm"}, {"TERM": "screen", "TMUX": "/tmp/x"}, {"COLORTERM": "truecolor"}):
        assert colours_of(environment) == 1 << 24
    for environment in ({"TERM": "screen.xterm"}, {"TERM_PROGRAM": "Apple_Terminal"}):
        assert colours_of(environment) == COLOURS_256
