"""Starts a program again and again, kills it each time, and reports the longest from when it meant to, in seconds.

Settings: victim (path of a program that says to its parent when it is at it), signals (in this order), rounds. Reports
each victim's pid before it is killed, goes on at a message, and at last reports {worst, statuses}.
"""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

PAUSE_MS = 20  # what a victim has to get into the thick of it, and a little more each time


def time_to_kill(victim: int, pause_ms: int) -> float:
    """Kill a child in *pause_ms*: until it is gone, what it had is unwound, and this process goes on."""
    meant = perf_counter() + pause_ms / 1000
    syscall("process_sleep", pause_ms)
    for signal in env["signals"]:
        syscall("process_kill", victim, signal)
    statuses.append(syscall("process_wait_status", victim))
    syscall("process_yield")  # a dead thread's stack is unwound before anybody else has a turn
    return perf_counter() - meant


statuses: list[int] = []
worst = 0.0
for number in range(env["rounds"]):
    child = syscall("process_spawn", env["victim"], 3, {"parent": syscall("process_get_pid")}, {})
    while syscall("signal_pull")[1] != "at it":
        pass
    syscall("bench_report", child)
    while syscall("signal_pull")[1] != "go on":
        pass
    worst = max(worst, time_to_kill(child, PAUSE_MS + 7 * number))
syscall("bench_report", {"worst": worst, "statuses": statuses})
