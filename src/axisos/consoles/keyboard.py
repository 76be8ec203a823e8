"""What a terminal sends, as keys, pastes and mouse events of the machine.

    bytes --feed--> [held] --> Key | Paste | Mouse
                       |
                       +-- `timeout_s` long nothing more came --expire--> what is held means what it can mean alone

A terminal sends a key as its UTF-8 character, as a control character, or as an escape sequence (xterm's, those of the
VT220, the Linux console and rxvt are understood), Alt as a leading ESC. So a single ESC may be the Escape key or the
beginning of something: only time can tell.

Always so: the same bytes give the same events, however they are cut into pieces; what is not understood is dropped
as a whole, so that no rest of a sequence is taken for typing; bytes are never held without a time limit.
"""

from __future__ import annotations

from axisos.machine.keys import BACKSPACE, ESCAPE, NAMED, SPACE, Key, named, typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Events: TypeAlias = "list[Key | Paste | Mouse]"

ESCAPE_TIMEOUT_S = 0.025  # the Escape key, or the first byte of a sequence?
SEQUENCE_TIMEOUT_S = 0.1  # the rest of a sequence or character that has begun
PASTE_TIMEOUT_S = 2.0  # the rest of a paste

_ESC = 0x1B
_PASTE_END = b"\x1b[201~"
_LONGEST = 64  # bytes of a sequence
_REPLACEMENT = Key(0xFFFD, 0)
_MODIFIERS = (("ctrl", 4), ("alt", 2 | 8), ("shift", 1))  # bits of xterm's parameter minus 1; 8 is Meta
_BUTTONS = {0: 0, 1: 2, 2: 1}  # the terminal's left, middle, right -> the machine's left 0, right 1, middle 2
_UTF8_LENGTHS = ((0xC2, 0xDF, 2), (0xE0, 0xEF, 3), (0xF0, 0xF4, 4))

_LETTERS = {
    "A": "up", "B": "down", "C": "right", "D": "left", "F": "end", "H": "home", "P": "f1", "Q": "f2", "R": "f3",
    "S": "f4",
}  # fmt: skip
_SS3 = {
    **_LETTERS, "M": "kpenter", "X": "kp=",
    **{chr(ord("j") + i): f"kp{char}" for i, char in enumerate("*+,-./0123456789") if char != ","},
}  # fmt: skip
_RXVT_ARROWS = {"a": "up", "b": "down", "c": "right", "d": "left"}
_NUMBERS = {
    1: "home", 2: "insert", 3: "delete", 4: "end", 5: "pageup", 6: "pagedown", 7: "home", 8: "end",
    11: "f1", 12: "f2", 13: "f3", 14: "f4", 15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9", 21: "f10", 23: "f11",
    24: "f12", 25: "f13", 26: "f14", 28: "f15", 29: "f16", 31: "f17", 32: "f18", 33: "f19",
}  # fmt: skip
_RXVT_FINALS = {"~": (), "$": ("shift",), "^": ("ctrl",), "@": ("ctrl", "shift")}


