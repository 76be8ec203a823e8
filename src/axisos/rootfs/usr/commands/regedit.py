"""regedit: walk through the virtual registry on the whole screen, and see what changes. It changes nothing itself.

    +---------------------------------------------+   Panel    a list with a selected row and a view
    | regedit          keys            filter: .. |   Tree     the keys that are unfolded, or that match the filter
    | @VT\\SYS\\BOOT                                |   Editor   both panels, the search, what each key does
    | Key              | Name       Type   Value  |
    | - @VT            | BootTime   NUM    0.0    |
    |   + DEV          | InitPath   STR    /bin.. |
    | 3/9   q quit  ...                           |
    +---------------------------------------------+
"""

from __future__ import annotations

from axis import cli, registry, streams
from axis.screen import BLACK, BLUE, CYAN, DARK, GONE, GREY, WHITE, YELLOW, Mouse, Resized, Screen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axis.guest import syscall
    from axis.screen import Row

HELP = """\
Usage: regedit

Walk through the virtual registry; what changes is shown at once, changed values in yellow.

  Up, Down, PgUp, PgDn, Home, End   move        Tab   the other panel
  Right, Enter   unfold; to the values          Left  fold; to the key above; back to the keys
  /   search: keys with a text in their path (Enter keeps it, Esc drops it)
  r, F5   everything anew, without the search   q, Ctrl+C   end

The mouse selects, folds and unfolds; its wheel scrolls.
"""

ROOT = "@VT"
KEYS, VALUES = "keys", "values"
MIN_WIDTH, MIN_HEIGHT = 40, 6
HEAD_ROWS = 3  # title, path, headings
NAME_WIDTH, TYPE_WIDTH = 20, 6
WHEEL_ROWS = 3
HELP_LINE = "arrows move  Tab panel  / search  r refresh  q quit"


class Panel:
    """A list of which one row is selected, and the part of it that can be seen."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.selected = 0
        self.top = 0

    def show(self, rows: list[dict[str, Any]], selected: int) -> None:
        """Other rows."""
        self.rows = rows
        self.select(selected)

    def select(self, index: int) -> None:
        """The row of that number, or the nearest that there is."""
        self.selected = max(0, min(index, len(self.rows) - 1))

    def current(self) -> dict[str, Any] | None:
        """The selected row."""
        return self.rows[self.selected] if self.rows else None

    def visible(self, height: int) -> list[tuple[int, dict[str, Any]]]:
        """What can be seen on *height* rows, with its numbers; the selected row is among it."""
        self.top = max(self.selected - height + 1, min(self.top, self.selected, max(0, len(self.rows) - height)))
        return list(enumerate(self.rows))[self.top : self.top + height]


class Tree(Panel):
    """The keys. A filter shows those with a text in their path, and what is above them."""

    def __init__(self) -> None:
        super().__init__()
        self.unfolded = {ROOT, f"{ROOT}\\SYS"}
        self.filter = ""
        self._all: list[dict[str, Any]] = []

    def load(self) -> None:
        """Ask for all keys, and select the one that was selected, or what is left above it."""
        path = self.path()
        self._all = syscall("reg_dump_tree", ROOT)
        self.arrange(path)

    def path(self) -> str:
        """The selected key."""
        key = self.current()
        return key["path"] if key else ROOT

    def arrange(self, path: str) -> None:
        """Find out which keys are to be seen, and select *path* or the nearest above it."""
        rows = self._matching() if self.filter else self._unfolded()
        places = {row["path"]: place for place, row in enumerate(rows)}
        while path not in places and "\\" in path:
            path = path.rpartition("\\")[0]
        self.show(rows, places.get(path, 0))

    def _unfolded(self) -> list[dict[str, Any]]:
        rows, shown = [], {ROOT}  # keys whose sub keys are seen
        for key in self._all:
            parent = key["path"].rpartition("\\")[0]
            if not parent or parent in shown:
                rows.append(key)
                if key["path"] in self.unfolded:
                    shown.add(key["path"])
                elif not parent:
                    shown.discard(ROOT)
        return rows

    def _matching(self) -> list[dict[str, Any]]:
        wanted, above = self.filter.lower(), set()
        for key in self._all:
            if wanted in key["path"].lower():
                path = key["path"]
                while path and path not in above:
                    above.add(path)
                    path = path.rpartition("\\")[0]
        return [key for key in self._all if key["path"] in above]

    def first_match(self) -> str:
        """The first key whose own name has the filter's text, else the first whose path has it."""
        wanted = self.filter.lower()
        named = [key["path"] for key in self.rows if wanted in key["name"].lower()]
        return named[0] if named else self.path()

    def fold(self, path: str, wide: bool) -> None:
        """Unfold a key, or fold it."""
        if wide:
            self.unfolded.add(path)
        else:
            self.unfolded.discard(path)
        self.arrange(path)

    def is_unfolded(self, key: dict[str, Any]) -> bool:
        """Whether the keys below it are seen."""
        return bool(key["sub_keys"]) and (bool(self.filter) or key["path"] in self.unfolded)


