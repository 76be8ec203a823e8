"""Starts `processes` of a program with `threads` waiting threads each, and has them woken one by one.

Settings: child (its path), processes, threads, laps (how often, in a batch). Reports the seconds for one wake-up.
"""

from __future__ import annotations

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall


def wake_all(laps: int) -> None:
    for child in children:
        syscall("signal_send", child, "wake", laps)
        syscall("signal_pull")


settings = {"threads": env["threads"], "parent": syscall("process_get_pid")}
children = [syscall("process_spawn", env["child"], 3, settings, {}) for _ in range(env["processes"])]
for _ in children:
    syscall("signal_pull")
syscall("bench_report", least(wake_all, env["laps"], 10) / (env["processes"] * env["threads"]))
