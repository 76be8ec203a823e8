"""Ring 3: calls `bench_echo`. Settings: turns."""

from __future__ import annotations

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall


def call(turns: int) -> None:
    for _ in range(turns):
        syscall("bench_echo")


def call_with_data(turns: int) -> None:
    data = {"path": "/tmp/file", "sizes": [1, 2, 3]}
    for _ in range(turns):
        syscall("bench_echo", data)


turns = env["turns"]
syscall("bench_report", {"call": least(call, turns), "with_data": least(call_with_data, max(1, turns // 4))})
