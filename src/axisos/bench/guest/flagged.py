"""Goes round with its flag up and with its flag down, and reports the difference for a checkpoint. Settings: turns."""

from __future__ import annotations

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall


def flag_up(turns: int) -> None:
    for _ in range(turns):
        syscall("bench_flag", True)


def flag_down(turns: int) -> None:
    for _ in range(turns):
        syscall("bench_flag", False)


syscall("bench_report", least(flag_up, env["turns"]) - least(flag_down, env["turns"]))
