"""Line disciplines: keys go in, a line or another outcome comes out. Knows no screen and no reader.

    cooked    POSIX canonical input: a line with its "\\n"; Ctrl+D ends it (on an empty line: end of file);
              Ctrl+C, Ctrl+Z and Ctrl+\\ ask for a signal to the foreground group
    edit      for a shell: the line without "\\n" (an empty one as "\\n", because "" means end of file), or a request
              in front of the line as typed so far: TAB, ESC[A, ESC[B (history), Ctrl+R; Ctrl+C as "\\x03"

Both edit alike: arrows, Home, End, Shift+movement selects, Backspace, Delete, Ctrl+A E U K W, Ctrl+V pastes what was
copied. What is not a line yet stays here from one read to the next.
"""

from __future__ import annotations

from abi.signals import SIGINT, SIGQUIT, SIGTSTP

from . import keys
from .grid import is_control

COOKED = "cooked"
EDIT = "edit"
RAW = "raw"
MODES = (COOKED, EDIT, RAW)

MAX_LINE = 65_536  # characters; more are refused until the line has ended

# Outcomes of a key, as `(kind, text or signal number)`.
LINE = "line"  # the reader gets the text, the screen a line feed
HAND_OVER = "hand over"  # the reader gets the text, the screen keeps showing the line
END = "end"  # the reader gets the text ("" = end of file), the screen shows nothing more
INTERRUPT = "interrupt"  # the reader gets "\x03", the screen ^C
SIGNAL = "signal"  # the foreground group gets the signal, the reader keeps waiting
CLEAR = "clear"  # the screen is to be cleared around the line
SCROLL = "scroll"  # the view is to be scrolled by half a screen, 1 = back, -1 = forward

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Outcome = tuple[str, str | int]

_SIGNALS = {"\x03": SIGINT, "\x1a": SIGTSTP, "\x1c": SIGQUIT}
SIGNAL_LETTERS = {SIGINT: b"C", SIGTSTP: b"Z", SIGQUIT: b"\\"}
_REQUESTS = {keys.TAB: "\t", keys.UP: "\x1b[A", keys.DOWN: "\x1b[B"}
_SCROLLS = {keys.PAGE_UP: 1, keys.PAGE_DOWN: -1}


def is_typeable(char: str) -> bool:
    """May this character stand in a line?"""
    return char != "" and not is_control(char)


def signal_of(key: keys.Key) -> int:
    """The signal that this key sends in cooked mode, 0 = none."""
    return _SIGNALS.get(key.char, 0)


class LineEditor:
    """One line being typed: text, cursor, selection."""

    __slots__ = ("_controls", "_moves", "anchor", "clipboard", "cursor", "text")

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0  # 0 .. len(text)
        self.anchor: int | None = None  # the selection lies between here and the cursor
        self.clipboard = ""
        self._moves: dict[int, Callable[[], int]] = {
            keys.LEFT: lambda: max(0, self.cursor - 1), keys.RIGHT: lambda: min(len(self.text), self.cursor + 1),
            keys.HOME: lambda: 0, keys.END: lambda: len(self.text),
        }
        self._controls: dict[str, Callable[[], None]] = {
            "\x01": lambda: self._move(0), "\x05": lambda: self._move(len(self.text)),
            "\x15": lambda: self._cut(0, self.cursor), "\x0b": lambda: self._cut(self.cursor, len(self.text)),
            "\x17": self._cut_word, "\x16": lambda: self.insert(self.clipboard),
        }

    # State

    def set(self, text: str) -> None:
        """Replace the line; the cursor goes to its end."""
        self.text = "".join(filter(is_typeable, text))[:MAX_LINE]
        self.cursor = len(self.text)
        self.anchor = None

    def take(self) -> str:
        """The line, which is empty afterwards."""
        text = self.text
        self.text = ""
        self.cursor = 0
        self.anchor = None
        return text

    @property
    def selection(self) -> tuple[int, int]:
        """Start and end of the selection; equal when there is none."""
        if self.anchor is None:
            return self.cursor, self.cursor
        return min(self.anchor, self.cursor), max(self.anchor, self.cursor)

    @property
    def selected(self) -> str:
        start, end = self.selection
        return self.text[start:end]

    # Keys

    def press(self, key: keys.Key, mode: str) -> Outcome | None:
        """Take one key in *mode* (cooked or edit); None when it changed the line at most."""
        if key.enter:
            return LINE, self._finished(mode)
        scroll = _SCROLLS.get(key.code)
        if scroll is not None:
            return SCROLL, scroll
        move = self._moves.get(key.code)
        if move is not None and not is_typeable(key.char):
            self._move(move(), extend=key.shift)
            return None
        return self._pressed_edit(key) if mode == EDIT else self._pressed_cooked(key)

    def _finished(self, mode: str) -> str:
        line = self.take()
        return line + "\n" if mode == COOKED or not line else line

    def _pressed_cooked(self, key: keys.Key) -> Outcome | None:
        if signal_of(key):
            self.take()
            return SIGNAL, signal_of(key)
        if key.char == "\x04":
            return END, self.take()
        if key.code == keys.TAB or key.char == "\t":
            self._type("\t")
            return None
        self._pressed(key)
        return None

    def _pressed_edit(self, key: keys.Key) -> Outcome | None:
        request = _REQUESTS.get(key.code)
        if request is None and key.char in ("\t", "\x12"):
            request = key.char
        if request is not None and not is_typeable(key.char):
            return HAND_OVER, request + self.take()
        if key.char == "\x03":
            if self.selected:
                self.clipboard = self.selected
                return None
            self.take()
            return INTERRUPT, "\x03"
        if key.char == "\x04":
            if not self.text:
                return END, ""
            self._cut(self.cursor, self.cursor + 1)
            return None
        if key.char == "\x0c":
            return CLEAR, ""
        self._pressed(key)
        return None

    def _pressed(self, key: keys.Key) -> None:
        """What both modes do alike."""
        if is_typeable(key.char):
            self._type(key.char)
        elif key.code == keys.BACKSPACE or (key.char in ("\b", "\x7f") and key.code != keys.DELETE):
            self._erase(-1)
        elif key.code == keys.DELETE:
            self._erase(1)
        elif key.char in self._controls:
            self._controls[key.char]()

    # Edits

    def insert(self, text: str) -> None:
        """Put *text* (without its control characters) where the cursor is, replacing the selection."""
        self._type("".join(filter(is_typeable, text)))

    def _type(self, text: str) -> None:
        start, end = self.selection
        text = text[:MAX_LINE - len(self.text) + end - start]
        self.text = self.text[:start] + text + self.text[end:]
        self.cursor = start + len(text)
        self.anchor = None

    def _erase(self, direction: int) -> None:
        start, end = self.selection
        if start == end:
            start, end = (self.cursor - 1, self.cursor) if direction < 0 else (self.cursor, self.cursor + 1)
        self._cut(max(0, start), end)

    def _cut(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start
        self.anchor = None

    def _cut_word(self) -> None:
        before = self.text[:self.cursor].rstrip()
        self._cut(before.rfind(" ") + 1, self.cursor)

    def _move(self, to: int, *, extend: bool = False) -> None:
        if not extend:
            self.anchor = None
        elif self.anchor is None:
            self.anchor = self.cursor
        self.cursor = to
