"""Threads that sleep until one moment after another, closer together than they can be served.

Settings: threads, rounds. Reports the seconds from one to the next, the least of the rounds, without the cost of
reckoning how long to sleep: that takes a system call, too.
"""

from __future__ import annotations

from time import perf_counter

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

ROUND_S = 0.1  # for all to wake and to go to sleep again
SPACING_S = 1e-6


def delay_ms(round: int, number: int) -> float:
    """Milliseconds until a thread's moment in a round."""
    return (start_s + round * ROUND_S + number * SPACING_S - perf_counter()) * 1000


def reckon(turns: int) -> None:
    for turn in range(turns):
        delay_ms(turn, turn)


def start_sleeper(number: int) -> None:
    def sleep() -> None:
        global first_s
        for round in range(1, env["rounds"] + 1):
            syscall("process_sleep", delay_ms(round, number))
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
start_s = 0.0  # any will do for the reckoning
reckoning_s = least(reckon, 100)
start_s = perf_counter()
for number in range(env["threads"]):
    start_sleeper(number)
syscall("ke_wait_single", done)
syscall("bench_report", min(spans) / last - reckoning_s)
