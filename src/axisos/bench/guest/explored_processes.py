"""Two processes count in one section under a mutex; the program starts itself again for each."""

from __future__ import annotations

import sys

from axis import ipc, sync
from axis.syscall import spawn, wait


def count() -> None:
    view, mutex = ipc.map_section(ipc.open_section("count")), sync.open_mutex("count")
    for _ in range(3):
        with sync.locked(mutex):
            view["n"] += 1


def main() -> None:
    section = ipc.create_section("count")
    mutex = sync.create_mutex(False, "count")
    view = ipc.map_section(section)
    view["n"] = 0
    for pid in [spawn(sys.argv[0], {"ARGS": ["count"]}) for _ in range(2)]:
        wait(pid)
    assert view["n"] == 6
    sync.close(mutex)


if len(sys.argv) > 1:
    count()
else:
    main()
