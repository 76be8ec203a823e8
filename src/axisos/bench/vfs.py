"""Files from ring 3 through the Pipeline Manager.

The system disk is a host directory that nobody writes, below an overlay in memory; /tmp is in memory; /home is a host
directory that is written. What is written there goes as far as the host's own cache.
"""

from __future__ import annotations

import os
import tempfile

from axisos.bench.lab import Session, run_job
from axisos.bench.reference import least
from axisos.bench.rows import BYTES_PER_SECOND, Budget, Reference, Row
from axisos.machine.disk import packaged_root

READ_FILE = "/kernel.py"
CHUNK = 4096
FASTEST = Budget(250e6, at_least=True)  # bytes a second, one after the other in chunks of 4 KiB


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    with tempfile.TemporaryDirectory() as home:
        files = run_job("files", session.turns(40), READ_FILE, home=home)
        host_writes = CHUNK / least(lambda turns: _write_on_the_host(home, turns), session.turns(64))
    path = os.path.join(packaged_root(), READ_FILE.lstrip("/"))
    host = Reference("host's os.open, read", least(lambda turns: _read_on_the_host(path, turns), session.turns(500)))
    poured = Reference("host's os.write", host_writes, BYTES_PER_SECOND)
    g, budget, listing = session.g, Budget(80, relative=True), Budget(100, relative=True)
    return [
        Row("open, read 1 KiB, close, on the system disk", files["disk"], reference=g, budget=budget),
        Row("open, read 1 KiB, close, beside the host", files["disk"], reference=host),
        Row("open, read 1 KiB, close, in /tmp", files["memory"], reference=g, budget=budget),
        Row("open, read 1 KiB, close, on a host directory", files["host"], reference=g),
        Row("open, write 1 KiB, close, in /tmp", files["created"], reference=g),
        Row("Python's open(), read(1024), close", files["python"], reference=g),
        Row("read 1 KiB of an open file", files["read"], reference=g),
        Row("write 1 KiB to an open file", files["write"], reference=g),
        Row("list 100 entries, on a host directory", files["list"], reference=g, budget=listing),
        Row("list 100 entries, in /tmp", files["list_memory"], reference=g, budget=listing),
        Row("write 1 MiB by 4 KiB, on a host directory", files["pour"], BYTES_PER_SECOND, poured, FASTEST),
        Row("read 1 MiB by 4 KiB, on a host directory", files["drink"], BYTES_PER_SECOND, budget=FASTEST),
        Row("write 1 MiB by 4 KiB, in /tmp", files["pour_memory"], BYTES_PER_SECOND),
        Row("read 1 MiB by 4 KiB, in /tmp", files["drink_memory"], BYTES_PER_SECOND),
    ]


def _read_on_the_host(path: str, turns: int) -> None:
    for _ in range(turns):
        fd = os.open(path, os.O_RDONLY)
        os.read(fd, 1024)
        os.close(fd)


def _write_on_the_host(directory: str, turns: int) -> None:
    fd = os.open(os.path.join(directory, "bench"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    chunk = b"x" * CHUNK
    for _ in range(turns):
        os.write(fd, chunk)
    os.close(fd)
