"""Files from ring 3 through the Pipeline Manager. The system disk is a host directory below an overlay in memory."""

from __future__ import annotations

import os

from axisos.bench.lab import Session, run_job
from axisos.bench.reference import least
from axisos.bench.rows import Budget, Reference, Row
from axisos.machine.disk import packaged_root

READ_FILE = "/kernel.py"


def measure(session: Session) -> list[Row]:
    """Rows of the group."""
    files = run_job("files", session.turns(200), READ_FILE)
    path = os.path.join(packaged_root(), READ_FILE.lstrip("/"))
    host = Reference("host's os.open, read", least(lambda turns: _read_on_the_host(path, turns), session.turns(500)))
    g, budget = session.g, Budget(120, relative=True)
    return [
        Row("open, read 1 KiB, close, on the system disk", files["disk"], reference=g, budget=budget),
        Row("open, read 1 KiB, close, beside the host", files["disk"], reference=host),
        Row("open, read 1 KiB, close, in /tmp", files["memory"], reference=g),
        Row("open, write 1 KiB, close, in /tmp", files["created"], reference=g),
        Row("Python's open(), read(1024), close", files["python"], reference=g),
        Row("read 1 KiB of an open file", files["read"], reference=g),
        Row("write 1 KiB to an open file", files["write"], reference=g),
        Row(f"list a directory of {files['entries']} entries", files["list"], reference=g),
    ]


def _read_on_the_host(path: str, turns: int) -> None:
    for _ in range(turns):
        fd = os.open(path, os.O_RDONLY)
        os.read(fd, 1024)
        os.close(fd)
