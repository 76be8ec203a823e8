"""Keys: what a keyboard sends for a character or a named key.

A key press is a character (a code point, 0 if it has none) and a key code (the position on the board). `type` and
`press` of the machine, and the consoles, find both here. Key codes are those of the game (manual, keyboard page).
"""

from __future__ import annotations

_ROWS = (
    (0x02, "1234567890-=", "!@#$%^&*()_+"),
    (0x10, "qwertyuiop[]", "QWERTYUIOP{}"),
    (0x1E, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
)
_LAST_ROW = (0x2B, "\\zxcvbnm,./", "|ZXCVBNM<>?")
ENTER, BACKSPACE, TAB, ESCAPE, SPACE = 0x1C, 0x0E, 0x0F, 0x01, 0x39
MODIFIERS = {"shift": 0x2A, "ctrl": 0x1D, "alt": 0x38}  # the left ones, in the order in which they are pressed
ALIASES = {
    "control": "ctrl", "return": "enter", "esc": "escape", "del": "delete", "ins": "insert", "pgup": "pageup",
    "pgdn": "pagedown", "bksp": "backspace", "plus": "+", "minus": "-",
}  # fmt: skip
NAMED: dict[str, tuple[int, int]] = {  # name -> (character, key code)
    "enter": (13, ENTER), "backspace": (8, BACKSPACE), "tab": (9, TAB), "escape": (27, ESCAPE), "space": (32, SPACE),
    "home": (0, 0xC7), "up": (0, 0xC8), "pageup": (0, 0xC9), "left": (0, 0xCB), "right": (0, 0xCD), "end": (0, 0xCF),
    "down": (0, 0xD0), "pagedown": (0, 0xD1), "insert": (0, 0xD2), "delete": (0, 0xD3), "pause": (0, 0xC5),
    "capslock": (0, 0x3A), "numlock": (0, 0x45), "scrolllock": (0, 0x46), "rshift": (0, 0x36), "rctrl": (0, 0x9D),
    "ralt": (0, 0xB8), "lshift": (0, 0x2A), "lctrl": (0, 0x1D), "lalt": (0, 0x38), "kpenter": (13, 0x9C),
    **{f"f{n}": (0, 0x3A + n) for n in range(1, 11)}, "f11": (0, 0x57), "f12": (0, 0x58),
    **{f"f{n}": (0, 0x57 + n) for n in range(13, 19)}, "f19": (0, 0x71),
    **{f"kp{char}": (ord(char), 0x47 + i) for i, char in enumerate("789-456+1230.")},
    "kp*": (42, 0x37), "kp/": (47, 0xB5), "kp=": (61, 0x8D),
}  # fmt: skip
CODES: dict[str, int] = {" ": SPACE, "\n": ENTER, "\r": ENTER, "\t": TAB, "\b": BACKSPACE, "\x1b": ESCAPE}
SHIFTED: dict[str, str] = {}  # unshifted character -> shifted one
for _first, _plain, _shifted in (*_ROWS, _LAST_ROW):
    for _offset, (_low, _high) in enumerate(zip(_plain, _shifted, strict=True)):
        CODES[_low] = CODES[_high] = _first + _offset
        SHIFTED[_low] = _high


class Key:
    """One press: modifiers held, character, key code."""

    __slots__ = ("char", "code", "modifiers")

    def __init__(self, char: int, code: int, modifiers: tuple[str, ...] = ()) -> None:
        self.char = char
        self.code = code
        self.modifiers = modifiers


def typed(char: str) -> Key:
    """The key for one character of a text; a control character is Ctrl and its letter."""
    if char == "\n" or char == "\r":
        return Key(13, ENTER)
    if char == "\x7f":
        return Key(8, BACKSPACE)
    point = ord(char)
    if point < 32 and char not in CODES:
        return Key(point, CODES.get(chr(point + 96) if point <= 26 else chr(point + 64), 0), ("ctrl",))
    return Key(point, CODES.get(char, 0))


def named(press: str) -> Key:
    """The key for a description such as "ctrl+c", "up", "shift+left", "f10", "A".

    Raises ValueError for a name that no key has.
    """
    head, plus, last = press.rpartition("+")
    if plus and not last:  # "ctrl++" and "+" mean the key with the plus sign
        head, last = head[:-1] if head.endswith("+") else head, "+"
    held = [ALIASES.get(name.lower(), name.lower()) for name in head.split("+") if name]
    for name in held:
        if name not in MODIFIERS:
            raise ValueError(f"{press!r}: {name!r} is not a modifier; use one of {', '.join(MODIFIERS)}")
    modifiers = tuple(name for name in ("ctrl", "alt", "shift") if name in held)
    if len(last) == 1:
        return _character(last, modifiers)
    name = last.lower()
    name = ALIASES.get(name, name)
    if name in MODIFIERS:
        return Key(0, MODIFIERS[name], modifiers)
    if name in NAMED:
        char, code = NAMED[name]
        return Key(char, code, modifiers)
    if len(name) == 1:
        return _character(name, modifiers)
    raise ValueError(f"{press!r}: there is no key {last!r}")


def _character(char: str, modifiers: tuple[str, ...]) -> Key:
    key = typed(char)
    if "shift" in modifiers:
        char = SHIFTED.get(char, char)
    elif char in SHIFTED.values() and "ctrl" not in modifiers:
        modifiers = (*modifiers, "shift")
    point = ord(char) if key.code not in (ENTER, BACKSPACE) else key.char
    if "ctrl" in modifiers and "@" <= char.upper() <= "_":
        point = ord(char.upper()) & 31
    return Key(point, key.code, modifiers or key.modifiers)
