"""The terminal as its users know it: who reads, what the keys mean to them, when the screen is painted.

    key, paste, mouse --> queue --> line discipline or raw sequence --> the reader's request
    write             --> screen model ------------------------------> painter, at most once per FRAME_S

Called by   the driver file, one method for each kind of request and interrupt; `controls` for control methods.
Owns        the input queue, the pending reads, the line being edited.
Always so   at most one read is served at a time. A second one of the same group is refused (604); a read from outside
            the foreground group waits aside ("parked") for as long as the foreground group's leader lives, so that a
            stopped or background program neither blocks the shell nor steals its keys.
            Keys that come while nobody reads are kept (the last MAX_QUEUE of them) and are echoed when they are read.
            A write has been taken into the model when it is completed; painting comes later and is never waited for.
"""

from __future__ import annotations

from abi.status import Status, StatusError

from . import keys
from .echo import Echo
from .keys import Key, Modifiers, Mouse, Paste, Resized, raw_sequence
from .line import (
    CLEAR,
    COOKED,
    EDIT,
    END,
    HAND_OVER,
    INTERRUPT,
    LINE,
    RAW,
    SCROLL,
    SIGNAL,
    SIGNAL_LETTERS,
    LineEditor,
    signal_of,
)
from .openers import Openers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol

    from abi.irp import Irp

    from .openers import Opener
    from .painter import Painter
    from .terminal import Terminal

    class Port(Protocol):
        """What the console needs of the system below it."""

        @property
        def pending(self) -> object:
            """What a handler returns whose request is answered later."""

        def complete(self, irp: Irp, status: int, information: object) -> None: ...
        def signal_group(self, group: int, number: int) -> None: ...
        def process_info(self, pid: int) -> dict[str, object]: ...
        def now(self) -> float: ...
        def log(self, text: str) -> None: ...


MAX_QUEUE = 1024  # keys, pastes and mouse events that wait for a reader
MAX_PASTE = 262_144  # characters of one paste
MAX_PARKED = 64
FRAME_S = 0.016  # between two paints
WRITES_PER_CLOCK = 64  # how often a flood of writes looks at the clock
WHEEL_ROWS = 3


