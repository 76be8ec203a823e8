"""Events: a flag to wait for (manual, chapter 13.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_EVENT
from executive.ke_ipc.dispatcher import Dispatcher
from executive.ke_ipc.named_objects import OWNER_ONLY, NamedObjects
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
        self._named = NamedObjects(ob, "\\Event", TYPE_EVENT)

    @syscall(rings=ANY_RING)
    def ke_create_event(
        self,
        thread: Thread,
        manual_reset: bool = False,
        initial: bool = False,
        name: str | None = None,
        permissions: str = OWNER_ONLY,
    ) -> str:
        """A new event.

        Args:    manual_reset: it stays set until it is reset; otherwise one waiter goes on and it is unset. name: by
                 which others open it, None for none. permissions: who may open it, three octal digits for owner, group
                 and others; r waits, w sets.
        Returns: a handle with all rights.
        Raises:  HANDLE_TABLE_FULL; OBJECT_NAME_COLLISION, OBJECT_NAME_INVALID, INVALID_PARAMETER.
        """
        event = Event(manual_reset, initial)
        if name is None and permissions == OWNER_ONLY:  # as nearly all
            handle = self._ob.create_owned(thread.process, TYPE_EVENT, event)
        else:
            handle = self._named.make_held(thread.process, name, event, permissions)
        self.event_created += 1
        return handle

    @syscall(rings=ANY_RING)
    def ke_open_event(self, thread: Thread, name: str) -> str:
        """A handle to the event of that name, with what its permissions allow the caller.

        Raises: OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, ACCESS_DENIED, HANDLE_TABLE_FULL.
        """
        return self._named.open(thread.process, name)

    @syscall(rings=ANY_RING)
    def ke_set_event(self, thread: Thread, handle: Handle) -> int:
        """Set an event: all waiters of a manual one go on, or one of an auto-reset one.

        Returns: how many threads woke.
        Raises:  INVALID_HANDLE, ACCESS_DENIED, OBJECT_TYPE_MISMATCH.
        """
        event = self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_EVENT)
        assert type(event) is Event
        event.is_set = True
        return self._waits.wake_waiters(event) if event.waiters else 0

    @syscall(rings=ANY_RING)
    def ke_reset_event(self, thread: Thread, handle: Handle) -> bool:
        """Unset an event. Returns: True. Raises: as ke_set_event."""
        event = self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_EVENT)
        assert type(event) is Event
        event.is_set = False
        return True

    @syscall(rings=ANY_RING)
    def ke_pulse_event(self, thread: Thread, handle: Handle) -> int:
        """Wake those who wait now (all, or one), and leave the event unset.

        Returns: how many threads woke.
        Raises:  as ke_set_event.
        """
        event = self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_EVENT)
        assert type(event) is Event
        event.is_set = True
        woken = self._waits.wake_waiters(event)
        event.is_set = False
        return woken
