"""Events: a flag to wait for (manual, chapter 13.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_EVENT
from executive.ke_ipc.dispatcher import Dispatcher
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.ob_manager import ObjectManager
    from executive.process import Thread

    Handle = str | int


class Event(Dispatcher):
    """Set until reset (manual), or until one wait has taken it (auto)."""

    __slots__ = ("is_set", "manual_reset")

    def __init__(self, manual_reset: bool, is_set: bool) -> None:
        super().__init__()
        self.manual_reset = manual_reset
        self.is_set = is_set

    def signaled(self, thread: Thread) -> bool:
        """Set."""
        return self.is_set

    def consume(self, thread: Thread) -> bool:
        """An auto-reset event is taken by the one wait that it satisfies."""
        if not self.manual_reset:
            self.is_set = False
        return False


class Events:
    """The event calls of one machine."""

    def __init__(self, ob: ObjectManager, waits: Waits) -> None:
        self._ob = ob
        self._waits = waits
        self.event_created = 0
        ob.create_object_type(TYPE_EVENT)

    def _event(self, thread: Thread, handle: Handle) -> Event:
        return self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_EVENT)  # type: ignore[return-value]

    @syscall(rings=ANY_RING)
    def ke_create_event(self, thread: Thread, manual_reset: bool = False, initial: bool = False) -> str:
        """A new event.

        Args:    manual_reset: it stays set until it is reset; otherwise one waiter goes on and it is unset.
        Returns: a handle with all rights.
        Raises:  HANDLE_TABLE_FULL.
        """
        self.event_created += 1
        return self._ob.create_owned(thread.process, TYPE_EVENT, Event(manual_reset, initial))

    @syscall(rings=ANY_RING)
    def ke_set_event(self, thread: Thread, handle: Handle) -> int:
        """Set an event: all waiters of a manual one go on, or one of an auto-reset one.

        Returns: how many threads woke.
        Raises:  INVALID_HANDLE, ACCESS_DENIED, OBJECT_TYPE_MISMATCH.
        """
        event = self._event(thread, handle)
        event.is_set = True
        return self._waits.wake_waiters(event)

    @syscall(rings=ANY_RING)
    def ke_reset_event(self, thread: Thread, handle: Handle) -> bool:
        """Unset an event. Returns: True. Raises: as ke_set_event."""
        self._event(thread, handle).is_set = False
        return True

    @syscall(rings=ANY_RING)
    def ke_pulse_event(self, thread: Thread, handle: Handle) -> int:
        """Wake those who wait now (all, or one), and leave the event unset.

        Returns: how many threads woke.
        Raises:  as ke_set_event.
        """
        event = self._event(thread, handle)
        event.is_set = True
        woken = self._waits.wake_waiters(event)
        event.is_set = False
        return woken