class Console:
    """One terminal: a screen model, a painter, and those who read and write."""

    def __init__(self, terminal: Terminal, painter: Painter, port: Port) -> None:
        self.terminal = terminal
        self.painter = painter
        self.openers = Openers(port.process_info)
        self.line = LineEditor()
        self.echo = Echo(terminal)
        self.dropped = 0  # input events that were lost because nobody read them
        self._port = port
        self._modifiers = Modifiers()
        self._queue: list[Key | Paste | Mouse | Resized] = []  # short, as a rule
        self._reader: Irp | None = None
        self._settings: Opener = self.openers.default  # the reader's
        self._parked: list[Irp] = []
        self._leftover = b""  # what did not fit into the last read ...
        self._leftover_mode = ""  # ... and the mode that it was read in
        self._alternate_pid = 0  # who last wrote to the alternate screen
        self._changed = False  # since the last paint
        self._painted_at = -FRAME_S
        self._writes = 0
        self._outcomes: dict[str, Callable[[Any], None]] = {
            LINE: self._on_line, HAND_OVER: self._on_hand_over, END: self._on_end, INTERRUPT: self._on_interrupt,
            SIGNAL: self._on_signal, CLEAR: self._on_clear, SCROLL: self._on_scroll,
        }

    # Requests

    def create(self, device: object, irp: Irp) -> None:
        """Anybody whom the VFS lets through may open the terminal."""

    def close(self, device: object, irp: Irp) -> None:
        """The last handle of an open is gone: its reads and its settings end."""
        if not irp.file_id:
            return
        for read in self._reads():
            if read.file_id == irp.file_id:
                self._drop_read(read)
                self._port.complete(read, Status.CANCELLED, "the terminal was closed")
        self._settle(self.openers.close(irp.file_id))
        self._elect()

    def write(self, device: object, irp: Irp) -> int:
        """Show bytes. Completed once the model has them, so a writer is never faster than the terminal."""
        data = irp.parameters.data
        terminal = self.terminal
        if self.echo.shown or terminal.alt_depth:
            self._write_around(irp)
        else:
            terminal.feed(data)
            if terminal.alt_depth:
                self._note_alternate(irp.sender_pid, irp.file_id, terminal.alt_depth)
        self._changed = True
        self._writes += 1
        if not self._writes % WRITES_PER_CLOCK:
            self.idle()
        return len(data)

    def _write_around(self, irp: Irp) -> None:
        """Show bytes while a line is being edited (it moves behind them) or the alternate screen is up."""
        terminal = self.terminal
        if terminal.alt_depth and irp.sender_pid != self._alternate_pid:
            self._bury()
        redraw = self.echo.shown and self._reader is not None
        self.echo.leave()
        before = terminal.alt_depth
        terminal.feed(irp.parameters.data)
        if terminal.alt_depth:
            self._alternate_pid = irp.sender_pid
        if terminal.alt_depth != before:
            self._note_alternate(irp.sender_pid, irp.file_id, terminal.alt_depth - before)
        if redraw:
            self.echo.show(self.line)

    def read(self, device: object, irp: Irp) -> object:
        """Wait for a line, or for a key in raw mode. Answered later, at once if enough was typed already.

        Raises: DEVICE_BUSY when another process of the same group reads.
        """
        length = irp.parameters.length
        if length is not None and length <= 0:
            return b""
        self._bury()
        aside = self._is_background(irp.sender_pid)
        if self._reader is not None:
            if aside is self._is_background(self._reader.sender_pid):
                raise StatusError(Status.DEVICE_BUSY, f"process {self._reader.sender_pid} reads from the terminal")
            if not aside:
                self._park_reader()
        if not aside:
            self._start(irp)
        elif len(self._parked) < MAX_PARKED:
            self._parked.append(irp)
        else:
            raise StatusError(Status.DEVICE_BUSY, "too many background processes wait for the terminal")
        return self._port.pending

    def cancel(self, irp: Irp) -> None:
        """Nobody waits for this read any more; the driver kit completes it."""
        self._drop_read(irp)
        self._elect()

    # Who reads

    def _reads(self) -> list[Irp]:
        return [self._reader, *self._parked] if self._reader is not None else list(self._parked)

    def _drop_read(self, irp: Irp) -> None:
        if irp is self._reader:
            self._reader = None
            self.line.take()
            self.echo.leave()
            self._changed = True
        else:
            self._parked = [each for each in self._parked if each is not irp]

    def _park_reader(self) -> None:
        reader = self._reader
        assert reader is not None, "nobody reads"
        self._drop_read(reader)
        self._parked.append(reader)

    def _is_background(self, pid: int) -> bool:
        """Is *pid* kept waiting by a living foreground group that it is no part of?"""
        foreground = self.openers.foreground
        if not foreground or self.openers.group(pid) in (foreground, None):
            return False
        return self.openers.info(foreground) is not None

    def _elect(self) -> None:
        """The foreground group or its life has changed: who of those that wait is to be served?"""
        if self._reader is not None and self._is_background(self._reader.sender_pid):
            self._park_reader()
        if self._reader is None:
            for irp in reversed(self._parked):
                if not self._is_background(irp.sender_pid):
                    self._drop_read(irp)
                    self._start(irp)
                    return

    def set_foreground(self, group: int) -> None:
        """Ctrl+C and its like go to process group *group* from now on, and its members may read; 0 = nobody's."""
        self.openers.foreground = group
        self._elect()

    def _start(self, irp: Irp) -> None:
        """Serve this read: from what did not fit last time, from the queue, then from keys to come."""
        self._reader = irp
        self._settings = settings = self.openers.find(irp.sender_pid)
        self._changed = True
        if self._leftover:
            data, self._leftover = self._leftover, b""
            if self._leftover_mode == settings.mode:
                self._finish(data)
                return
        self._show_line()
        self._drain()
        if self._reader is irp and settings.nonblocking:
            self._finish(None)

    def _finish(self, information: bytes | None) -> None:
        """Answer the reader."""
        irp = self._reader
        assert irp is not None, "nobody reads"
        self._reader = None
        self._changed = True
        length = irp.parameters.length
        if information is not None and length is not None and len(information) > length:
            self._leftover, self._leftover_mode = information[length:], self._settings.mode
            information = information[:length]
        self._port.complete(irp, Status.SUCCESS, information)

    # Settings

    def configured(self, opener: Opener) -> None:
        """*opener* changed its mode or echo: what was typed so far is dropped, a read of its own goes on that way."""
        self.line.take()
        self.echo.leave()
        self._leftover = b""
        if self._reader is not None and self.openers.find(self._reader.sender_pid) is opener:
            self._settings = opener
            self._drain()

    def _bury(self) -> None:
        """Settings of processes that have ended hold no longer."""
        self._settle(self.openers.bury())

    def _settle(self, ended: Iterable[Opener]) -> None:
        for opener in ended:
            for _ in range(opener.alternate):
                self.echo.leave()
                self.terminal.leave_alt()
                self._changed = True

    def _note_alternate(self, pid: int, file_id: int, change: int) -> None:
        """The process entered (1 and more) or left (-1 and less) the alternate screen."""
        self._alternate_pid = pid
        if change > 0:
            self.openers.claim(pid, file_id).alternate += change
            return
        for opener in [self.openers.find(pid), *reversed(list(self.openers))]:
            undone = min(opener.alternate, -change)
            opener.alternate -= undone
            change += undone

    def alternate(self, pid: int, file_id: int, *, enter: bool) -> None:
        """Enter or leave the alternate screen for a process."""
        before = self.terminal.alt_depth
        self.echo.leave()
        if enter:
            self.terminal.enter_alt()
        else:
            self.terminal.leave_alt()
        if self.terminal.alt_depth != before:
            self._note_alternate(pid, file_id, self.terminal.alt_depth - before)
        self.touch()

    def reset(self) -> None:
        """The terminal as after power-on: everybody's settings, the screen, the line and what was typed ahead."""
        self.openers.clear()
        self._settings = self.openers.default
        self.line.take()
        self.echo.leave()
        self.terminal.reset()
        self._queue.clear()
        self._leftover = b""
        self.painter.forget()
        self.touch()

    # Interrupts

    def key_down(self, keyboard: str, char: float, code: float, *_: object) -> None:
        """A key went down."""
        code = int(code)
        if self._modifiers.note(code, True):
            return
        key = self._modifiers.key(int(char), code)
        if key is None or (not key.char and not raw_sequence(key)):
            return
        self._changed = True
        if self._reader is None and self._parked:
            self._elect()
        scrolls = code in (keys.PAGE_UP, keys.PAGE_DOWN)
        if self._reader is None and self._acted_unread(key):
            return
        if not scrolls or self._settings.mode == RAW:
            self.terminal.scroll_end()
        self._arrive(key)

    def key_up(self, keyboard: str, char: float, code: float, *_: object) -> None:
        """A key was released; only modifiers matter."""
        self._modifiers.note(int(code), False)

    def paste(self, text: str, *_: object) -> None:
        """Text from the host's clipboard; a reader gets it as if it had been typed."""
        if len(text) > MAX_PASTE:
            self.dropped += 1
            text = text[:MAX_PASTE]
        if text:
            self._changed = True
            self.terminal.scroll_end()
            self._arrive(Paste(text))

    def wheel(self, direction: float, x: float, y: float, *_: object) -> None:
        """The wheel: a raw reader gets it, otherwise it scrolls the view."""
        if self._mode() == RAW:
            self._arrive(Mouse(keys.WHEEL_UP if direction > 0 else keys.WHEEL_DOWN, int(x), int(y)))
        elif direction > 0:
            self.terminal.scroll_up(WHEEL_ROWS)
        else:
            self.terminal.scroll_down(WHEEL_ROWS)
        self._changed = True

    def click(self, x: float, y: float, button: float, *_: object) -> None:
        """A button went down: for raw readers."""
        if self._mode() == RAW:
            self._arrive(Mouse(int(button), int(x), int(y)))

    def drag(self, x: float, y: float, button: float, *_: object) -> None:
        """The mouse moved with a button down: for raw readers."""
        if self._mode() == RAW:
            self._arrive(Mouse(keys.DRAGGED + int(button), int(x), int(y)))

    def resized(self, width: int, height: int) -> None:
        """The screen has another size."""
        self.terminal.resize(width, height)
        self.painter.forget()
        if self.echo.shown:
            self.echo.resized()
            if self._reader is not None:
                self.echo.show(self.line)
        self._changed = True
        if self._mode() == RAW:
            self._arrive(Resized(width, height))

    # Input

    def _mode(self) -> str:
        """The mode in which input that arrives now will be read, as far as that can be known."""
        return (self._settings if self._reader is not None else self.openers.in_force()).mode

    def _arrive(self, event: Key | Paste | Mouse | Resized) -> None:
        queue = self._queue
        if len(queue) >= MAX_QUEUE:
            queue.pop(0)
            self.dropped += 1
        queue.append(event)
        self._drain()

    def _acted_unread(self, key: Key) -> bool:
        """Keys that act at once although nobody reads: those that scroll, and those that send signals."""
        opener = self.openers.in_force()
        if opener.mode == RAW:
            return False
        if key.code in (keys.PAGE_UP, keys.PAGE_DOWN):
            self._on_scroll(1 if key.code == keys.PAGE_UP else -1)
            return True
        if key.code == keys.HOME and not key.char:
            self.terminal.scroll_up(len(self.terminal.scrollback))
            return True
        if key.code == keys.END and not key.char:
            self.terminal.scroll_end()
            return True
        number = signal_of(key)
        if number and opener.mode == COOKED:
            self.terminal.scroll_end()
            self._signal(number, opener.echo)
            return True
        return False

    def _drain(self) -> None:
        """Give the reader what waits, until it has enough."""
        while self._queue and self._reader is not None:
            event = self._queue.pop(0)
            if self._settings.mode == RAW:
                self._deliver_raw(event)
            elif isinstance(event, Key):
                self._press(event)
            elif isinstance(event, Paste):
                self._insert(event)

    def _deliver_raw(self, event: Key | Paste | Mouse | Resized) -> None:
        if isinstance(event, Mouse | Resized):
            text = event.sequence
        elif isinstance(event, Key):
            text = raw_sequence(event)
        else:
            text = event.text[0]  # one key a read, as if it had been typed
            event.text = event.text[1:]
            if event.text:
                self._queue.insert(0, event)
        if text:
            self._finish(text.encode("utf-8", "replace"))

    def _insert(self, paste: Paste) -> None:
        """Paste into the line: in cooked mode each line feed ends a line; in edit mode the text stays one line."""
        text = paste.text
        if self._settings.mode == EDIT:
            self.line.insert(text.replace("\n", " "))  # each line comes by itself: they must not stick together
            self._show_line()
            return
        segment, feed, rest = text.partition("\n")
        if rest:
            self._queue.insert(0, Paste(rest))
        self.line.insert(segment)
        self._show_line()
        if feed:
            self._press(Key("\r", keys.ENTER))

    def _press(self, key: Key) -> None:
        """One key for the line discipline."""
        line = self.line
        text, selected = line.text, line.anchor is not None
        outcome = line.press(key, self._settings.mode)
        if outcome is None:
            self._show_line()
            return
        if selected and not line.text:  # the line is over: it stays on the screen without its highlight
            line.set(text)
            self._show_line()
            line.take()
        kind, value = outcome
        self._outcomes[kind](value)

    def _show_line(self) -> None:
        if self._settings.echo and self._settings.mode != RAW:
            self.echo.show(self.line)
        else:
            self.echo.leave()
        self._changed = True

    # What a key came to

    def _on_line(self, text: str) -> None:
        self.echo.leave()
        if self._settings.echo:
            self.terminal.feed(b"\n")
        self._finish(text.encode())

    def _on_hand_over(self, text: str) -> None:
        self.echo.to_end()
        self._finish(text.encode())

    def _on_end(self, text: str) -> None:
        self.echo.leave()
        self._finish(text.encode())

    def _on_interrupt(self, text: str) -> None:
        self.echo.leave()
        if self._settings.echo:
            self.terminal.feed(b"^C\n")
        self._finish(text.encode())

    def _on_signal(self, number: int) -> None:
        self._signal(number, self._settings.echo)

    def _on_clear(self, _: str) -> None:
        self.terminal.lift(self.echo.top)
        self._show_line()

    def _on_scroll(self, direction: int) -> None:
        self.terminal.scroll_up(direction * (self.terminal.height // 2))
        self._changed = True

    def _signal(self, number: int, echo: bool) -> None:
        """Ctrl+C, Ctrl+Z or Ctrl+\\: what was typed is dropped, the foreground group gets its signal."""
        self.line.take()
        self.echo.leave()
        self._queue.clear()
        self._leftover = b""
        if echo:
            self.terminal.feed(b"^" + SIGNAL_LETTERS[number] + b"\n")
        self._changed = True
        if self.openers.foreground:
            self._port.signal_group(self.openers.foreground, number)

    # Painting

    def touch(self) -> None:
        """The model has changed."""
        self._changed = True

    def idle(self) -> float | None:
        """Paint if it is time. Returns the seconds until a paint is due, None if there is nothing to paint."""
        if not self._changed:
            return None
        now = self._port.now()
        due = self._painted_at + FRAME_S - now
        if due > 0:
            return due
        self._painted_at = now
        self._changed = False
        painter = self.painter
        painter.paint(self._cursor_shown())
        if painter.failure:
            self._port.log(f"the screen is gone: {painter.failure}")
            painter.failure = ""
        return None

    def _cursor_shown(self) -> bool:
        """The cursor is there while somebody reads; full-screen programs must ask for it."""
        if self._reader is None:
            return False
        wish = self.terminal.cursor_visible
        if self.terminal.alt_depth:
            return wish is True
        return wish is not False or self._settings.mode != RAW

    def statistics(self) -> dict[str, int]:
        """Figures for people: what waits, what was lost."""
        return {
            "dropped_events": self.dropped, "queued_events": len(self._queue), "parked_reads": len(self._parked),
            "scrollback_rows": len(self.terminal.scrollback), "writes": self._writes,
        }
