"""The keyboard: no methods; it sends `key_down`, `key_up` and `clipboard`.

Hosts press keys through the machine (`type`, `press`, `paste`), which sees to it that nothing is lost while the
machine's signal queue is full.
"""

from __future__ import annotations

from axisos.machine import keys
from axisos.machine.component import Component

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axisos.machine.keys import Key

    Signal = tuple[object, ...]

CLIPBOARD_CHARACTERS = 1024  # in one signal


class Keyboard(Component):
    """One keyboard; turns keys into signals."""

    type = "keyboard"
    device_class = "input"
    device_description = "Keyboard"

    def strokes(self, key: Key, player: str) -> list[Signal]:
        """The signals of pressing and releasing a key with its modifiers around it."""
        held = [("key_down", self.address, 0, keys.MODIFIERS[name], player) for name in key.modifiers]
        released = [("key_up", *signal[1:]) for signal in reversed(held)]
        stroke = (self.address, key.char, key.code, player)
        return [*held, ("key_down", *stroke), ("key_up", *stroke), *released]

    def pasted(self, text: str, player: str) -> list[Signal]:
        """The signals of a paste: one a line, its end kept; a very long line comes in pieces."""
        return [
            ("clipboard", self.address, line[start : start + CLIPBOARD_CHARACTERS], player)
            for line in text.splitlines(keepends=True)
            for start in range(0, len(line), CLIPBOARD_CHARACTERS)
        ]
