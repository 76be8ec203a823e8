"""Threads that sleep until one moment after another, closer together than they can be served.

Settings: threads, rounds. Reports the seconds from one to the next, the least of the rounds.
"""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

ROUND_S = 0.1  # for all to wake and to go to sleep again
SPACING_S = 1e-6


def start_sleeper(number: int) -> None:
    def sleep() -> None:
        global first_s
        for round in range(1, env["rounds"] + 1):
            due_s = start_s + round * ROUND_S + number * SPACING_S
            syscall("process_sleep", (due_s - perf_counter()) * 1000)
            if number == 0:
                first_s = perf_counter()
            elif number == last:
                spans.append(perf_counter() - first_s)
        if number == last:
            syscall("ke_set_event", done)

    syscall("process_thread", sleep)


last = env["threads"] - 1
first_s = 0.0
spans: list[float] = []
done = syscall("ke_create_event")
start_s = perf_counter()
for number in range(env["threads"]):
    start_sleeper(number)
syscall("ke_wait_single", done)
syscall("bench_report", min(spans) / last)
