"""The screen model: what a stream of bytes makes of a screen. Knows no hardware, no keys and no requests.

`feed` takes bytes as they come: UTF-8 characters and escape sequences may be split anywhere between two calls, and any
split of a stream gives the same screen. It never raises, whatever the bytes.

Owns        the cells (see grid), cursor, current colours, scrollback, the saved main screen while the alternate
            screen is up, and how far back the view is scrolled.
Always so   after `feed` the cursor lies inside the screen (wrapping is eager: a character in the last column moves it
            to the next row at once); `scrolled` counts the rows that ever left the top of the screen, so a row's
            `y + scrolled` names it for as long as it is shown.
"""

from __future__ import annotations

from unicodedata import normalize

from . import rendition
from .grid import (
    COLOUR_BITS,
    DEFAULT_ATTRIBUTE,
    DEFAULT_BACKGROUND,
    DEFAULT_FOREGROUND,
    WIDE_TAIL,
    Grid,
    attribute_at,
    char_width,
    fitted,
    is_control,
    pack,
    painted,
    unpack,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .grid import Row

SCROLLBACK_ROWS = 500
TAB_STOP = 8
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"  # what the fast path takes
_MAX_RENDITIONS = 256
_PIECE = 65_536  # bytes taken at a time: what bounds the memory that one huge write needs
_MAX_SEQUENCE = 64  # characters from ESC to the final one; longer: ESC alone is skipped (the original: 20)
_MAX_STRING = 1024  # the same for the strings that ESC ] and its like open
_STRING_OPENERS = "]PX^_"
_CHARSET_OPENERS = "()*+-./ #%"
_PRIVATE = "hl"  # finals that are obeyed with "?" before the numbers, all others without


class Terminal(Grid):
    """A screen of *width* x *height* cells that understands text and escape sequences."""

    __slots__ = (
        "_blank", "_held_bytes", "_held_text", "_main", "_renditions", "_saved", "_scroll_base", "_scroll_offset",
        "_sequences", "alt_depth", "attribute", "cleared", "cursor_visible", "scrollback", "scrolled", "x", "y",
    )

    def __init__(self, width: int = 80, height: int = 25) -> None:
        super().__init__(width, height)
        self.x = 0  # the cursor
        self.y = height - 1
        self.attribute = DEFAULT_ATTRIBUTE  # current colours, packed
        self.cursor_visible: bool | None = None  # None: nobody said; else the last ESC[?25h or l
        self.scrollback: list[Row] = []  # oldest first; stays empty while the alternate screen is shown
        self.scrolled = 0  # rows that ever left the top
        self.cleared = 0  # how often the screen was blanked: a painter takes nothing for granted after that
        self.alt_depth = 0  # how often the alternate screen was entered and not left
        self._blank: Row = (" " * width, DEFAULT_ATTRIBUTE)  # a new row in the current background
        self._held_bytes = b""  # an unfinished UTF-8 character
        self._held_text = ""  # an unfinished escape sequence, from its ESC
        self._saved = (0, 0, DEFAULT_ATTRIBUTE)  # ESC[s or ESC 7
        self._main: tuple[list[Row], int, int, int, list[Row], int] | None = None
        self._scroll_offset = 0  # rows the view is scrolled back, when `scrolled` was `_scroll_base`
        self._scroll_base = 0
        self._renditions: dict[tuple[str, int], int] = {}  # parameters of ESC[...m, colours -> colours then
        self._sequences: dict[str, Callable[[list[int]], None]] = {
            "m": self._select_colours, "H": self._position, "f": self._position, "J": self._erase_screen,
            "K": self._erase_line, "A": self._up, "B": self._down, "C": self._right, "D": self._left,
            "E": self._next_line, "F": self._previous_line, "G": self._column, "`": self._column, "d": self._row,
            "s": self._save, "u": self._restore, "S": self._scroll_up_by, "T": self._scroll_down_by,
            "L": self._insert_lines, "M": self._delete_lines, "P": self._delete_chars, "@": self._insert_chars,
            "X": self._erase_chars, "h": self._set_option, "l": self._reset_option,
        }

    # Bytes in

    def feed(self, data: bytes) -> None:
        """Show *data*: UTF-8 text with control characters and escape sequences, from wherever the last call ended."""
        if len(data) > _PIECE:
            for start in range(0, len(data), _PIECE):
                self.feed(data[start:start + _PIECE])
            return
        if not self._held_text and not self._held_bytes and not data.translate(None, _PLAIN):
            self._lines(data.decode("ascii").split("\n"), True)
            return
        text = self._held_text + self._decoded(data)
        self._held_text = ""
        at = 0
        while True:
            escape = text.find("\x1b", at)
            if escape < 0:
                if at < len(text):
                    self._lines(text[at:].split("\n"), False)
                return
            if escape > at:
                self._lines(text[at:escape].split("\n"), False)
            at = self._sequence(text, escape)
            if at < 0:
                self._held_text = text[escape:]
                return

    def _decoded(self, data: bytes) -> str:
        """*data* as text; an unfinished character at its end is held back, a wrong byte becomes U+FFFD."""
        if self._held_bytes:
            data = self._held_bytes + data
            self._held_bytes = b""
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
        for count in range(1, min(3, len(data)) + 1):
            if data[-count] & 0xC0 == 0x80:
                continue  # the middle of a character: look further left for its beginning
            try:
                data[-count:].decode()
            except UnicodeDecodeError as error:
                if error.start == 0 and error.reason == "unexpected end of data":
                    self._held_bytes = data[-count:]
                    data = data[:-count]
            break
        return data.decode("utf-8", "replace")

    # Text

    def _lines(self, parts: list[str], plain: bool) -> None:
        """Show lines with a line feed between two of them. *plain*: all is printable ASCII."""
        rows = self.rows
        width = self.width
        bottom = self.height - 1
        attribute = self.attribute
        x, y = self.x, self.y
        feeds = len(parts) - 1
        for part in parts:
            if part:
                if not plain and not (part.isascii() and part.isprintable()):
                    self.x, self.y = x, y
                    self._mixed(part)
                    x, y, attribute = self.x, self.y, self.attribute
                else:
                    start = 0
                    count = len(part)
                    while x + count - start >= width:  # it reaches the last column
                        stop = start + width - x
                        self.put_cells(x, y, part[start:stop], attribute)
                        start = stop
                        x = 0
                        if y < bottom:
                            y += 1
                        else:
                            self.scroll()
                    if start < count:
                        if start:
                            part = part[start:]
                            count -= start
                        text, attributes = rows[y]
                        if WIDE_TAIL in text:
                            self.put_cells(x, y, part, attribute)
                        else:
                            if attributes != attribute:
                                attributes = painted(attributes, x, count, attribute, width)
                            rows[y] = (text[:x] + part + text[x + count:], attributes)
                        x += count
            if feeds:
                feeds -= 1
                x = 0
                if y < bottom:
                    y += 1
                else:
                    self.scrolled += 1
                    self.scrollback.append(rows.pop(0))
                    rows.append(self._blank)
        self.x, self.y = x, y
        if len(self.scrollback) > SCROLLBACK_ROWS or self._main is not None:
            self._trim()

    def _mixed(self, text: str) -> None:
        """Show text without line feeds that holds control, wide or zero-width characters."""
        if text.isprintable() and max(text) < "\u0300":
            self._narrow(text)
            return
        start = 0
        for at, char in enumerate(text):
            if not is_control(char) and char_width(char) == 1:
                continue
            if at > start:
                self._narrow(text[start:at])
            start = at + 1
            if is_control(char):
                self._control(char)
            elif char_width(char) == 2:
                self._wide(char)
            else:
                self._combine(char)
        if start < len(text):
            self._narrow(text[start:])

    def _narrow(self, text: str) -> None:
        """Show characters of one cell each."""
        while text:
            room = self.width - self.x
            piece = text[:room]
            self.put_cells(self.x, self.y, piece, self.attribute)
            self.x += len(piece)
            text = text[room:]
            if self.x >= self.width:
                self._line_feed()

    def _wide(self, char: str) -> None:
        """Show a character of two cells; in the last column it goes to the next row."""
        if self.width < 2:
            return
        if self.x == self.width - 1:
            self._line_feed()
        self.put_cells(self.x, self.y, char + WIDE_TAIL, self.attribute)
        self.x += 2
        if self.x >= self.width:
            self._line_feed()

    def _combine(self, mark: str) -> None:
        """Join a zero-width mark to the character left of the cursor, if the two have a common character."""
        if not self.x:
            return
        row = self.rows[self.y]
        char = row[0][self.x - 1]
        joined = normalize("NFC", char + mark)
        if len(joined) == 1 and char != WIDE_TAIL:
            self.put_cells(self.x - 1, self.y, joined, attribute_at(row, self.x - 1))

    def _control(self, char: str) -> None:
        if char == "\r":
            self.x = 0
        elif char == "\t":
            self.x = min((self.x // TAB_STOP + 1) * TAB_STOP, self.width - 1)
        elif char == "\b":
            if self.x:
                self.x -= 1
                if self.rows[self.y][0][self.x] == WIDE_TAIL:
                    self.x -= 1
                self.put_cells(self.x, self.y, " ", self.attribute)
        elif char == "\f":
            self._set_attribute(DEFAULT_ATTRIBUTE)
            self.clear()
            self.scroll_end()

    # Lines

    def _line_feed(self) -> None:
        """To column 1 of the next row; at the bottom the screen moves up."""
        self.x = 0
        if self.y < self.height - 1:
            self.y += 1
        else:
            self.scroll()

    def scroll(self, count: int = 1) -> None:
        """Move the whole screen up: rows that leave go to the scrollback."""
        rows = self.rows
        self.scrolled += count
        count = min(count, self.height)
        self.scrollback += rows[:count]
        rows[:] = rows[count:] + [self._blank] * count
        self._trim()

    def _trim(self) -> None:
        """Drop the oldest rows of a scrollback that has grown too long; the alternate screen has none."""
        del self.scrollback[:-SCROLLBACK_ROWS if self._main is None else None]

    def lift(self, y: int) -> None:
        """Make row *y* the first one, with what follows it; the cursor stays on its text."""
        if y > 0:
            self.scroll(y)
            self.y = max(0, self.y - y)

    def clear(self) -> None:
        """Blank the screen in the current background, cursor to the top left."""
        self.rows[:] = [self._blank] * self.height
        self.x = self.y = 0
        self.cleared += 1

    # Colours

    def _set_attribute(self, attribute: int) -> None:
        if (attribute ^ self._blank[1]) & 0xFFFFFF:  # type: ignore[operator]  # a blank row has one colour pair
            self._blank = (" " * self.width, DEFAULT_FOREGROUND << COLOUR_BITS | attribute & 0xFFFFFF)
        self.attribute = attribute

    def _remember_rendition(self, parameters: str, numbers: list[int]) -> None:
        """Programs use the same few renditions again and again: parse each only once."""
        if len(self._renditions) >= _MAX_RENDITIONS:
            self._renditions.clear()
        colours = rendition.apply(numbers, *unpack(self.attribute))
        self._renditions[parameters, self.attribute] = pack(*colours)

    def _select_colours(self, numbers: list[int]) -> None:
        self._set_attribute(pack(*rendition.apply(numbers, *unpack(self.attribute))))

    # Escape sequences

    def _sequence(self, text: str, at: int) -> int:
        """Obey the sequence whose ESC stands at *at*: the index after it, or -1 if its end has not come yet."""
        if at + 1 >= len(text):
            return -1
        kind = text[at + 1]
        if kind == "[":
            return self._control_sequence(text, at)
        if kind in _STRING_OPENERS:
            return self._control_string(text, at)
        if kind in _CHARSET_OPENERS:
            if at + 2 >= len(text):
                return -1
            return at + 1 if is_control(text[at + 2]) else at + 3
        if not "0" <= kind <= "~":
            return at + 1
        if kind == "7":
            self._save([])
        elif kind == "8":
            self._restore([])
        elif kind == "c":
            self._start_over()
        elif kind == "M":
            if self.y:
                self.y -= 1
            else:
                self._shift_rows(0, -1)
        elif kind == "E" or kind == "D":
            self._line_feed()
        return at + 2

    def _control_sequence(self, text: str, at: int) -> int:
        """ESC [ parameters final."""
        end = text.find("m", at + 2, at + _MAX_SEQUENCE)
        if end > 0:
            attribute = self._renditions.get((text[at + 2:end], self.attribute))
            if attribute is not None:
                self._set_attribute(attribute)
                return end + 1
        end = at + 2
        limit = min(len(text), at + _MAX_SEQUENCE)
        while end < limit and " " <= text[end] <= "?":
            end += 1
        if end == limit:
            return -1 if limit < at + _MAX_SEQUENCE else at + 1
        final = text[end]
        if not "@" <= final <= "~":
            return at + 1
        obey = self._sequences.get(final)
        if obey is not None:
            parameters = text[at + 2:end]
            private = parameters[:1] == "?"
            parts = (parameters[1:] if private else parameters).replace(":", ";").split(";")
            if private is not (final in _PRIVATE) or not all(not part or part.isdigit() for part in parts):
                return end + 1  # consumed: it means nothing to us
            numbers = [int(part) if part else 0 for part in parts]
            if final == "m":
                self._remember_rendition(parameters, numbers)
            obey(numbers)
        return end + 1

    def _control_string(self, text: str, at: int) -> int:
        """ESC ] and the like: text for others (titles, ...) up to BEL or ESC \\, consumed without effect."""
        end = at + 2
        limit = min(len(text), at + _MAX_STRING)
        while end < limit:
            char = text[end]
            end += 1
            if char == "\x07" or char == "\x9c":
                return end
            if char == "\x1b":
                if end == limit:
                    break
                return end + 1 if text[end] == "\\" else at + 1
            if is_control(char):
                return at + 1  # a line feed in a title: it was not meant as one
        return -1 if limit < at + _MAX_STRING else at + 1

    def _position(self, numbers: list[int]) -> None:
        self.y = min(max(numbers[0], 1), self.height) - 1
        self.x = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.width) - 1

    def _up(self, numbers: list[int]) -> None:
        self.y = max(0, self.y - (numbers[0] or 1))

    def _down(self, numbers: list[int]) -> None:
        self.y = min(self.height - 1, self.y + (numbers[0] or 1))

    def _right(self, numbers: list[int]) -> None:
        self.x = min(self.width - 1, self.x + (numbers[0] or 1))

    def _left(self, numbers: list[int]) -> None:
        self.x = max(0, self.x - (numbers[0] or 1))

    def _next_line(self, numbers: list[int]) -> None:
        self.x = 0
        self._down(numbers)

    def _previous_line(self, numbers: list[int]) -> None:
        self.x = 0
        self._up(numbers)

    def _column(self, numbers: list[int]) -> None:
        self.x = min(max(numbers[0], 1), self.width) - 1

    def _row(self, numbers: list[int]) -> None:
        self.y = min(max(numbers[0], 1), self.height) - 1

    def _save(self, numbers: list[int]) -> None:
        self._saved = (self.x, self.y, self.attribute)

    def _restore(self, numbers: list[int]) -> None:
        x, y, attribute = self._saved
        self.x, self.y = min(x, self.width - 1), min(y, self.height - 1)
        self._set_attribute(attribute)

    def _erase(self, x: int, y: int, count: int) -> None:
        if count > 0:
            self.put_cells(x, y, " " * count, self._blank[1])  # type: ignore[arg-type]  # a blank row has one colour pair

    def _erase_line(self, numbers: list[int]) -> None:
        if numbers[0] == 0:
            self._erase(self.x, self.y, self.width - self.x)
        elif numbers[0] == 1:
            self._erase(0, self.y, self.x + 1)
        elif numbers[0] == 2:
            self.rows[self.y] = self._blank

    def _erase_screen(self, numbers: list[int]) -> None:
        if numbers[0] == 0:
            self._erase(self.x, self.y, self.width - self.x)
            self.rows[self.y + 1:] = [self._blank] * (self.height - self.y - 1)
        elif numbers[0] == 1:
            self._erase(0, self.y, self.x + 1)
            self.rows[:self.y] = [self._blank] * self.y
        elif numbers[0] == 2:
            self.clear()
        elif numbers[0] == 3:
            self.scrollback.clear()
            self.scroll_end()

    def _scroll_up_by(self, numbers: list[int]) -> None:
        self.scroll(min(numbers[0] or 1, self.height))

    def _scroll_down_by(self, numbers: list[int]) -> None:
        self._shift_rows(0, -(numbers[0] or 1))

    def _shift_rows(self, top: int, count: int) -> None:
        """Move the rows from *top* to the bottom up by *count* (down if negative); blank rows come in."""
        block = self.rows[top:]
        count = max(-len(block), min(count, len(block)))
        blanks = [self._blank] * abs(count)
        self.rows[top:] = block[count:] + blanks if count > 0 else blanks + block[:len(block) + count]

    def _insert_lines(self, numbers: list[int]) -> None:
        self._shift_rows(self.y, -(numbers[0] or 1))

    def _delete_lines(self, numbers: list[int]) -> None:
        self._shift_rows(self.y, numbers[0] or 1)

    def _erase_chars(self, numbers: list[int]) -> None:
        self._erase(self.x, self.y, min(numbers[0] or 1, self.width - self.x))

    def _delete_chars(self, numbers: list[int]) -> None:
        count = min(numbers[0] or 1, self.width - self.x)
        self.blit(self, self.x, self.y, self.width, 1, self.x + count, self.y)
        self._erase(self.width - count, self.y, count)

    def _insert_chars(self, numbers: list[int]) -> None:
        count = min(numbers[0] or 1, self.width - self.x)
        self.blit(self, self.x + count, self.y, self.width, 1, self.x, self.y)
        self._erase(self.x, self.y, count)

    def _set_option(self, numbers: list[int]) -> None:
        if 25 in numbers:
            self.cursor_visible = True
        if 1049 in numbers:
            self.enter_alt()

    def _reset_option(self, numbers: list[int]) -> None:
        if 25 in numbers:
            self.cursor_visible = False
        if 1049 in numbers:
            self.leave_alt()

    # The alternate screen

    def enter_alt(self) -> None:
        """Put the main screen aside and show a blank one; calls nest."""
        self.alt_depth += 1
        if self._main is None:
            self._main = (list(self.rows), self.x, self.y, self.attribute, self.scrollback, self.view_offset())
            self.scrollback = []
            self.scroll_end()
            self._set_attribute(DEFAULT_ATTRIBUTE)
            self.clear()

    def leave_alt(self) -> None:
        """Undo one `enter_alt`; the last one brings the main screen back as it was."""
        if self._main is None:
            return
        self.alt_depth -= 1
        if self.alt_depth:
            return
        rows, self.x, self.y, attribute, self.scrollback, offset = self._main
        self._main = None
        width, height = self.width, self.height
        self.cursor_visible = None
        self._set_attribute(attribute)
        self.rows[:] = [fitted(row, width) for row in rows]
        self.height = len(rows)
        self._set_height(height)  # it may have changed in the meantime
        self.x, self.y = min(self.x, width - 1), min(self.y, height - 1)
        self.scroll_up(offset)

    # The view

    def view_offset(self) -> int:
        """How many rows the view is scrolled back; output that comes meanwhile does not move what is looked at."""
        if not self._scroll_offset:
            return 0
        return min(self._scroll_offset + self.scrolled - self._scroll_base, len(self.scrollback))

    def scroll_up(self, count: int) -> None:
        """Scroll the view back by *count* rows (towards older ones), as far as there are any."""
        self._scroll_offset = max(0, min(self.view_offset() + count, len(self.scrollback)))
        self._scroll_base = self.scrolled

    def scroll_down(self, count: int) -> None:
        """Scroll the view towards the live screen."""
        self.scroll_up(-count)

    def scroll_end(self) -> None:
        """Show the live screen."""
        self._scroll_offset = 0

    def view(self) -> list[Row]:
        """The rows to show: the live screen, or a window into scrollback and screen."""
        offset = self.view_offset()
        if not offset:
            return list(self.rows)
        width = self.width
        start = len(self.scrollback) - offset
        stop = min(start + self.height, len(self.scrollback))
        older = [fitted(self.scrollback[at], width) for at in range(start, stop)]
        return older + self.rows[:self.height - len(older)]

    # Size and state

    def resize(self, width: int, height: int) -> None:
        """Take a new size. Content keeps its place at the bottom (at the top, if the screen has not filled yet)."""
        if (width, height) == (self.width, self.height) or width < 1 or height < 1:
            return
        if width != self.width:
            self.rows[:] = [fitted(row, width) for row in self.rows]
            self.width = width
            self._blank = (" " * width, self._blank[1])
        self._set_height(height)
        self.x = min(self.x, width - 1)
        self.scroll_end()

    def _set_height(self, height: int) -> None:
        missing = height - self.height
        self.height = height
        if missing < 0:
            below = min(-missing, len(self.rows) - 1 - self.y)  # blank rows under the cursor go first
            while below and not self.rows[-1][0].strip():
                self.rows.pop()
                below -= 1
            extra = len(self.rows) - height
            if extra > 0:
                self.scrollback += self.rows[:extra]
                self._trim()
                del self.rows[:extra]
                self.scrolled += extra
                self.y = max(0, self.y - extra)
        elif missing > 0 and self.y < len(self.rows) - 1:
            self.rows.extend([self._blank] * missing)
        elif missing > 0:
            back = min(missing, len(self.scrollback))
            older = [fitted(self.scrollback.pop(), self.width) for _ in range(back)]
            self.rows[:0] = [self._blank] * (missing - back) + older[::-1]
            self.scrolled -= missing
            self.y += missing

    def reset(self) -> None:
        """As after power-on, but for size and scrollback: main screen, blank, default colours, cursor top left."""
        self._held_bytes, self._held_text = b"", ""
        self._start_over()

    def _start_over(self) -> None:
        """`reset` as a program's own escape asks for it: in the middle of a stream, of which nothing may be lost."""
        self.alt_depth = min(self.alt_depth, 1)
        self.leave_alt()
        self._saved = (0, 0, DEFAULT_ATTRIBUTE)
        self.cursor_visible = None
        self._set_attribute(pack(DEFAULT_FOREGROUND, DEFAULT_BACKGROUND))
        self.clear()
        self.scroll_end()
