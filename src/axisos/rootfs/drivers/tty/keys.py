"""What arrives at a terminal, and what a raw reader is given for it.

Codes are the keyboard's scan codes; a key carries its character too (0 where it has none). The hardware tells of no
modifiers, so `Modifiers` learns them from their own keys going down and up.
"""

from __future__ import annotations

ESCAPE = 1
BACKSPACE = 14
TAB = 15
ENTER = 28
KEYPAD_ENTER = 156
LEFT_CONTROL, RIGHT_CONTROL = 29, 157
LEFT_SHIFT, RIGHT_SHIFT = 42, 54
HOME, UP, PAGE_UP = 199, 200, 201
LEFT, RIGHT = 203, 205
END, DOWN, PAGE_DOWN = 207, 208, 209
INSERT, DELETE = 210, 211

_SHIFTS = (LEFT_SHIFT, RIGHT_SHIFT)
_CONTROLS = (LEFT_CONTROL, RIGHT_CONTROL)

# What a raw reader gets for keys that are not simply their character.
RAW_SEQUENCES = {
    ESCAPE: "\x1b", BACKSPACE: "\b", TAB: "\t", ENTER: "\n", KEYPAD_ENTER: "\n",
    UP: "\x1b[A", DOWN: "\x1b[B", RIGHT: "\x1b[C", LEFT: "\x1b[D", HOME: "\x1b[H", END: "\x1b[F",
    INSERT: "\x1b[2~", DELETE: "\x1b[3~", PAGE_UP: "\x1b[5~", PAGE_DOWN: "\x1b[6~",
    59: "\x1b[11~", 60: "\x1b[12~", 61: "\x1b[13~", 62: "\x1b[14~", 63: "\x1b[15~",  # F1 to F5
    64: "\x1b[17~", 65: "\x1b[18~", 66: "\x1b[19~", 67: "\x1b[20~", 68: "\x1b[21~", 87: "\x1b[23~", 88: "\x1b[24~",
}
_BACK_TAB = "\x1b[Z"

WHEEL_UP, WHEEL_DOWN = 64, 65
DRAGGED = 32  # added to the button


class Key:
    """One key that went down."""

    __slots__ = ("char", "code", "shift")

    def __init__(self, char: str, code: int, shift: bool = False) -> None:
        self.char = char  # "" if it has none
        self.code = code
        self.shift = shift

    @property
    def enter(self) -> bool:
        """Does it end a line?"""
        return self.code in (ENTER, KEYPAD_ENTER) or self.char in ("\r", "\n")

    def __repr__(self) -> str:
        return f"<Key {self.char!r} {self.code}{' shift' if self.shift else ''}>"


class Paste:
    """Text from the host's clipboard; `text` shrinks as readers take from it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")


class Mouse:
    """A mouse event, ready for a raw reader."""

    __slots__ = ("sequence",)

    def __init__(self, button: int, x: int, y: int) -> None:
        self.sequence = f"\x1b[<{button};{x};{y}M"


class Resized:
    """The screen has another size: what a raw reader gets, which would not know otherwise."""

    __slots__ = ("sequence",)

    def __init__(self, width: int, height: int) -> None:
        self.sequence = f"\x1b[48;{height};{width}t"


class Modifiers:
    """Which shift and control keys are down."""

    __slots__ = ("_down",)

    def __init__(self) -> None:
        self._down: set[int] = set()

    def note(self, code: int, down: bool) -> bool:
        """Take note of a key; True if it is a modifier and nothing else."""
        if code not in _SHIFTS and code not in _CONTROLS:
            return False
        if down:
            self._down.add(code)
        else:
            self._down.discard(code)
        return True

    @property
    def shift(self) -> bool:
        return not self._down.isdisjoint(_SHIFTS)

    @property
    def control(self) -> bool:
        return not self._down.isdisjoint(_CONTROLS)

    def key(self, char: int, code: int) -> Key | None:
        """The key for a `key_down` with this character number and scan code; None if it can mean nothing."""
        if not 0 <= char <= 0x10FFFF or 0xD800 <= char <= 0xDFFF:
            return None
        text = chr(char) if char else ""
        if self.control and len(text) == 1 and text.isascii() and text.isalpha():
            text = chr(char & 0x1F)  # a keyboard that leaves this to us
        return Key(text, code, self.shift)


def raw_sequence(key: Key) -> str:
    """What a raw reader gets for *key*; "" for keys that say nothing (modifiers, locks)."""
    if key.code == TAB and key.shift:
        return _BACK_TAB
    if key.char >= " " and key.char != "\x7f":
        return key.char  # the keypad's digits share codes with nothing, but letters come first
    if key.enter:
        return "\n"
    return RAW_SEQUENCES.get(key.code, key.char)
