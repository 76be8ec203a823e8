"""Times its own turns among `others` that give way: processes started before, or threads that it starts itself.

Settings: others, threads (whether they are its own), turns.
"""

from __future__ import annotations

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall


def give_way(turns: int) -> None:
    for _ in range(turns):
        syscall("process_yield")


def give_way_for_ever() -> None:
    while True:
        syscall("process_yield")


if env["threads"]:
    for _ in range(env["others"]):
        syscall("process_thread", give_way_for_ever)
give_way(2)  # the others start in their first turn
syscall("bench_report", least(give_way, env["turns"], 15))
