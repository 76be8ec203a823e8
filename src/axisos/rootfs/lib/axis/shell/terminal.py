"""The terminal as a shell, a login prompt or `su` uses it: an open of its own, with a mode of its own.

Modes (see the TTY driver): "cooked" for questions and for programs, "edit" while the shell's prompt waits.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from axis.shell.system import decode, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.system import Handle, System

PATH = "/dev/tty"
STDIN = -10


def ask_password(system: System, question: str) -> str | None:
    """A password typed at the terminal, unseen; if standard input is none, its next line. None at the end. Blocks."""
    if system.is_terminal(STDIN):
        return Terminal(system).ask_secretly(question)
    line = b""
    while not line.endswith(b"\n"):
        byte = system.read(STDIN, 1)  # no more: the rest is for whoever reads after us
        if not byte:
            break
        line += byte
    return decode(line).rstrip("\n") if line else None


class Terminal:
    """One open of the terminal. It belongs to the process that made it; its settings end with it."""

    def __init__(self, system: System, handle: Handle | None = None) -> None:
        self._system = system
        self.handle = system.open(PATH, "rw") if handle is None else handle
        self._mode = "cooked"

    def write(self, text: str) -> None:
        """Show text."""
        self._system.write(self.handle, encode(text))

    def read(self) -> str:
        """What the mode in force gives: a line, a request of the line editor, a key. "" = end. Blocks."""
        return decode(self._system.read(self.handle))

    def set_mode(self, mode: str) -> None:
        """"cooked", "edit" or "raw", for this process."""
        if mode != self._mode:
            self._system.control(self.handle, "set_mode", mode)
            self._mode = mode

    def set_line(self, text: str) -> None:
        """Replace the line that is being edited."""
        self._system.control(self.handle, "set_buffer", text)

    def width(self) -> int:
        """Columns of the screen."""
        return int(self._system.control(self.handle, "get_size")["w"])

    def fresh_line(self) -> None:
        """Begin a new line, unless the cursor stands at the beginning of one."""
        if self._system.control(self.handle, "get_cursor")["x"] != 1:
            self.write("\n")

    def lend(self, group: int) -> None:
        """Let a process group be the one in front: it reads, and Ctrl+C goes to it."""
        try:
            self._system.control(self.handle, "set_foreground", group)
        except StatusError:
            pass  # it has ended already

    def take_back(self, group: int) -> None:
        """Be in front again."""
        self.lend(group)

    def ask(self, question: str) -> str | None:
        """The answer to a question, None at the end of input. Blocks."""
        self.set_mode("cooked")
        self.write(question)
        answer = self.read()
        return answer.rstrip("\n") if answer else None

    def ask_secretly(self, question: str) -> str | None:
        """`ask`, without showing what is typed."""
        self._system.control(self.handle, "set_echo", False)
        try:
            answer = self.ask(question)
        finally:
            self._system.control(self.handle, "set_echo", True)
            self.write("\n")
        return answer

    def close(self) -> None:
        """Give the open back."""
        try:
            self._system.close(self.handle)
        except StatusError as error:
            if error.status != Status.INVALID_HANDLE:
                raise
