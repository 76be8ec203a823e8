"""How much of the host's memory this process occupies, as the host tells it.

Called by   the kernel, often: one read of an open file.
Owns        the file, while the machine is on.
"""

from __future__ import annotations

import os


class Footprint:
    """The resident size of this process. A host that does not tell has 0."""

    __slots__ = ("_fd", "_page_bytes")

    def __init__(self) -> None:
        self._fd = -1
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")

    def open(self) -> None:
        """Begin to look; in the process that will ask."""
        self.close()
        try:
            self._fd = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            pass  # not a Linux host

    def close(self) -> None:
        """Look no longer."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def resident_bytes(self) -> int:
        """Bytes of memory that are really there, the stack's included."""
        if self._fd < 0:
            return 0
        return int(os.pread(self._fd, 64, 0).split(b" ", 2)[1]) * self._page_bytes
