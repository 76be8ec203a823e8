"""The lines that were typed: in memory for Up and Down, in `$HOME/.sh_history` for the next time."""

from __future__ import annotations

from abi.status import StatusError
from axis.shell.system import decode, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.system import System

LIMIT = 1000  # lines that are kept


class History:
    """Lines, oldest first, and where Up and Down are among them."""

    def __init__(self, system: System, path: str | None) -> None:
        self._system = system
        self._path = path
        self.lines: list[str] = []
        self._index = 0  # len(lines) = the line being typed
        self._draft = ""
        self._load()

    def _load(self) -> None:
        if self._path is None or self._system.stat(self._path) is None:
            return
        try:
            handle = self._system.open(self._path, "r")
            try:
                text = decode(self._system.read_all(handle))
            finally:
                self._system.close(handle)
        except StatusError:
            return  # no rights to it: start with an empty one
        self.lines = [line for line in text.split("\n") if line]
        if len(self.lines) > LIMIT:
            self.lines = self.lines[-LIMIT:]
            self._write("w", "".join([line + "\n" for line in self.lines]))
        self._index = len(self.lines)

    def _write(self, mode: str, text: str) -> None:
        if self._path is None:
            return
        try:
            handle = self._system.open(self._path, mode)
        except StatusError:
            self._path = None  # nowhere to keep it: memory only
            return
        try:
            self._system.write(handle, encode(text))
        except StatusError:
            pass  # a full disk costs the history only
        finally:
            self._system.close(handle)

    def add(self, line: str) -> None:
        """Keep a line, unless it is empty, starts with a blank or repeats the one before."""
        if line.strip() and not line.startswith(" ") and self.lines[-1:] != [line]:
            self.lines.append(line)
            self._write("a", line + "\n")
            del self.lines[:-LIMIT]
        self.rewind()

    def clear(self) -> None:
        """Forget all lines."""
        self.lines.clear()
        self._write("w", "")
        self.rewind()

    def rewind(self) -> None:
        """A new line is being typed."""
        self._index = len(self.lines)
        self._draft = ""

    def older(self, typed: str) -> str:
        """The line before; *typed* comes back when Down has gone far enough."""
        if self._index >= len(self.lines):
            self._draft = typed
        self._index = max(0, min(self._index, len(self.lines)) - 1)
        return self.lines[self._index] if self.lines else typed

    def newer(self, typed: str) -> str:
        """The line after."""
        if self._index >= len(self.lines):
            return typed
        self._index += 1
        return self.lines[self._index] if self._index < len(self.lines) else self._draft

    def search(self, text: str, before: int | None = None) -> int | None:
        """Index of the newest line that holds *text*, looking below index *before* only."""
        start = len(self.lines) if before is None else before
        for index in range(start - 1, -1, -1):
            if text in self.lines[index]:
                return index
        return None
