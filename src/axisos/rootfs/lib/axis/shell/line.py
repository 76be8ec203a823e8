"""Reading one line from a person: the terminal edits it, this room answers its requests.

In "edit" mode a read gives a finished line, or Tab, Up, Down or Ctrl+R in front of the line as it is so far; the
answer is `set_line` and another read. Ctrl+R itself is served in "raw" mode, key by key.
"""

from __future__ import annotations

from axis.shell.run import Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axis.shell.history import History
    from axis.shell.terminal import Terminal

UP, DOWN, TAB, SEARCH, INTERRUPT, END = "\x1b[A", "\x1b[B", "\t", "\x12", "\x03", "\x04"
GREEN, PLAIN = "\x1b[32m", "\x1b[0m"
CLEAR_LINE = "\r\x1b[K"
MOST_SHOWN = 200  # possibilities that Tab lists


class LineReader:
    """Reads lines with history and completion."""

    def __init__(
        self, terminal: Terminal, history: History, complete: Callable[[str], tuple[str, list[str]]],
    ) -> None:
        self._terminal = terminal
        self._history = history
        self._complete = complete

    def read(self, prompt: str) -> str | None:
        """The line, None at the end of input. Raises Interrupted for Ctrl+C. Blocks."""
        terminal, history = self._terminal, self._history
        terminal.set_mode("edit")
        terminal.write(prompt)
        history.rewind()
        while True:
            text = terminal.read()
            if text in ("", END):
                return None
            if text == INTERRUPT:
                raise Interrupted
            if text.startswith(TAB):
                self._tab(text[1:], prompt)
            elif text.startswith(UP):
                terminal.set_line(history.older(text[3:]))
            elif text.startswith(DOWN):
                terminal.set_line(history.newer(text[3:]))
            elif text.startswith(SEARCH):
                line = self._search(text[1:], prompt)
                if line is not None:
                    return line
            else:
                return text.rstrip("\n")

    def _tab(self, typed: str, prompt: str) -> None:
        line, possible = self._complete(typed)
        if possible and line == typed:
            self._terminal.write("\n" + self._table(possible) + prompt.lstrip("\n"))
        self._terminal.set_line(line)

    def _table(self, names: list[str]) -> str:
        """The possibilities in columns."""
        shown = names[:MOST_SHOWN]
        columns = max(1, self._terminal.width() // (max([len(name) for name in shown]) + 2))
        rows = -(-len(shown) // columns)
        width = self._terminal.width() // columns
        text = ""
        for row in range(rows):
            text += "".join([name.ljust(width) for name in shown[row::rows]]).rstrip() + "\n"
        more = len(names) - len(shown)
        return f"{GREEN}{text}{PLAIN}" + (f"… and {more} more\n" if more else "")

    def _search(self, typed: str, prompt: str) -> str | None:
        """Ctrl+R: the newest line with what is typed in it. Returns a line to run, None = go on editing."""
        terminal, history = self._terminal, self._history
        terminal.set_mode("raw")
        text, found = "", None
        line = typed
        try:
            while True:
                terminal.write(f"{CLEAR_LINE}(search '{text}'): {line}")
                key = terminal.read()
                if key == SEARCH:
                    earlier = history.search(text, found)
                    found = found if earlier is None else earlier
                elif key in ("\b", "\x7f"):
                    text = text[:-1]
                    found = history.search(text)
                elif len(key) == 1 and key >= " ":
                    text += key
                    found = history.search(text, None if found is None else found + 1)
                else:
                    break
                line = history.lines[found] if found is not None and text else line
            last = prompt.rsplit("\n", 1)[-1]
            terminal.write(f"{CLEAR_LINE}{last}")
            if key == "\n":
                terminal.write(line + "\n")
                return line
            if key == INTERRUPT:
                terminal.write("^C\n")
                raise Interrupted
        finally:
            terminal.set_mode("edit")
        terminal.set_line(line)
        return None