class Paste:
    """Text from the clipboard of the terminal's user; its lines end with "\\n"."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"<Paste {self.text!r}>"


class Mouse:
    """Something that the mouse did at a cell of the terminal, counted from 1.

    `what` is the machine's signal: touch, drag and drop with a button (0 left, 1 right, 2 middle), scroll with a
    direction (1 up, -1 down) as `value`.
    """

    __slots__ = ("value", "what", "x", "y")

    def __init__(self, what: str, x: int, y: int, value: int) -> None:
        self.what = what
        self.x = x
        self.y = y
        self.value = value

    def __repr__(self) -> str:
        return f"<Mouse {self.what} {self.x},{self.y} {self.value}>"


class Decoder:
    """One terminal's input."""

    __slots__ = ("_button", "_held", "_pasting", "_searched")

    def __init__(self) -> None:
        self._held = bytearray()
        self._pasting = False
        self._searched = 0  # how far the held paste is known not to end
        self._button = 0  # pressed last; reports of the old kind do not say which one was released

    @property
    def timeout_s(self) -> float | None:
        """How long to wait for more before `expire`; None = nothing is held."""
        if self._pasting:
            return PASTE_TIMEOUT_S
        if not self._held:
            return None
        return ESCAPE_TIMEOUT_S if self._held.strip(b"\x1b") == b"" else SEQUENCE_TIMEOUT_S

    def feed(self, data: bytes) -> Events:
        """What these bytes, after those that were held, come to."""
        self._held += data
        return self._take_all(False)

    def expire(self) -> Events:
        """Nothing more came in time: take what is held for what it is by itself."""
        return self._take_all(True)

    def _take_all(self, final: bool) -> Events:
        events: Events = []
        while self._held or (final and self._pasting):
            used = self._take(events, final)
            if not used and not final:
                break
            del self._held[:used]
        return events

    def _take(self, events: Events, final: bool) -> int:
        """Take one event. Returns how many of the held bytes it took; 0 = more must come first (never if final)."""
        if self._pasting:
            return self._take_paste(events, final)
        if self._held[0] == _ESC:
            return self._take_escape(events, final)
        return self._take_character(events, 0, (), final)

    # -- characters ---------------------------------------------------------------------------------------------

    def _take_character(self, events: Events, at: int, modifiers: tuple[str, ...], final: bool) -> int:
        """Take a character; 0 if it is not complete."""
        held = self._held
        first = held[at]
        if first < 0x80:
            events.append(_with(_control(first), modifiers))
            return 1
        length = next((length for low, high, length in _UTF8_LENGTHS if low <= first <= high), 1)
        part = held[at : at + length]
        if any(byte & 0xC0 != 0x80 for byte in part[1:]) or length == 1:
            events.append(_REPLACEMENT)
            return 1
        if len(part) < length:
            if final:
                events.append(_REPLACEMENT)
                return len(part)
            return 0
        try:
            char = part.decode()
        except UnicodeDecodeError:  # too long a form, or a surrogate
            events.append(_REPLACEMENT)
            return length
        events.append(_with(typed(char), modifiers))
        return length

    # -- escape sequences ---------------------------------------------------------------------------------------

    def _take_escape(self, events: Events, final: bool) -> int:
        held = self._held
        if len(held) == 1:
            if final:
                events.append(_named("escape"))
            return int(final)
        if held[1] == _ESC:  # the key twice, or Alt (rxvt's) and a sequence
            if len(held) == 2 and not final:
                return 0
            if held[2:3] == b"[" or held[2:3] == b"O":
                used = self._take_sequence(events, 1, ("alt",), final)
                return used + 1 if used else 0
            events.append(_named("escape"))
            return 1
        if held[1] in b"[O":
            return self._take_sequence(events, 0, (), final)
        used = self._take_character(events, 1, ("alt",), final)
        return used + 1 if used else 0

    def _take_sequence(self, events: Events, start: int, modifiers: tuple[str, ...], final: bool) -> int:
        """Take what begins with ESC [ or ESC O at `start`; the bytes from there, 0 if it is not complete."""
        if self._held[start + 1] == ord("O"):
            used = self._take_ss3(events, start, modifiers, final)
        else:
            used = self._take_csi(events, start, modifiers, final)
        if used < 0:  # no sequence at all, but Alt and the letter
            events.append(_with(typed(chr(self._held[start + 1])), ("alt",)))
            return 2
        return used

    def _take_ss3(self, events: Events, start: int, modifiers: tuple[str, ...], final: bool) -> int:
        held, at = self._held, start + 2
        modifier = 1
        if at < len(held) and 0x31 <= held[at] <= 0x39:
            modifier = held[at] - 0x30
            at += 1
        if at >= len(held):
            return -1 if final else 0
        letter = chr(held[at])
        if letter in _RXVT_ARROWS:
            events.append(_named(_RXVT_ARROWS[letter], _joined(modifiers, ("ctrl",))))
        elif letter in _SS3:
            events.append(_named(_SS3[letter], _joined(modifiers, _held_with(modifier))))
        else:
            return -1
        return at + 1 - start

    def _take_csi(self, events: Events, start: int, modifiers: tuple[str, ...], final: bool) -> int:
        held, at = self._held, start + 2
        end = min(len(held), start + _LONGEST)
        while at < end and 0x20 <= held[at] <= 0x3F:
            if held[at] == ord("$") and held[start + 2 : at].isdigit():
                break  # rxvt ends a key with it
            at += 1
        parameters = bytes(held[start + 2 : at])
        if at >= end:
            if at - start >= _LONGEST or (final and parameters):
                return at - start
            return -1 if final else 0
        byte = held[at]
        if not 0x40 <= byte <= 0x7E and byte != ord("$"):
            return at - start if parameters else -1
        if not parameters and byte in b"[M":
            return self._take_odd(events, start, modifiers, final)
        self._act(events, parameters, chr(byte), modifiers)
        return at + 1 - start

    def _take_odd(self, events: Events, start: int, modifiers: tuple[str, ...], final: bool) -> int:
        """Take ESC [ [ A to E, the Linux console's F1 to F5, or ESC [ M and three bytes, the oldest mouse report."""
        rest = bytes(self._held[start + 3 : start + 6])
        if self._held[start + 2] == ord("["):
            if not rest:
                return 3 if final else 0
            if not b"A" <= rest[:1] <= b"E":
                return 3
            events.append(_named(f"f{rest[0] - 64}", modifiers))
            return 4
        if len(rest) < 3:
            return 3 + len(rest) if final else 0
        button, x, y = (max(0, byte - 32) for byte in rest)
        released = button & 0b11000011 == 3
        self._act_mouse(events, self._button if released else button, x, y, released)
        return 6

    def _act(self, events: Events, parameters: bytes, letter: str, modifiers: tuple[str, ...]) -> None:
        """A complete control sequence; one that is no input (a reply, say) comes to nothing."""
        text = parameters.decode("ascii")
        is_mouse = text.startswith("<")
        numbers = [part.partition(":")[0] for part in text[is_mouse:].split(";")]
        if not all(part.isdigit() or not part for part in numbers):
            return
        values = [int(part or 0) for part in numbers] + [0, 0, 0]
        first, second, third = values[:3]
        if is_mouse:
            if letter in "Mm" and len(numbers) == 3:
                self._act_mouse(events, first, second, third, letter == "m")
        elif letter == "~" and first == 200:
            self._pasting = True
            self._searched = 0
        elif letter == "~" and first == 27:
            _append_coded(events, third, _joined(modifiers, _held_with(second)))
        elif letter == "u":
            _append_coded(events, first, _joined(modifiers, _held_with(second)))
        elif letter in _RXVT_FINALS:
            if first in _NUMBERS:
                extra = _RXVT_FINALS[letter]
                events.append(_named(_NUMBERS[first], _joined(modifiers, extra, _held_with(second))))
        elif letter in _LETTERS:
            events.append(_named(_LETTERS[letter], _joined(modifiers, _held_with(second))))
        elif letter == "Z":
            events.append(_named("tab", _joined(modifiers, ("shift",), _held_with(second))))
        elif letter in _RXVT_ARROWS:
            events.append(_named(_RXVT_ARROWS[letter], _joined(modifiers, ("shift",))))

    def _act_mouse(self, events: Events, code: int, x: int, y: int, released: bool) -> None:
        if x < 1 or y < 1 or code > 127:
            return
        kind = code & 3
        if code & 64:
            if kind < 2 and not released:
                events.append(Mouse("scroll", x, y, 1 if kind == 0 else -1))
            return
        button = _BUTTONS.get(kind)
        if button is None:
            return  # moved without a button
        if not released:
            self._button = kind
        events.append(Mouse("drop" if released else "drag" if code & 32 else "touch", x, y, button))

    # -- pastes -------------------------------------------------------------------------------------------------

    def _take_paste(self, events: Events, final: bool) -> int:
        """Take the paste; its end may never come (a terminal that breaks off), and the keyboard must live on."""
        held = self._held
        end = held.find(_PASTE_END, self._searched)
        if end < 0 and not final:
            self._searched = max(0, len(held) - len(_PASTE_END) + 1)
            return 0
        self._pasting = False
        data = bytes(held) if end < 0 else bytes(held[:end])
        text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        if text:
            events.append(Paste(text))
        return len(held) if end < 0 else end + len(_PASTE_END)


