"""The kernel log: what the system says about itself, and where it can be read (manual, chapter 2.3).

Three sinks: *dmesg*, a ring of the newest entries; the *boot log*, lines that the Pipeline Manager drains into the log
files; and the *screen*, until the Pipeline Manager turns it off. Entries of level `sec` also stand in a ring of their
own that nobody can clear.

Always so   nothing printed here carries control characters of whoever caused it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from abi.status import Status, StatusError
from executive.synapse import redacted
from executive.syscalls import ANY_RING, SERVICES, syscall

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from executive.process import Thread

# level -> (tag, colour, priority)
LEVELS: dict[str, tuple[str, int, int]] = {
    "debug": ("[DEBUG ]", 0xAAAAAA, 0),
    "dev": ("[ DEV  ]", 0x5555FF, 1),
    "sched": ("[SCHED ]", 0x55AAFF, 1),
    "ipc": ("[ IPC  ]", 0xAAAAFF, 1),
    "info": ("[ INFO ]", 0x55FFFF, 2),
    "drv": ("[ DRV  ]", 0xFFAA55, 2),
    "vfs": ("[ VFS  ]", 0x55FFAA, 2),
    "mem": ("[ MEM  ]", 0xFFFF55, 2),
    "proc": ("[ PROC ]", 0xAAFFAA, 2),
    "warn": ("[ WARN ]", 0xFFFF55, 3),
    "ok": ("[  OK  ]", 0x55FF55, 3),
    "sec": ("[ SEC  ]", 0xFF55FF, 3),
    "fail": ("[ FAIL ]", 0xFF5555, 4),
    "none": (" " * 9, 0xFFFFFF, 5),
}
BOOT_LEVELS = {"debug": 0, "info": 2, "warn": 3, "error": 4}  # boot argument lvl -> least priority on the screen

USER_LEVELS = ("debug", "info", "warn")

DMESG_ENTRIES = 1000
SECURITY_ENTRIES = 256
BOOT_LOG_LINES = 512  # pending lines kept for the Pipeline Manager; older ones are counted as lost
MAX_MESSAGE = 2000  # characters

INDENT = 13  # columns, of what goes on below

_GREY = 0x888888
_BLACK = 0x000000
_WHITE = 0xFFFFFF


def printable(text: str) -> str:
    """*text* without anything that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text[:MAX_MESSAGE]
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text[:MAX_MESSAGE])


class LogScreen:
    """The boot log on the screen: one line an entry, scrolling."""

    def __init__(self, gpu: Any) -> None:
        self._gpu = gpu
        self._width, self._height = gpu.getResolution()
        self._row = 0
        gpu.setBackground(_BLACK)
        gpu.setForeground(_WHITE)
        gpu.fill(1, 1, self._width, self._height, " ")

    def write(self, pieces: list[tuple[str, int]], whole: bool) -> None:
        """Write one line made of (text, colour) pieces; what does not fit is cut, or if *whole* goes on below."""
        gpu = self._gpu
        self._next_row()
        column = 1
        for text, colour in pieces:
            gpu.setForeground(colour)
            room = self._width - column + 1
            while whole and len(text) > room:
                gpu.set(column, self._row, text[:room])
                text, column = text[room:], INDENT + 1
                room = self._width - INDENT
                self._next_row()
            if len(text) > room:
                text = text[: max(0, room - 3)] + "..."
            gpu.set(column, self._row, text)
            column += len(text)
            if column > self._width:
                break

    def _next_row(self) -> None:
        gpu = self._gpu
        if self._row == self._height:
            gpu.copy(1, 2, self._width, self._height - 1, 0, -1)
            gpu.fill(1, self._height, self._width, 1, " ")
        else:
            self._row += 1


