"""What a machine's kernel writes down while it runs, on its way to the host.

The kernel appends records of plain values to one flat list; whoever is interested takes them out when the host has
control. What they mean, the kernel says when it begins: a table of kinds with their fields, and a function that turns
records into lines of text. So the machine carries them without knowing of threads or calls.

Called by   the kernel (`records`, `begin`), the machine (`turn`, `flush`).
Always so   `records` is the same list for ever; taking out empties it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    AsLines = Callable[[Sequence[Any]], Iterable[str]]


class TraceBuffer:
    """The records of one machine that nobody has taken out yet; subclasses take them out."""

    def __init__(self) -> None:
        self.records: list[Any] = []

    def begin(self, layout: dict[str, Any], as_lines: AsLines) -> None:
        """A kernel begins. *layout* says what its records are, *as_lines* makes text of them; both are plain of form.

        What is left of an earlier kernel has been taken out before.
        """
        raise NotImplementedError

    def turn(self) -> None:
        """The host has control for a moment: take out what is worth it."""
        self.flush()

    def flush(self) -> None:
        """Take out everything."""
        raise NotImplementedError

    def close(self) -> None:
        """The machine is off, and will not go on again."""
        self.flush()


class LineTrace(TraceBuffer):
    """Hands each record on as a line of text; by the time the host has control, it has all of them."""

    def __init__(self, write: Callable[[str], object], close: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._write = write
        self._close = close
        self._as_lines: AsLines | None = None

    def begin(self, layout: dict[str, Any], as_lines: AsLines) -> None:
        """A kernel begins."""
        self._as_lines = as_lines

    def flush(self) -> None:
        """Write the lines."""
        if self.records and self._as_lines is not None:
            records = self.records.copy()
            self.records.clear()
            for line in self._as_lines(records):
                self._write(line)

    def close(self) -> None:
        """The last line has been written."""
        self.flush()
        self._close()
