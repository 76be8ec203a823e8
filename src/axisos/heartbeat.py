"""How the parent of a machine's process learns that the machine is stuck in one operation that nothing can break into.

While C runs that looks for no interrupts, neither a signal handler nor another thread of that process runs. So the
child beats: its interrupt timer, a thread of its own, writes a byte each second while the machine is busy. A parent
that hears nothing for PATIENCE_S, while the child uses the processor, may end it. An idle machine is silent as well,
but uses no processor. One that never beat (a simulation has no timer) is not watched.

    child:   Heart, beaten by the machine's interrupt timer        parent:   Pulse, polled beside what else it waits for

Called by   the supervisor of headless runs and the keeper of a terminal.
"""

from __future__ import annotations

import os
from time import monotonic

BEAT_S = 1.0
PATIENCE_S = 12.0  # the watchdog's own measures end at 10 s
BUSY_SHARE = 0.5  # of that time the child must have been computing; otherwise its host, not the program, is slow

BEAT = b"b"
STUCK = "one operation ran for too long, and nothing could break into it"  # why the child was ended


class Heart:
    """The child's end of the pipe."""

    __slots__ = ("_at", "_fd")

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._at = 0.0  # when it beat last

    def beat(self) -> None:
        """The machine is busy; call this as often as you like."""
        now = monotonic()
        if now - self._at >= BEAT_S:
            self._at = now
            try:
                os.write(self._fd, BEAT)
            except OSError:
                pass  # the parent is gone, or does not look


class Pulse:
    """The parent's end of the pipe; `fd` is to be polled, and read with `feel`."""

    __slots__ = ("_at", "_busy_s", "_pid", "fd")

    def __init__(self, fd: int, pid: int) -> None:
        os.set_blocking(fd, False)
        self.fd = fd
        self._pid = pid
        self._at: float | None = None  # when it beat last, or was found idle; None before it first did
        self._busy_s = 0.0  # processor time of the child by then

    def feel(self) -> bool:
        """Take what has come. False when the child has ended."""
        try:
            words = os.read(self.fd, 4096)
        except BlockingIOError:
            return True
        if words:
            self._at = monotonic()
            self._busy_s = self._processor_s()
        return bool(words)

    def left_s(self) -> float | None:
        """Seconds until `is_stuck` must be asked; None if it need not."""
        return None if self._at is None else max(0.0, self._at + PATIENCE_S - monotonic())

    def is_stuck(self) -> bool:
        """Whether the child computes and has not beaten for PATIENCE_S."""
        if self._at is None or monotonic() - self._at < PATIENCE_S:
            return False
        busy_s = self._processor_s()
        if busy_s and busy_s - self._busy_s < PATIENCE_S * BUSY_SHARE:
            self._at, self._busy_s = monotonic(), busy_s  # it was idle, or not let run
            return False
        return True

    def _processor_s(self) -> float:
        """Processor time of the child; 0 on a host that does not tell."""
        try:
            with open(f"/proc/{self._pid}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
