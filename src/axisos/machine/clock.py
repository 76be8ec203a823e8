"""Machine time: a clock that follows the host's, and one that jumps.

Both count from power-on (`now`, `now_ns`) and, for the host's own time limits, from the machine's making
(`lifetime_ns`). The jumping clock moves only when somebody moves it: the kernel (`advance_ns` per checkpoint and
call) and the host (`jump_to_ns` to the next deadline); so a run is a matter of arithmetic.
"""

from __future__ import annotations

from time import monotonic_ns, process_time_ns, time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SIMULATED_EPOCH_S = 1_704_067_200.0  # 2024-01-01 00:00 UTC: what a seeded machine's calendar shows at its making


class Clock:
    """What both clocks offer."""

    simulated: bool

    processor_ns: Callable[[], int]  # what this process has used of the host's processors; only differences count
    ticks_ns: Callable[[], int]  # nanoseconds since some moment: only differences mean something; the cheapest to call

    def now_ns(self) -> int:
        """Nanoseconds since power-on."""
        raise NotImplementedError

    def now(self) -> float:
        """Seconds since power-on."""
        return self.now_ns() / 1e9

    def lifetime_ns(self) -> int:
        """Nanoseconds since the machine was made; goes on over reboots."""
        raise NotImplementedError

    def real_time(self) -> float:
        """Seconds since 1970, UTC."""
        raise NotImplementedError

    def restart(self) -> None:
        """Power-on: count from zero again."""
        raise NotImplementedError

    def advance_ns(self, duration_ns: int) -> None:
        """Let time go by (the jumping clock; the real one does so by itself)."""

    def jump_to_ns(self, when_ns: int) -> None:
        """Go forward to a machine time, never back (the jumping clock)."""


class RealClock(Clock):
    """Follows the host's monotonic clock."""

    simulated = False
    ticks_ns = staticmethod(monotonic_ns)
    processor_ns = staticmethod(process_time_ns)

    def __init__(self) -> None:
        self._made_ns = self._start_ns = monotonic_ns()

    def now_ns(self) -> int:
        return monotonic_ns() - self._start_ns

    def now(self) -> float:
        return (monotonic_ns() - self._start_ns) / 1e9

    def lifetime_ns(self) -> int:
        return monotonic_ns() - self._made_ns

    def real_time(self) -> float:
        return time()

    def restart(self) -> None:
        self._start_ns = monotonic_ns()


class JumpingClock(Clock):
    """Moves only when told to."""

    simulated = True

    def __init__(self) -> None:
        self._ns = 0
        self._before_ns = 0  # of earlier power cycles
        self.ticks_ns = self.processor_ns = self.now_ns

    def now_ns(self) -> int:
        return self._ns

    def now(self) -> float:
        return self._ns / 1e9

    def lifetime_ns(self) -> int:
        return self._before_ns + self._ns

    def real_time(self) -> float:
        return SIMULATED_EPOCH_S + (self._before_ns + self._ns) / 1e9

    def restart(self) -> None:
        self._before_ns += self._ns
        self._ns = 0

    def advance_ns(self, duration_ns: int) -> None:
        self._ns += duration_ns

    def jump_to_ns(self, when_ns: int) -> None:
        if when_ns > self._ns:
            self._ns = when_ns
