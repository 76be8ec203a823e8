"""A server's alarms: things to do at a machine time, kept beside its message loop.

The loop asks `timeout_ms()` how long it may wait for a message, and calls `ring()` when that time is over. While no
alarm is set, neither asks for the time.

Called by   DKMS's loop and its parts.
Owns        the alarms of one server, by key; setting a key again replaces its alarm.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

NEVER = float("inf")


class Alarms:
    """A handful of alarms. Finding the next one looks at all of them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now  # machine time, seconds
        self.pending: dict[Hashable, tuple[float, Callable[[], object]]] = {}

    def set(self, key: Hashable, due: float, action: Callable[[], object]) -> None:
        """Have *action* called at machine time *due* (seconds)."""
        self.pending[key] = due, action

    def clear(self, key: Hashable) -> None:
        """Forget an alarm; one that is not set is no mistake."""
        self.pending.pop(key, None)

    def due(self, key: Hashable) -> float:
        """When an alarm is due; infinity if it is not set."""
        alarm = self.pending.get(key)
        return NEVER if alarm is None else alarm[0]

    def timeout_ms(self) -> int | None:
        """Milliseconds until the next alarm, rounded up, 0 if one is due; None if none is set."""
        if not self.pending:
            return None
        left_s = min(due for due, _ in self.pending.values()) - self.now()
        return max(0, -int(-left_s * 1000 // 1))

    def ring(self) -> None:
        """Call the actions that are due, earliest first; each is forgotten before it is called."""
        now = self.now()
        ready = [(due, order, key) for order, (key, (due, _)) in enumerate(self.pending.items()) if due <= now]
        for _, _, key in sorted(ready, key=lambda item: item[:2]):
            alarm = self.pending.pop(key, None)
            if alarm is not None:
                alarm[1]()
