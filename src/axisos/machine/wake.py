"""Waking a host that waits: a pipe that becomes readable when another thread has something for the machine.

`ring` may be called from any thread; it writes at most one byte until the machine has drained the pipe. Whoever rings
has queued its message before, and the machine drains before it looks at its queues: so no message is slept over.
"""

from __future__ import annotations

import os


class WakePipe:
    """One pipe; made when it is first needed."""

    __slots__ = ("_read", "_write", "rung")

    def __init__(self) -> None:
        self.rung = False
        self._read = -1
        self._write = -1

    def fd(self) -> int:
        """The end to wait on."""
        if self._read < 0:
            self._read, self._write = os.pipe()
            os.set_blocking(self._read, False)
            os.set_blocking(self._write, False)
        return self._read

    def ring(self) -> None:
        """Make it readable."""
        if not self.rung and self._write >= 0:
            self.rung = True
            try:
                os.write(self._write, b"!")
            except OSError:
                pass  # it was closed meanwhile, or is full: readable in any case

    def drain(self) -> None:
        """Make it unreadable again."""
        try:
            while os.read(self._read, 64):
                pass
        except OSError:
            pass  # empty
        self.rung = False

    def close(self) -> None:
        """Give the descriptors back; idempotent."""
        read, write = self._read, self._write
        self._read = self._write = -1
        self.rung = False
        for fd in (read, write):
            if fd >= 0:
                os.close(fd)