class KernelLog:
    """The log of one machine."""

    def __init__(self, uptime: Callable[[], float], level: str, mirror: Callable[[str], None] | None) -> None:
        """*level* is the boot argument `lvl`; *mirror*, if given, receives every line (for `--verbose`)."""
        self._uptime = uptime
        self._least_priority = BOOT_LEVELS.get(level.lower(), 2)
        self._mirror = mirror
        self._screen: LogScreen | None = None
        self._screen_on = True
        self._entries: deque[dict[str, object]] = deque(maxlen=DMESG_ENTRIES)
        self._security: deque[dict[str, object]] = deque(maxlen=SECURITY_ENTRIES)
        self._pending: deque[str] = deque(maxlen=BOOT_LOG_LINES)
        self._lost_lines = 0
        self._last_seq = 0
        self._level_counts: dict[str, int] = dict.fromkeys(LEVELS, 0)
        self.current_pid: Callable[[], int] = lambda: 0
        self.on_pending: Callable[[], None] = lambda: None  # the first line since somebody has drained them
        self.on_entry: Callable[[], None] | None = None  # set while anybody watches

    def use_screen(self, gpu: Any) -> None:
        """Show the log on a screen that the gpu is bound to."""
        self._screen = LogScreen(gpu)

    def kprint(self, level: str, *parts: object) -> None:
        """Log one line. Parts are joined by blanks; a dict prints as its sorted key=value pairs."""
        tag, colour, priority = LEVELS.get(level, LEVELS["info"])
        message = redacted(printable(" ".join([_as_text(part) for part in parts])))
        uptime = self._uptime()
        pid = self.current_pid()
        self._last_seq += 1
        entry: dict[str, object] = {
            "seq": self._last_seq,
            "time": uptime,
            "level": level,
            "msg": message,
            "pid": pid,
            "src": "kernel",
        }
        self._entries.append(entry)
        self._level_counts[level] = self._level_counts.get(level, 0) + 1
        if level == "sec":
            self._security.append(entry)
        line = f"[{uptime:9.4f}] {tag} PID={pid:<3d} {message}"
        if not self._pending:
            self.on_pending()
        elif len(self._pending) == BOOT_LOG_LINES:
            self._lost_lines += 1
        self._pending.append(line)
        if self._mirror is not None:
            self._mirror(line)
        if self._screen is not None and self._screen_on and priority >= self._least_priority:
            pieces = [(f"[{uptime:9.4f}] ", _GREY), (tag + " ", colour)]
            if pid > 1:
                pieces.append((f"P{pid:<3d} ", _GREY))
            pieces.append((message, _WHITE))
            self._screen.write(pieces, level == "fail")
        if self.on_entry is not None:
            self.on_entry()

    def newest(self, count: int) -> list[dict[str, object]]:
        """The last *count* entries, oldest first."""
        return list(self._entries)[-count:]

    # --- system calls ------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def kernel_log(self, thread: Thread, message: str, level: str = "info") -> bool:
        """Write a line into the kernel log.

        Args:    level: one of the log's levels; programs of ring >= 2.5 may use debug, info and warn, uid 0 all.
        Returns: True.
        Raises:  INVALID_PARAMETER for an unknown level, ACCESS_DENIED for one that is the system's own.
        """
        if level not in LEVELS:
            raise StatusError(
                Status.INVALID_PARAMETER, f"kernel_log: no log level {level[:20]!r}: use one of {', '.join(LEVELS)}"
            )
        process = thread.process
        if process.ring > 2 and process.uid != 0 and level not in USER_LEVELS:
            raise StatusError(Status.ACCESS_DENIED, f"kernel_log: programs may log at level {', '.join(USER_LEVELS)}")
        self.kprint(level, message)
        return True

    @syscall(rings=(1, 2))
    def kernel_get_boot_log(self, thread: Thread) -> str:
        """Take the lines that were logged since the last call. Returns: them, joined by newlines; once only."""
        lines = list(self._pending)
        self._pending.clear()
        if self._lost_lines:
            lost = "1 line was" if self._lost_lines == 1 else f"{self._lost_lines} lines were"
            lines.insert(0, f"[         ] [ WARN ] PID=0   {lost} lost: nobody had fetched them in time")
            self._lost_lines = 0
        return "\n".join(lines)

    @syscall(rings=SERVICES)
    def kernel_set_log_mode(self, thread: Thread, enable: bool) -> bool:
        """Turn the log on the screen on or off; the other sinks go on. Returns: True."""
        self._screen_on = enable
        return True

    @syscall(rings=ANY_RING)
    def dmesg_read(
        self, thread: Thread, last_seq: int = 0, max_entries: int = 50, level: str | None = None
    ) -> list[object]:
        """The newest log entries after *last_seq*, oldest first.

        Args:    max_entries: 1 to 1000. level: only entries of that level.
        Returns: list of dicts with seq, time (s), level, msg, pid, src.
        """
        found = [
            dict(entry)
            for entry in self._entries
            if entry["seq"] > last_seq and (level is None or entry["level"] == level)  # type: ignore[operator]
        ]
        return found[-max(1, min(max_entries, DMESG_ENTRIES)) :]  # type: ignore[return-value]

    @syscall(rings=SERVICES)
    def dmesg_clear(self, thread: Thread) -> int:
        """Forget all entries of the log but those of level `sec`. Returns: how many there were."""
        count = len(self._entries)
        self._entries = deque(self._security, maxlen=DMESG_ENTRIES)
        return count

    @syscall(rings=ANY_RING)
    def dmesg_stats(self, thread: Thread) -> dict[str, object]:
        """How full the log is. Returns: {total, max_size, first_seq, last_seq, level_counts}."""
        return {
            "total": len(self._entries),
            "max_size": DMESG_ENTRIES,
            "first_seq": self._entries[0]["seq"] if self._entries else 0,
            "last_seq": self._last_seq,
            "level_counts": {name: count for name, count in self._level_counts.items() if count},
        }


def _as_text(part: object) -> str:
    if type(part) is dict:
        return " ".join([f"{key}={part[key]}" for key in sorted(part, key=str)])
    return str(part)
