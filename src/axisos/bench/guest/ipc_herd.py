"""Threads that all wait for one event, again and again.

Settings: threads, laps. Reports the seconds for each of them.
"""

from __future__ import annotations

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall


def wait() -> None:
    while True:
        syscall("ke_wait_single", event)


def wake_all(laps: int) -> None:
    for _ in range(laps):
        syscall("ke_set_event", event)
        syscall("ke_reset_event", event)
        syscall("process_yield")


event = syscall("ke_create_event", True)
for _ in range(env["threads"]):
    syscall("process_thread", wait)
syscall("process_yield")
syscall("bench_report", least(wake_all, env["laps"]) / env["threads"])