def _control(byte: int) -> Key:
    """The key for an ASCII character as a terminal in raw mode sends it."""
    if byte == 0:
        return Key(0, SPACE, ("ctrl",))
    if byte in (0x08, 0x7F):
        return Key(8, BACKSPACE)
    if byte == _ESC:
        return Key(27, ESCAPE)
    return typed(chr(byte))


def _named(name: str, modifiers: tuple[str, ...] = ()) -> Key:
    char, code = NAMED[name]
    return Key(char, code, modifiers)


def _with(key: Key, modifiers: tuple[str, ...]) -> Key:
    """The key with these modifiers too."""
    return Key(key.char, key.code, _joined(key.modifiers, modifiers)) if modifiers else key


def _joined(*groups: tuple[str, ...]) -> tuple[str, ...]:
    """All these modifiers, once each, in the order in which they are pressed."""
    return tuple(name for name, _ in _MODIFIERS if any(name in group for group in groups))


def _held_with(parameter: int) -> tuple[str, ...]:
    """The modifiers of an xterm parameter (1 and 0 = none)."""
    bits = max(0, parameter - 1)
    return tuple(name for name, mask in _MODIFIERS if bits & mask)


def _append_coded(events: Events, point: int, modifiers: tuple[str, ...]) -> None:
    """A key that was sent as the number of its character."""
    if not 0 < point <= 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        return
    if point < 0x80 and not chr(point).isprintable():
        events.append(_with(_control(point), modifiers))
    else:
        events.append(named("+".join((*modifiers, chr(point)))))
