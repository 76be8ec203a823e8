"""Starts processes and threads and waits for their end. Argument: turns."""

from __future__ import annotations

import json
import sys
import threading

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

EMPTY, LARGE = "/tmp/bench_empty.py", "/tmp/bench_large.py"
LARGE_SIZE = 16 << 10
FUNCTION = '''

def function_{0}(first, second=None):
    """Number {0}: never called."""
    total = 0
    for each in range(first):
        if each % 3 == 1 and second:
            total += each * second[each]
    return [total, first, {{"second": second}}]
'''


def large_program() -> str:
    """A program of 16 KiB that defines functions and ends."""
    text = '"""Many functions."""\n'
    number = 0
    while len(text) < LARGE_SIZE - 400:
        text += FUNCTION.format(number)
        number += 1
    return text + "#" * (LARGE_SIZE - len(text) - 1) + "\n"


def put(path: str, text: str) -> None:
    handle = syscall("vfs_open", path, "w")
    syscall("vfs_write", handle, text.encode())
    syscall("vfs_close", handle)
    syscall("vfs_chmod", path, "755")


def spawn_and_wait(path: str, turns: int) -> None:
    for _ in range(turns):
        syscall("process_wait_status", syscall("process_spawn", path))


def nothing() -> None:
    pass


def create_and_join(turns: int) -> None:
    for _ in range(turns):
        syscall("process_wait", syscall("process_thread", nothing))


def python_threads(turns: int) -> None:
    for _ in range(turns):
        thread = threading.Thread(target=nothing)
        thread.start()
        thread.join()


turns = int(sys.argv[1])
put(EMPTY, "")
put(LARGE, large_program())
print(json.dumps({
    "empty": least(lambda turns: spawn_and_wait(EMPTY, turns), turns),
    "large": least(lambda turns: spawn_and_wait(LARGE, turns), turns),
    "thread": least(create_and_join, turns * 4),
    "python_thread": least(python_threads, turns),
}))
