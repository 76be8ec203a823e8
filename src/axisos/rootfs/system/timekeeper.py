"""A server's alarms: things to do at a machine time, kept by a thread beside its message loop.

    server                                      thread
      | set(key, due, action)                     |
      |------------ wake_me(due) ---------------->|   only when no earlier alarm is set
      | serves                                    | waits
      |<----------- wake -------------------------|
      | ring() calls what is due

The loop itself never asks for the time and never waits with a limit, which would cost every message.

Called by   the Pipeline Manager and DKMS.
Owns        the alarms of one server, by key; setting a key again replaces its alarm. While none is set, the thread
            sleeps without a limit.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import Any

NEVER = float("inf")


class Timekeeper:
    """A handful of alarms. Finding the next one looks at all of them."""

    def __init__(self, syscall: Callable[..., Any]) -> None:
        self._syscall = syscall
        self._pending: dict[Hashable, tuple[float, Callable[[], object]]] = {}
        self._thread = 0  # pid of the thread; started when the first alarm is set
        self._server_pid = 0
        self._wakes_at = NEVER

    def now(self) -> float:
        """Machine time, seconds."""
        now_s: float = self._syscall("time_get")[0]
        return now_s

    def set(self, key: Hashable, due: float, action: Callable[[], object]) -> None:
        """Have *action* called in the server's loop at machine time *due* (seconds)."""
        self._pending[key] = due, action
        if due < self._wakes_at:
            self._wake_at(due)

    def set_in(self, key: Hashable, delay_s: float, action: Callable[[], object]) -> None:
        """Have *action* called in so many seconds."""
        self.set(key, self.now() + delay_s, action)

    def clear(self, key: Hashable) -> None:
        """Forget an alarm; one that is not set is no mistake."""
        self._pending.pop(key, None)

    def is_set(self, key: Hashable) -> bool:
        """Whether an alarm is set."""
        return key in self._pending

    def is_from_thread(self, sender: int) -> bool:
        """Whether a message `wake` is to be believed."""
        return sender == self._thread

    def ring(self) -> None:
        """Call the actions that are due, earliest first; each is forgotten before it is called."""
        self._wakes_at = NEVER
        try:
            now = self.now()
            ready = [(due, order, key) for order, (key, (due, _)) in enumerate(self._pending.items()) if due <= now]
            for _, _, key in sorted(ready, key=lambda item: item[:2]):
                alarm = self._pending.pop(key, None)
                if alarm is not None:
                    alarm[1]()
        finally:  # an action that failed must not stop the clock of the others
            following = min((due for due, _ in self._pending.values()), default=NEVER)
            if following < self._wakes_at:
                self._wake_at(following)

    def _wake_at(self, due: float) -> None:
        if not self._thread:
            self._server_pid = self._syscall("process_get_pid")
            self._thread = self._syscall("process_thread", self._keep_time)
        self._wakes_at = due
        self._syscall("signal_send", self._thread, "wake_me", due)

    def _keep_time(self) -> None:
        """The thread: waits until the earliest time that it was told, then says so."""
        syscall = self._syscall
        due = NEVER
        while True:
            message = syscall("signal_pull", None if due == NEVER else _milliseconds(due - self.now()))
            if message is not None and message[0] == self._server_pid and message[1] == "wake_me":
                due = min(due, message[2])
            if due <= self.now():
                due = NEVER
                syscall("signal_send", self._server_pid, "wake")


def _milliseconds(seconds: float) -> int:
    """Whole milliseconds, rounded up, so that nobody is woken too early."""
    return max(0, -int(-seconds * 1000 // 1))
