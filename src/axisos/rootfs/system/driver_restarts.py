"""When a driver that has crashed is started again, and when it is given up.

    crash -> wait 1 s -> start -> crash -> wait 2 s -> start -> crash -> wait 4 s -> start -> crash -> given up

Only the restarts of the last minute count. A driver that is given up is in quarantine: hot plug does not load it, only
a load that somebody asks for by name does, which also forgets what was.

Called by   `driver_endings`, for each crash, and when somebody asks for a driver by name.
Owns        the times of the restarts, by path and component address.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Place = tuple[str, str | None]  # path of the driver file, address of its component

WINDOW_S = 60.0
MAX_RESTARTS = 3  # within the window
FIRST_DELAY_S = 1.0  # doubled each time


class RestartBudget:
    """The books of one machine."""

    def __init__(self) -> None:
        self._times: dict[Place, list[float]] = {}

    def delay(self, place: Place, now: float) -> float | None:
        """The driver there has crashed at *now* (seconds): how long to wait before it is started; None for no more."""
        times = [time for time in self._times.get(place, ()) if time > now - WINDOW_S]
        if len(times) >= MAX_RESTARTS:
            self._times.pop(place, None)
            return None
        delay_s: float = FIRST_DELAY_S * 2 ** len(times)
        self._times[place] = [*times, now]
        return delay_s

    def forgive(self, place: Place) -> None:
        """Somebody asks for this driver by name: it begins anew."""
        self._times.pop(place, None)
