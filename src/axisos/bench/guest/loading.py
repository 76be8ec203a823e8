"""A driver that is loaded and unloaded again and again. Argument: turns."""

from __future__ import annotations

import json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

PATH = "/drivers/trivial.sys.py"


def load_once() -> float:
    """Seconds from the call to the registered driver."""
    syscall("driver_unload", PATH)
    start = syscall("time_get")[0]
    syscall("driver_load", PATH)
    seconds: float = syscall("time_get")[0] - start
    return seconds


print(json.dumps({"load": min(load_once() for _ in range(int(sys.argv[1])))}))
