"""A call that the Pipeline Manager answers without touching a device. Argument: turns."""

from __future__ import annotations

import json
import sys

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall


def stat(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_stat", "/tmp")


print(json.dumps({"stat": least(stat, int(sys.argv[1]))}))
