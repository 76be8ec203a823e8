"""The host's terminal: its modes while a machine is shown on it, its size, and output that never blocks.

    as it was --enter--> raw, another screen, mouse and paste reports --leave--> as it was

Raw means that every key reaches the machine: no Ctrl+C, Ctrl+Z, Ctrl+\\ or Ctrl+S of the host. Only sequences that
tmux, screen and the usual terminals know are sent; those that do not know one ignore it.

Always so: `leave` may be called at any time, any number of times, on a terminal that is gone or hangs, and takes no
longer than LEAVE_TIMEOUT_S.
"""

from __future__ import annotations

import os
import select
import termios
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

LEAVE_TIMEOUT_S = 0.5
LARGEST = (1000, 300)  # columns and rows that are used
FALLBACK_SIZE = (80, 25)  # of terminals that do not know theirs
_READ_BYTES = 65536

ENTER = (
    b"\x1b[?1049h"  # the other screen: what was there comes back when we leave
    b"\x1b[?25l"  # no cursor: machines draw their own
    b"\x1b[?7l"  # no wrapping at the right margin
    b"\x1b[?1l\x1b>"  # plain cursor keys and keypad
    b"\x1b[?1002h\x1b[?1006h"  # mouse buttons, wheel and drags, without limits of size
    b"\x1b[?2004h"  # pastes in brackets
    b"\x1b[0m\x1b[2J"
)
LEAVE = b"\x1b[?2004l\x1b[?1006l\x1b[?1002l\x1b[0m\x1b[?7h\x1b[2J\x1b[?25h\x1b[?1049l"


class HostTerminal:
    """The terminal that standard input and output are connected to. Raises OSError or termios.error if it is none."""

    def __init__(self, input_fd: int = 0, output_fd: int = 1) -> None:
        self._input = input_fd
        self._modes = termios.tcgetattr(input_fd)
        self._entered = False
        self.output_fd = _own_descriptor(output_fd)

    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            columns, rows = os.get_terminal_size(self.output_fd)
        except OSError:
            columns = rows = 0
        if not columns or not rows:
            return FALLBACK_SIZE
        return min(columns, LARGEST[0]), min(rows, LARGEST[1])

    def enter(self) -> None:
        """Take the terminal; also when something else has changed its modes meanwhile."""
        self._entered = True
        termios.tcsetattr(self._input, termios.TCSANOW, _raw(self._modes))
        send(self.output_fd, ENTER, LEAVE_TIMEOUT_S)

    def leave(self) -> None:
        """Give the terminal back as it was. What was typed and not read is dropped."""
        if not self._entered:
            return
        self._entered = False
        send(self.output_fd, LEAVE, LEAVE_TIMEOUT_S)
        try:
            termios.tcflush(self._input, termios.TCIFLUSH)  # mouse reports and such
            termios.tcsetattr(self._input, termios.TCSANOW, self._modes)
        except termios.error:
            pass  # it is gone

    def read(self) -> bytes:
        """What was typed; b"" = the terminal is gone. Only to be called when its input is readable."""
        try:
            return os.read(self._input, _READ_BYTES)
        except OSError:
            return b""


class Output:
    """Bytes on their way to a terminal that may be slow, or stopped."""

    __slots__ = ("_data", "_fd")

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._data = memoryview(b"")

    @property
    def pending(self) -> bool:
        """Whether something has not been sent yet."""
        return bool(self._data)

    def begin(self, data: bytes) -> None:
        """Send this, as much of it as goes at once; the one before must have been sent."""
        assert not self._data, "the frame before is still on its way"
        self._data = memoryview(data)
        self.push()

    def push(self) -> None:
        """Send what goes without waiting."""
        try:
            while self._data:
                self._data = self._data[os.write(self._fd, self._data) :]
        except BlockingIOError:
            pass  # full; the rest goes later
        except OSError:
            self._data = memoryview(b"")  # the terminal is gone; whoever reads from it will notice

    def drop(self) -> None:
        """Forget what has not been sent."""
        self._data = memoryview(b"")

    def wait(self, fds: Sequence[int], timeout_s: float | None) -> bool:
        """Wait until more can be sent, one of *fds* is readable or the time is over. False if the time was over."""
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        for fd in fds:
            poll.register(fd, select.POLLIN)
        events = poll.poll(None if timeout_s is None else max(0.0, min(timeout_s, 1e6)) * 1000)
        if any(fd == self._fd for fd, _ in events):
            self.push()
        return bool(events)


def send(fd: int, data: bytes, timeout_s: float) -> None:
    """Send all of this, or what the terminal takes in that time."""
    output = Output(fd)
    end = monotonic() + timeout_s
    output.begin(data)
    while output.pending and output.wait((), end - monotonic()):
        pass


def _own_descriptor(fd: int) -> int:
    """A descriptor of the same terminal that may be non-blocking without anybody else noticing."""
    try:
        return os.open(os.ttyname(fd), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return os.dup(fd)  # another user's terminal (su): it blocks while the terminal is stopped


def _raw(modes: list[Any]) -> list[Any]:
    """These modes, changed so that every byte comes and goes as it is, at once."""
    iflag, oflag, cflag, lflag, ispeed, ospeed, characters = modes
    iflag &= ~(
        termios.BRKINT | termios.PARMRK | termios.INPCK | termios.ISTRIP
        | termios.INLCR | termios.IGNCR | termios.ICRNL | termios.IXON
    )  # fmt: skip
    oflag &= ~termios.OPOST
    cflag = cflag & ~(termios.CSIZE | termios.PARENB) | termios.CS8
    lflag &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN)
    characters = list(characters)
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    return [iflag, oflag, cflag, lflag, ispeed, ospeed, characters]
