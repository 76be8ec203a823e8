"""Who has the terminal open, and how each of them wants it.

Settings (mode, echo, non-blocking reads, the drawing buffer) belong to a process. They end when an open through which
it made them is closed, and when the process ends: whoever reads next finds the terminal in cooked mode, however the
last program left it.
"""

from __future__ import annotations

from abi.status import Status, StatusError

from .grid import Grid
from .line import COOKED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    ProcessInfo = Callable[[int], dict[str, object]]

MAX_BUFFER_CELLS = 24_000  # of all drawing buffers: three screens of 160 x 50 ...
MAX_BUFFER_SCREENS = 3  # ... or as many of the size in use


class Opener:
    """The settings of one process."""

    __slots__ = ("active_buffer", "alternate", "echo", "files", "mode", "nonblocking", "pid")

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.files: set[int] = set()  # the opens through which it set something
        self.mode = COOKED
        self.echo = True
        self.nonblocking = False
        self.active_buffer = 0  # what its drawing goes to; 0 = the screen
        self.alternate = 0  # how often it entered the alternate screen


class Openers:
    """The settings of all processes, oldest first, and the foreground group."""

    __slots__ = ("_by_pid", "_process_info", "buffers", "default", "foreground")

    def __init__(self, process_info: ProcessInfo) -> None:
        self._process_info = process_info
        self._by_pid: dict[int, Opener] = {}
        self.default = Opener(0)  # of those who never set anything
        self.foreground = 0  # process group, 0 = none was named
        self.buffers: dict[int, tuple[int, Grid]] = {}  # index -> owner, cells

    # Processes

    def info(self, pid: int) -> dict[str, object] | None:
        """What the kernel tells of a living process; None when it has ended."""
        try:
            info = self._process_info(pid)
        except StatusError:
            return None
        return None if info.get("exit_status") is not None else info

    def group(self, pid: int) -> int | None:
        """The process group of *pid*; None if it has ended."""
        info = self.info(pid)
        group = info.get("pgid") if info is not None else None
        return group if isinstance(group, int) else None

    def _process_of(self, pid: int) -> int:
        """The process that a thread belongs to."""
        info = self.info(pid)
        process = info.get("tgid", pid) if info is not None else pid
        return process if isinstance(process, int) else pid

    # Settings

    def find(self, pid: int) -> Opener:
        """The settings that hold for process or thread *pid*."""
        if not self._by_pid:
            return self.default
        return self._by_pid.get(pid) or self._by_pid.get(self._process_of(pid), self.default)

    def claim(self, pid: int, file_id: int) -> Opener:
        """The settings of process *pid* to be changed through open *file_id*."""
        process = self._process_of(pid)
        opener = self._by_pid.pop(process, None) or Opener(process)
        opener.files.add(file_id)
        self._by_pid[process] = opener  # the last to set something comes last
        return opener

    def in_force(self) -> Opener:
        """The settings that hold while nobody reads: the last made by a living process of the foreground group."""
        for opener in reversed(list(self._by_pid.values())):
            group = self.group(opener.pid)
            if group is not None and self.foreground in (0, group):
                return opener
        return self.default

    def close(self, file_id: int) -> list[Opener]:
        """An open is gone: forget what was set through it. Returns the settings that ended."""
        ended = [opener for opener in self._by_pid.values() if file_id in opener.files]
        return self._forget(ended)

    def bury(self) -> list[Opener]:
        """Forget the settings of processes that have ended; returns them."""
        return self._forget([opener for opener in self._by_pid.values() if self.info(opener.pid) is None])

    def __iter__(self) -> Iterator[Opener]:
        return iter(self._by_pid.values())

    def clear(self) -> None:
        """Everybody back to the default."""
        self._forget(list(self._by_pid.values()))

    def _forget(self, ended: list[Opener]) -> list[Opener]:
        for opener in ended:
            del self._by_pid[opener.pid]
            for index in [index for index, (owner, _) in self.buffers.items() if owner == opener.pid]:
                del self.buffers[index]
        return ended

    # Drawing buffers: cells kept here, so that a program's pages survive whatever the GPU does

    def add_buffer(self, opener: Opener, width: int, height: int, screen_cells: int) -> int:
        """A new blank buffer of *opener*; its index is the lowest free one. *screen_cells*: how many the screen has.

        Raises: UNSUCCESSFUL if the cells of all buffers together would be too many.
        """
        used = sum(grid.width * grid.height for _, grid in self.buffers.values())
        limit = max(MAX_BUFFER_CELLS, MAX_BUFFER_SCREENS * screen_cells)
        if width < 1 or height < 1 or used + width * height > limit:
            raise StatusError(Status.UNSUCCESSFUL, f"no room for a drawing buffer of {width} x {height} cells")
        index = 1
        while index in self.buffers:
            index += 1
        self.buffers[index] = (opener.pid, Grid(width, height))
        return index

    def buffer(self, opener: Opener, index: int) -> Grid | None:
        """The cells of buffer *index*, if it belongs to *opener*."""
        owner, grid = self.buffers.get(index, (0, None))
        return grid if owner == opener.pid else None
