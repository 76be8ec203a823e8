"""Mutexes: one owner at a time, who may acquire again (manual, chapter 13.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_MUTEX
from abi.status import Status, StatusError
from executive.ke_ipc.dispatcher import Dispatcher
from executive.ke_ipc.named_objects import OWNER_ONLY, NamedObjects
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.ob_manager import ObjectManager
    from executive.process import Thread

    Handle = str | int


class Mutex(Dispatcher):
    """Free, or owned by one thread that acquired it *recursion* times."""

    __slots__ = ("abandoned", "owner", "recursion")

    def __init__(self) -> None:
        super().__init__()
        self.owner: Thread | None = None
        self.recursion = 0
        self.abandoned = False

    def signaled(self, thread: Thread) -> bool:
        """Free, or owned by the asker."""
        return self.owner is None or self.owner is thread

    def consume(self, thread: Thread) -> bool:
        """Own it, once more. Returns whether the last owner had died with it."""
        abandoned, self.abandoned = self.abandoned, False
        if self.owner is None:
            self.owner = thread
            thread.mutexes.append(self)
        self.recursion += 1
        return abandoned


class Mutexes:
    """The mutex calls of one machine."""

    def __init__(self, ob: ObjectManager, waits: Waits) -> None:
        self._ob = ob
        self._waits = waits
        self.mutex_created = 0
        ob.create_object_type(TYPE_MUTEX)
        self._named = NamedObjects(ob, "\\Mutex", TYPE_MUTEX)

    def abandon(self, thread: Thread) -> None:
        """A thread has ended: what it owned is free, and the next owner learns of it."""
        owned, thread.mutexes = thread.mutexes, []
        for mutex in owned:
            mutex.owner = None
            mutex.recursion = 0
            mutex.abandoned = True
            self._waits.wake_waiters(mutex)

    @syscall(rings=ANY_RING)
    def ke_create_mutex(
        self, thread: Thread, owned: bool = False, name: str | None = None, permissions: str = OWNER_ONLY
    ) -> str:
        """A new mutex, the caller's at once if *owned*.

        Args:    name, permissions: as of ke_create_event; r acquires, w releases, so one needs both.
        Returns: a handle with all rights.
        Raises:  HANDLE_TABLE_FULL; OBJECT_NAME_COLLISION, OBJECT_NAME_INVALID, INVALID_PARAMETER.
        """
        mutex = Mutex()
        if name is None and permissions == OWNER_ONLY:  # as nearly all
            handle = self._ob.create_owned(thread.process, TYPE_MUTEX, mutex)
        else:
            handle = self._named.make_held(thread.process, name, mutex, permissions)
        if owned:
            mutex.consume(thread)
        self.mutex_created += 1
        return handle

    @syscall(rings=ANY_RING)
    def ke_open_mutex(self, thread: Thread, name: str) -> str:
        """A handle to the mutex of that name, with what its permissions allow the caller.

        Raises: OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, ACCESS_DENIED, HANDLE_TABLE_FULL.
        """
        return self._named.open(thread.process, name)

    @syscall(rings=ANY_RING)
    def ke_release_mutex(self, thread: Thread, handle: Handle) -> bool:
        """Give a mutex back; after as many releases as acquisitions the first waiter gets it.

        Returns: True.
        Raises:  INVALID_HANDLE, ACCESS_DENIED, OBJECT_TYPE_MISMATCH, MUTANT_NOT_OWNED.
        """
        mutex = self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_MUTEX)
        assert isinstance(mutex, Mutex)
        if mutex.owner is not thread:
            raise StatusError(Status.MUTANT_NOT_OWNED, "ke_release_mutex: the mutex is not yours")
        mutex.recursion -= 1
        if mutex.recursion == 0:
            mutex.owner = None
            thread.mutexes.remove(mutex)
            if mutex.waiters:
                self._waits.wake_waiters(mutex)
        return True
