"""The game's clockwork, for machines with timing "oc": call budgets, synchronized calls, pauses.

The clock ticks 20 times a second. Per tick a machine has a budget; a direct call takes its price from it, and waits
for the next tick when the budget is used up; a synchronized call always waits for the next tick. Nothing of this
exists with timing "free", where `Bus.timing` is None.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axisos.machine.clock import Clock
    from axisos.machine.component import Callback, Component

TICK_S = 0.05
BUDGET = 1.5  # processor and memory of tier 3


class OcTiming:
    """Prices and pauses of one machine. `stall(deadline)` lets the machine stand still until that machine time."""

    def __init__(self, clock: Clock, stall: Callable[[float], None]) -> None:
        self._clock = clock
        self._stall = stall
        self._tick = -1
        self._left = 0.0

    def charge(self, price: float) -> None:
        """Take a price from this tick's budget, or wait for the next tick."""
        if price <= 0.0:
            return
        tick = int(self._clock.now() / TICK_S)
        if tick != self._tick:
            self._tick, self._left = tick, BUDGET
        if self._left < price:
            self.next_tick()
            self._tick, self._left = int(self._clock.now() / TICK_S), BUDGET
        self._left -= price

    def next_tick(self) -> None:
        """Stand still until the next tick."""
        self._stall((int(self._clock.now() / TICK_S + 1e-9) + 1) * TICK_S)

    def pause(self, seconds: float) -> None:
        """Stand still for so long."""
        self._stall(self._clock.now() + seconds)

    def wrap(self, component: Component, entry: Callback, method: Callable[..., Any]) -> Callable[..., Any]:
        """The method as a proxy offers it: pay or wait, then call."""
        if entry.direct:

            def paid(*args: Any) -> Any:
                self.charge(component.price(entry, args))
                return method(*args)

            return paid

        def synchronized(*args: Any) -> Any:
            self.next_tick()
            return method(*args)

        return synchronized