class Editor:
    """What is shown, and what each key does to it."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.tree = Tree()
        self.values = Panel()
        self.focus = KEYS
        self.search: str | None = None  # what is being typed after /
        self._before = ""  # the filter before that
        self._fresh: set[tuple[str, str | None]] = set()  # (path, name) of what changed last
        self._keys: dict[str, Callable[[], object]] = {
            "up": lambda: self._move(-1), "down": lambda: self._move(1),
            "page up": lambda: self._move(-self.body), "page down": lambda: self._move(self.body),
            "home": lambda: self._move(-len(self._panel.rows)), "end": lambda: self._move(len(self._panel.rows)),
            "right": self._go_in, "enter": self._go_in, "left": self._go_out, "tab": self._switch,
            "shift+tab": self._switch, "/": self._begin_search, "r": self._anew, "f5": self._anew,
        }
        self.tree.load()
        self._load_values()

    @property
    def body(self) -> int:
        """Rows of the panels."""
        return self.height - HEAD_ROWS - 1

    @property
    def tree_width(self) -> int:
        """Columns of the tree."""
        return max(20, self.width * 38 // 100)

    @property
    def _panel(self) -> Panel:
        return self.tree if self.focus == KEYS else self.values

    def changed(self, changes: list[registry.Change]) -> None:
        """The registry has changed."""
        self._fresh = {(change.path, change.name) for change in changes}
        self.tree.load()
        self._load_values(self.values.selected)

    def handle(self, event: object) -> bool:
        """Do what an event says. Returns whether to go on."""
        if event in ("ctrl+c", GONE) or (event == "q" and self.search is None):
            return False
        if isinstance(event, Resized):
            self.width, self.height = event.width, event.height
        elif isinstance(event, Mouse):
            self._on_mouse(event)
        elif self.search is not None:
            self._on_search(str(event))
        elif event in self._keys:
            self._keys[str(event)]()
        return True

    # --- moving ------------------------------------------------------------------------------------------------

    def _move(self, rows: int) -> None:
        self._panel.select(self._panel.selected + rows)
        if self.focus == KEYS:
            self._load_values()

    def _go_in(self) -> None:
        key = self.tree.current()
        if self.focus != KEYS or key is None:
            return
        if key["sub_keys"] and not self.tree.is_unfolded(key):
            self.tree.fold(key["path"], True)
        elif key["sub_keys"]:
            self._move(1)
        else:
            self.focus = VALUES

    def _go_out(self) -> None:
        if self.focus == VALUES:
            self.focus = KEYS
            return
        key = self.tree.current()
        if key is None:
            return
        if self.tree.is_unfolded(key) and not self.tree.filter:
            self.tree.fold(key["path"], False)
        else:
            self.tree.arrange(key["path"].rpartition("\\")[0] or ROOT)
        self._load_values()

    def _switch(self) -> None:
        self.focus = VALUES if self.focus == KEYS else KEYS

    def _anew(self) -> None:
        self.tree.filter = ""
        self._fresh = set()
        self.tree.load()
        self._load_values()

    def _load_values(self, selected: int = 0) -> None:
        self.values.show(syscall("reg_enum_values", self.tree.path()), selected)

    # --- searching ---------------------------------------------------------------------------------------------

    def _begin_search(self) -> None:
        self.search, self._before, self.focus = "", self.tree.filter, KEYS
        self._filter("")

    def _on_search(self, key: str) -> None:
        text = self.search
        assert text is not None
        if key == "enter":
            self.search = None
        elif key == "escape" or (key == "backspace" and not text):
            self.search = None
            self._filter(self._before)
        elif key == "backspace":
            self.search = text[:-1]
            self._filter(self.search)
        elif len(key) == 1 and key.isprintable():
            self.search = text + key
            self._filter(self.search)

    def _filter(self, text: str) -> None:
        path = self.tree.path()
        self.tree.filter = text
        self.tree.arrange(path)
        if text:
            self.tree.arrange(self.tree.first_match())
        self._load_values()

    # --- the mouse ---------------------------------------------------------------------------------------------

    def _on_mouse(self, mouse: Mouse) -> None:
        focus = KEYS if mouse.x <= self.tree_width else VALUES
        panel = self.tree if focus == KEYS else self.values
        if mouse.what == "wheel":
            self.focus = focus
            self._move(WHEEL_ROWS if mouse.button else -WHEEL_ROWS)
            return
        index = panel.top + mouse.y - HEAD_ROWS - 1
        if mouse.what != "press" or not HEAD_ROWS < mouse.y < self.height or index >= len(panel.rows):
            return
        again = self.focus == focus and panel.selected == index
        self.focus = focus
        panel.select(index)
        if focus == KEYS:
            key = self.tree.rows[index]
            if key["sub_keys"] and not self.tree.filter and (again or mouse.x <= 2 * key["depth"] + 2):
                self.tree.fold(key["path"], not self.tree.is_unfolded(key))
            self._load_values()

    # --- drawing -----------------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """The whole screen."""
        if self.width < MIN_WIDTH or self.height < MIN_HEIGHT:
            return [[(1, f"regedit needs {MIN_WIDTH} x {MIN_HEIGHT}"[: self.width], YELLOW, BLACK)]]
        title = f" regedit    [{self.focus}]" + (f"    filter: {self.tree.filter}" if self.tree.filter else "")
        rows: list[Row] = [
            [(1, _fit(title, self.width), BLACK, CYAN)],
            [(1, _fit(self.tree.path(), self.width), WHITE, BLACK)],
            self._headings(),
        ]
        keys, values = self.tree.visible(self.body), self.values.visible(self.body)
        for line in range(self.body):
            row: Row = self._key(*keys[line]) if line < len(keys) else []
            row.append((self.tree_width + 1, "|", GREY, BLACK))
            if line < len(values):
                row += self._value(*values[line])
            rows.append(row)
        rows.append([(1, _fit(self._last_row(), self.width), GREY, BLACK)])
        return rows

    def _columns(self) -> tuple[int, int, int]:
        """Where names, types and values begin."""
        name = self.tree_width + 3
        return name, name + NAME_WIDTH + 1, name + NAME_WIDTH + TYPE_WIDTH + 2

    def _headings(self) -> Row:
        texts = zip((1, self.tree_width + 1, *self._columns()), ("Key", "|", "Name", "Type", "Value"), strict=True)
        return [(x, text, GREY, BLACK) for x, text in texts if x <= self.width]

    def _key(self, index: int, key: dict[str, Any]) -> Row:
        sign = " " if not key["sub_keys"] else "-" if self.tree.is_unfolded(key) else "+"
        count = f" ({key['values']})" if key["values"] else ""
        text = _fit(f"{'  ' * key['depth']}{sign} {key['name']}{count}", self.tree_width)
        letters = YELLOW if (key["path"], None) in self._fresh else BLUE if key["sub_keys"] else WHITE
        return [(1, text, letters, self._ground(KEYS, index))]

    def _value(self, index: int, value: dict[str, Any]) -> Row:
        name, kind, data = self._columns()
        ground = self._ground(VALUES, index)
        letters = YELLOW if (self.tree.path(), value["name"]) in self._fresh else WHITE
        room = self.width - data + 1
        row = [(name, _fit(value["name"], NAME_WIDTH), letters, ground), (kind, f"{value['type']:<6}", GREY, ground)]
        return [*row, (data, _fit(cli.printable(str(value["value"])), room), letters, ground)] if room > 0 else row

    def _ground(self, focus: str, index: int) -> int:
        panel = self.tree if focus == KEYS else self.values
        if index != panel.selected:
            return BLACK
        return 0x224488 if focus == self.focus else DARK

    def _last_row(self) -> str:
        if self.search is not None:
            return f"/{self.search}_    Enter keeps it, Esc drops it"
        panel = self._panel
        place = f"{min(panel.selected + 1, len(panel.rows))}/{len(panel.rows)}"
        value = self.values.current() if self.focus == VALUES else None
        if value is None:
            return f"{place}   {HELP_LINE}"
        return f"{place}   {value['name']} = {cli.printable(str(value['value']))}"


def _fit(text: str, width: int) -> str:
    """*text* in exactly *width* columns."""
    return f"{text:<{width}}" if len(text) <= width else text[: max(0, width - 3)] + "..."[:width]


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    if not streams.is_terminal(-11):
        cli.fail("it needs a terminal; `reg tree` and `reg query` print the registry")
    with Screen() as screen, registry.watch(ROOT) as watch:
        editor = Editor(screen.width, screen.height)
        screen.draw(editor.rows())
        while True:
            event = screen.wait(watch)
            if event is None:
                editor.changed(watch.take())
            elif not editor.handle(event):
                return
            screen.draw(editor.rows())


cli.run(main, HELP)
