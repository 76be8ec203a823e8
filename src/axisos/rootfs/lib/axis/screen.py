"""The terminal for programs that use all of it: rows are drawn, keys and the mouse come as events.

    with Screen() as screen:
        while True:
            screen.draw([[(1, f"{screen.width} x {screen.height}, q ends", WHITE, BLACK)]])
            if screen.wait() == "q":
                break

An event is a key, as a string (a character, or a name: "up", "enter", "ctrl+c", "f5"), a `Mouse`, or a `Resized`.
Besides, `wait` can wait for objects of the kernel.

Always so   the terminal is as before when the `with` block is left. If the program is killed, the terminal's driver
            sees to that.
"""

from __future__ import annotations

from collections import deque

from abi.status import StatusError
from axis import filesystem, sync, thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from axis.guest import syscall

    Piece = tuple[int, str, int, int]  # column from 1, text, colours of the letters and of the ground
    Row = list[Piece]

BLACK, WHITE, GREY, DARK, BLUE, YELLOW, CYAN = 0x000000, 0xFFFFFF, 0x888888, 0x333333, 0x5599FF, 0xFFDD55, 0x55DDDD

_NAMED = {
    "\x1b": "escape", "\b": "backspace", "\x7f": "backspace", "\t": "tab", "\n": "enter", "\r": "enter",
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left", "\x1b[H": "home", "\x1b[F": "end",
    "\x1b[2~": "insert", "\x1b[3~": "delete", "\x1b[5~": "page up", "\x1b[6~": "page down", "\x1b[Z": "shift+tab",
    "\x1b[11~": "f1", "\x1b[12~": "f2", "\x1b[13~": "f3", "\x1b[14~": "f4", "\x1b[15~": "f5", "\x1b[17~": "f6",
    "\x1b[18~": "f7", "\x1b[19~": "f8", "\x1b[20~": "f9", "\x1b[21~": "f10", "\x1b[23~": "f11", "\x1b[24~": "f12",
}
GONE = "gone"  # the event after which no other comes: the terminal cannot be read any more


class Mouse:
    """Something that the mouse did at column *x* of row *y*, both from 1: `what` is "press", "drag" or "wheel"."""

    __slots__ = ("button", "what", "x", "y")

    def __init__(self, code: int, x: int, y: int) -> None:
        self.what = "wheel" if code & 64 else "drag" if code & 32 else "press"
        self.button = code & 3  # of a press: 0 left, 1 right, 2 middle; of the wheel: 0 up, 1 down
        self.x = x
        self.y = y

    def __repr__(self) -> str:
        return f"<{self.what} {self.button} at {self.x}, {self.y}>"


class Resized:
    """The terminal has another size."""

    __slots__ = ("height", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height

    def __repr__(self) -> str:
        return f"<Resized {self.width} x {self.height}>"


def decode(text: str) -> str | Mouse | Resized:
    """The event that one read from a terminal in raw mode stands for; a sequence that is unknown is itself."""
    name = _NAMED.get(text)
    if name is not None:
        return name
    if len(text) == 1 and text < " ":
        return f"ctrl+{chr(ord(text) + 96)}"
    if text.startswith("\x1b[<"):
        numbers = _numbers(text[3:-1])
        if text.endswith("M") and len(numbers) == 3:
            return Mouse(*numbers)
    elif text.startswith("\x1b[48;"):
        numbers = _numbers(text[5:-1])
        if text.endswith("t") and len(numbers) == 2:
            return Resized(numbers[1], numbers[0])
    return text


def _numbers(text: str) -> list[int]:
    parts = text.split(";")
    return [int(part) for part in parts] if all(part.isdecimal() and len(part) < 10 for part in parts) else []


class Screen:
    """The terminal of this process, from `with` to its end. Raises what opening /dev/tty raises."""

    def __init__(self) -> None:
        self.width = 0
        self.height = 0
        self._token = filesystem.open_handle("/dev/tty", "rw")
        self._events: deque[Any] = deque()
        self._arrived = sync.Event()
        self._drawn: list[Row] = []
        self._mode = "cooked"

    def __enter__(self) -> Self:
        self._mode = self._control("get_mode")
        self._control("set_mode", "raw")
        self._control("enter_alt_screen")
        size = self._control("get_size")
        self.width, self.height = size["w"], size["h"]
        thread.create(self._read)
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        try:
            self._control("leave_alt_screen")
            self._control("set_mode", self._mode)
        finally:
            filesystem.close(self._token)

    def wait(self, *others: Any) -> Any:
        """The next event; or None when one of *others* (objects of `axis.sync`, watches, handles) is signaled first."""
        while not self._events:
            if sync.wait_multiple([self._arrived, *others]) > 0 and not self._events:
                return None
        event = self._events.popleft()
        if isinstance(event, Resized):
            self.width, self.height = event.width, event.height
            self._drawn = []
        return event

    def draw(self, rows: list[Row]) -> None:
        """Show *rows*, from the top: each its pieces, on black. Only rows that have changed are drawn."""
        items: list[object] = []
        drawn = self._drawn
        rows = rows[: self.height] + [[]] * (self.height - len(rows))
        for y, row in enumerate(rows, 1):
            if len(drawn) < y or drawn[y - 1] != row:
                items.append([1, y, " " * self.width, WHITE, BLACK])
                items += [[x, y, text, letters, ground] for x, text, letters, ground in row]
        self._drawn = rows
        if items:
            self._control("render_batch", *items)

    def _control(self, method: str, *args: object) -> Any:
        return syscall("vfs_device_control", self._token, method, [*args])

    def _read(self) -> None:
        """The thread that waits for the terminal."""
        while True:
            try:
                data = syscall("vfs_read", self._token, None)
            except StatusError:
                data = b""
            self._events.append(decode(data.decode("utf-8", "replace")) if data else GONE)
            sync.set_event(self._arrived)
            if not data:
                return
