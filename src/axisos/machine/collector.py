"""Whether Python's garbage collector is running: finalizers run inside it, and nothing may switch away from there.

A greenlet that is left in the middle of a collection keeps the collector occupied for everybody, for as long as it
is not switched back to.

Called by   the machine, when it is switched on and off; the kernel looks at `running` before it switches, and has it
            collect what dead programs held.
"""

from __future__ import annotations

import gc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class CollectorWatch:
    """Follows the collector of this Python while its machine is on."""

    __slots__ = ("on_start", "running")

    def __init__(self) -> None:
        self.running = False
        self.on_start: Callable[[], None] | None = None  # the kernel's

    def start(self) -> None:
        """Begin to follow; once more does nothing."""
        if self._note not in gc.callbacks:
            gc.callbacks.append(self._note)

    def stop(self) -> None:
        """Follow no longer."""
        if self._note in gc.callbacks:
            gc.callbacks.remove(self._note)
        self.running = False
        self.on_start = None

    def collect(self) -> None:
        """Have it go over everything now."""
        gc.collect()

    def _note(self, phase: str, _info: dict[str, int]) -> None:
        self.running = phase == "start"
        if self.running and self.on_start is not None:
            self.on_start()
