"""Records on their way from the machine to its file: in memory for a moment, then in a nameless file of the host.

A record in memory is some objects of Python; in the spool it takes some forty bytes, and it takes one call of C to put
thousands of them there. So a traced machine stays small and pays little, and what has been spooled is safe even if its
process is killed. Another process makes the readable file of it afterwards.

Called by   the machine, in its process; `read_back`, in the process that writes the readable file.
Always so   what cannot be kept (over the limit, a full disk) is counted, and the count gets through.
"""

from __future__ import annotations

import os
from time import monotonic

from axisos.machine.trace import TraceBuffer
from axisos.tracing.chunks import read_chunk, write_chunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

    from axisos.machine.trace import AsLines

ENOUGH_ITEMS = 10_000  # in memory: worth a write; what fits into the processor's cache costs least to go through again
LATEST_S = 0.25  # after which a write is due anyway, so that little is lost if the process is killed
ITEMS_A_RECORD = 5  # on the average


def spool_file() -> IO[bytes]:
    """A nameless file for a spool: in memory where the host has such files, as what is written there costs less."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("axisos trace"), "w+b", buffering=0)
    from tempfile import TemporaryFile

    return TemporaryFile(buffering=0)


class Spool(TraceBuffer):
    """Puts the records into a binary file.

    Args: file: unbuffered. limit: about how many records to keep at most; later ones are only counted.
    """

    def __init__(self, file: IO[bytes], limit: int) -> None:
        super().__init__()
        self.lost = 0
        self.failure = ""  # why nothing more could be written
        self._file = file
        self._items_left = limit * ITEMS_A_RECORD
        self._due_s = 0.0
        self._sizes: list[int] = []

    def begin(self, layout: dict[str, Any], as_lines: AsLines) -> None:
        """A kernel begins: what follows is to be read by its layout."""
        self.flush()
        self._sizes = [1 + len(fields) for _name, fields in layout["kinds"]]
        self._write(layout)

    def turn(self) -> None:
        """Write, if there is enough or it is time."""
        if len(self.records) >= ENOUGH_ITEMS or monotonic() >= self._due_s:
            self.flush()

    def flush(self) -> None:
        """Write what there is, or count it."""
        records = self.records
        if not records:
            return
        self._due_s = monotonic() + LATEST_S
        if len(records) > self._items_left:
            self._cut_off(records)
        self._items_left -= len(records)
        if records and not self._write(records):
            self._items_left = 0
            self._cut_off(records)
        records.clear()

    def close(self) -> None:
        """The machine is off: write the rest, and how much is missing."""
        self.flush()
        self._write({"lost": self.lost, "failure": self.failure})

    def _cut_off(self, records: list[Any]) -> None:
        """Leave away the records for which there is no room, and count them."""
        at, end, keep = 0, len(records), 0
        while at < end:
            at += self._sizes[records[at]]
            if at <= self._items_left:
                keep = at
            else:
                self.lost += 1
        del records[keep:]

    def _write(self, chunk: dict[str, Any] | list[Any]) -> bool:
        """Write one chunk whole, or nothing of it."""
        try:
            write_chunk(self._file, chunk)
        except OSError as error:
            self.failure = self.failure or str(error.strerror)
            return False
        return True


def read_back(file: IO[bytes]) -> Iterator[dict[str, Any] | list[Any]]:
    """What was written, from the beginning: layouts (dicts with `kinds`), records in chunks, and a last dict, `lost`.

    A spool whose writer was killed ends early, before a chunk that is not whole.
    """
    file.seek(0)
    while (chunk := read_chunk(file)) is not None:
        yield chunk
