"""A terminal for tests: just what the consoles may rely on. Anything else that is sent to it is a failure."""

from __future__ import annotations

from axisos.machine import characters

BLANK = (" ", -1, -1)
PRIVATE_MODES = {"1", "7", "25", "1002", "1006", "1049", "2004"}
AT_REST = {"7": True, "25": True}  # modes of a terminal that nobody uses; all others are off

Cell = tuple[str, int | str, int | str]


class Terminal:
    """Cells of (character, foreground, background): 24-bit numbers, -1 = default, "n" = entry n of 256."""

    def __init__(self, width: int, height: int) -> None:
        self.modes: dict[str, bool] = dict(AT_REST)
        self.bells = 0
        self.bytes_fed = 0
        self._held = b""
        self.x = self.y = 0
        self.pen: tuple[int | str, int | str] = (-1, -1)
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """Another size; what it shows then is anybody's guess, until it is cleared."""
        self._guessing = True
        self.width, self.height = width, height
        self.rows: list[list[Cell]] = [[("?", 1, 2)] * width for _ in range(height)]

    def feed(self, data: bytes) -> None:
        """Show this; a sequence may be cut anywhere."""
        self.bytes_fed += len(data)
        data = self._held + data
        at = 0
        while at < len(data):
            used = self._take(data[at : at + 64])
            if not used:
                break
            at += used
        self._held = data[at:]

    def text(self) -> str:
        """What can be read, without trailing blanks."""
        return "\n".join("".join(cell[0] for cell in row).rstrip() for row in self.rows)

    def _take(self, data: bytes) -> int:
        byte = data[0]
        if byte == 0x1B:
            return self._take_escape(data)
        if byte == 10:
            self._line_feed()
        elif byte == 13:
            self.x = 0
        elif byte == 7:
            self.bells += 1
        elif byte < 32 or byte == 127:
            raise AssertionError(f"control character {byte}")
        else:
            length = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            if len(data) < length:
                return 0
            self._put(data[:length].decode())
            return length
        return 1

    def _take_escape(self, data: bytes) -> int:
        if data[1:2] in (b">", b"="):
            return 2
        for at, byte in enumerate(data[2:], 2):
            if 0x40 <= byte <= 0x7E:
                assert data[1:2] == b"[", data
                self._act(data[2:at].decode(), chr(byte))
                return at + 1
            if byte == 0x1B:
                return at  # broken off
        return 0

    def _act(self, parameters: str, letter: str) -> None:
        if letter in "hl":
            assert parameters.startswith("?") and parameters[1:] in PRIVATE_MODES, parameters
            self.modes[parameters[1:]] = letter == "h"
        elif letter == "H":
            y, _, x = parameters.partition(";")
            self.x, self.y = int(x or 1) - 1, int(y or 1) - 1
            if self._guessing:
                self.x, self.y = min(self.x, self.width - 1), min(self.y, self.height - 1)
        elif letter == "m":
            self._act_colours(parameters.split(";"))
        elif letter == "J" and parameters == "2":
            self._guessing = False
            self.rows = [[(" ", -1, self.pen[1])] * self.width for _ in range(self.height)]
        else:
            raise AssertionError(f"CSI {parameters} {letter}")

    def _act_colours(self, codes: list[str]) -> None:
        while codes:
            code = codes.pop(0)
            if code in ("0", ""):
                self.pen = (-1, -1)
                continue
            assert code in ("38", "48", "39", "49"), code
            value: int | str = -1
            if code in ("38", "48"):
                kind = codes.pop(0)
                if kind == "5":
                    value = codes.pop(0)
                else:
                    assert kind == "2"
                    red, green, blue = (int(codes.pop(0)) for _ in range(3))
                    value = red << 16 | green << 8 | blue
            self.pen = (value, self.pen[1]) if code[0] == "3" else (self.pen[0], value)

    def _line_feed(self) -> None:
        if self.y < self.height - 1:
            self.y += 1
        else:
            self.rows = [*self.rows[1:], [(" ", -1, self.pen[1])] * self.width]

    def _put(self, char: str) -> None:
        width = 2 if characters.is_wide(char) else 1
        if self._guessing and self.x + width > self.width:
            return
        assert 0 <= self.y < self.height and self.x >= 0, (self.x, self.y)
        if self.modes["7"] and self.x + width > self.width:
            self.x = 0
            self._line_feed()
        assert self.x + width <= self.width, f"{char!r} at column {self.x} of {self.width}"
        row = self.rows[self.y]
        end = self.x + width
        if row[self.x][0] == "":
            row[self.x - 1] = (" ", *row[self.x - 1][1:])
        if end < self.width and row[end][0] == "":
            row[end] = (" ", *row[end][1:])
        row[self.x : end] = [(char, *self.pen), ("", *self.pen)][:width]
        self.x = min(end, self.width - 1) if not self.modes["7"] else end
