"""Wants its turn among others, and reports the longest that it had to go without one, in seconds.

Settings: manner ("wakes" every few milliseconds, "yields", "calls" the kernel without end), settle_ms (how long the
others are left to themselves first), seconds (how long it looks).
"""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

WAKES_EVERY_MS = 3


def longest_gap(name: str, arguments: tuple[object, ...], expected: float) -> float:
    """The longest time between two returns from a system call, above what it is to take."""
    worst = 0.0
    last = perf_counter()
    end = last + env["seconds"]
    while last < end:
        syscall(name, *arguments)
        now = perf_counter()
        worst = max(worst, now - last - expected)
        last = now
    return worst


manners = {
    "wakes": ("process_sleep", (WAKES_EVERY_MS,), WAKES_EVERY_MS / 1000),
    "yields": ("process_yield", (), 0.0),
    "calls": ("process_get_pid", (), 0.0),
}
syscall("process_sleep", env["settle_ms"])
syscall("bench_report", {"manner": env["manner"], "worst": longest_gap(*manners[env["manner"]])})
