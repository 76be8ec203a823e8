"""Keys: what the keyboard sends for characters and named keys."""

from __future__ import annotations

import pytest

from axisos.machine import keys

from .conftest import Boot

SHOW = """
while True:
    name, _, char, code, _ = computer.pull_signal()
    say(name, char, hex(code))
"""


@pytest.mark.parametrize(
    ("char", "point", "code"),
    [
        ("a", 97, 0x1E), ("A", 65, 0x1E), ("z", 122, 0x2C), ("m", 109, 0x32), ("1", 49, 0x02), ("!", 33, 0x02),
        ("0", 48, 0x0B), ("-", 45, 0x0C), ("=", 61, 0x0D), ("+", 43, 0x0D), ("[", 91, 0x1A), ("}", 125, 0x1B),
        (";", 59, 0x27), ("'", 39, 0x28), ('"', 34, 0x28), ("`", 96, 0x29), ("~", 126, 0x29), ("\\", 92, 0x2B),
        (",", 44, 0x33), (".", 46, 0x34), ("/", 47, 0x35), ("?", 63, 0x35), (" ", 32, 0x39), ("\n", 13, 0x1C),
        ("\r", 13, 0x1C), ("\t", 9, 0x0F), ("\x08", 8, 0x0E), ("\x7f", 8, 0x0E), ("\x1b", 27, 0x01), ("é", 233, 0),
    ],
)  # fmt: skip
def test_characters(char: str, point: int, code: int) -> None:
    """A character has its code point and the key that bears it; one that no key bears has code 0."""
    key = keys.typed(char)
    assert (key.char, key.code) == (point, code)


@pytest.mark.parametrize(
    ("name", "char", "code", "modifiers"),
    [
        ("up", 0, 200, ()), ("down", 0, 208, ()), ("left", 0, 203, ()), ("right", 0, 205, ()), ("home", 0, 199, ()),
        ("end", 0, 207, ()), ("pageup", 0, 201, ()), ("PgDn", 0, 209, ()), ("delete", 0, 211, ()), ("f10", 0, 68, ()),
        ("f1", 0, 0x3B, ()), ("f11", 0, 0x57, ()), ("f19", 0, 0x71, ()), ("enter", 13, 28, ()), ("esc", 27, 1, ()),
        ("space", 32, 0x39, ()), ("ctrl+c", 3, 46, ("ctrl",)), ("Ctrl+C", 3, 46, ("ctrl",)),
        ("ctrl+[", 27, 0x1A, ("ctrl",)),
        ("ctrl+d", 4, 0x20, ("ctrl",)), ("shift+left", 0, 203, ("shift",)), ("shift+a", 65, 0x1E, ("shift",)),
        ("A", 65, 0x1E, ("shift",)), ("shift+1", 33, 2, ("shift",)), ("alt+x", 120, 0x2D, ("alt",)),
        ("shift+ctrl+up", 0, 200, ("ctrl", "shift")), ("shift+tab", 9, 15, ("shift",)), ("+", 43, 0x0D, ("shift",)),
        ("ctrl++", 43, 0x0D, ("ctrl",)), ("kp5", 53, 0x4C, ()), ("kp0", 48, 0x52, ()), ("kp.", 46, 0x53, ()),
        ("f13", 0, 0x64, ()), ("f18", 0, 0x69, ()), ("shift", 0, 0x2A, ()), ("x", 120, 0x2D, ()),
    ],
)  # fmt: skip
def test_named_keys(name: str, char: int, code: int, modifiers: tuple[str, ...]) -> None:
    """Names are those of the manual's table."""
    key = keys.named(name)
    assert (key.char, key.code, key.modifiers) == (char, code, modifiers)


@pytest.mark.parametrize("name", ["hyper+x", "f99", "", "ctrl+nothing"])
def test_a_key_that_does_not_exist(name: str) -> None:
    """Is refused by name."""
    with pytest.raises(ValueError, match=r"key|modifier"):
        keys.named(name)


def test_modifiers_are_pressed_around_a_key(boot: Boot) -> None:
    """A driver that follows the shift and control keys sees them held, in order."""
    machine = boot(SHOW)
    machine.press("ctrl+shift+c")
    machine.type("Q\x03")
    machine.run_until_idle()
    assert machine.screen.lines()[:12] == [
        "key_down 0 0x1d", "key_down 0 0x2a", "key_down 3 0x2e", "key_up 3 0x2e", "key_up 0 0x2a", "key_up 0 0x1d",
        "key_down 81 0x10", "key_up 81 0x10",
        "key_down 0 0x1d", "key_down 3 0x2e", "key_up 3 0x2e", "key_up 0 0x1d",
    ]  # fmt: skip
