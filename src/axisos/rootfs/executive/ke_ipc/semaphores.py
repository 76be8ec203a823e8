"""Semaphores: a number of permits (manual, chapter 13.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_SEMAPHORE
from abi.status import Status, StatusError
from executive.ke_ipc.dispatcher import Dispatcher
from executive.ke_ipc.named_objects import OWNER_ONLY, NamedObjects
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.ob_manager import ObjectManager
    from executive.process import Thread

    Handle = str | int

MAX_COUNT = 0x7FFFFFFF


class Semaphore(Dispatcher):
    """*count* permits are free, *maximum* at most."""

    __slots__ = ("count", "maximum")

    def __init__(self, count: int, maximum: int) -> None:
        super().__init__()
        self.count = count
        self.maximum = maximum

    def signaled(self, thread: Thread) -> bool:
        """A permit is free."""
        return self.count > 0

    def consume(self, thread: Thread) -> bool:
        """Take a permit."""
        self.count -= 1
        return False


class Semaphores:
    """The semaphore calls of one machine."""

    def __init__(self, ob: ObjectManager, waits: Waits) -> None:
        self._ob = ob
        self._waits = waits
        self.sem_created = 0
        ob.create_object_type(TYPE_SEMAPHORE)
        self._named = NamedObjects(ob, "\\Semaphore", TYPE_SEMAPHORE)

    @syscall(rings=ANY_RING)
    def ke_create_semaphore(
        self,
        thread: Thread,
        initial: int = 1,
        maximum: int = MAX_COUNT,
        name: str | None = None,
        permissions: str = OWNER_ONLY,
    ) -> str:
        """A new semaphore.

        Args:    initial: permits that are free now. maximum: permits that there can be. name, permissions: as of
                 ke_create_event; r waits, w releases.
        Returns: a handle with all rights.
        Raises:  INVALID_PARAMETER unless 0 <= initial <= maximum; HANDLE_TABLE_FULL; OBJECT_NAME_COLLISION,
                 OBJECT_NAME_INVALID.
        """
        if not (0 <= initial <= maximum <= MAX_COUNT and maximum > 0):
            raise StatusError(
                Status.INVALID_PARAMETER,
                f"ke_create_semaphore: 0 <= initial ({initial}) <= maximum ({maximum}) must hold",
            )
        semaphore = Semaphore(initial, maximum)
        if name is None and permissions == OWNER_ONLY:  # as nearly all
            handle = self._ob.create_owned(thread.process, TYPE_SEMAPHORE, semaphore)
        else:
            handle = self._named.make_held(thread.process, name, semaphore, permissions)
        self.sem_created += 1
        return handle

    @syscall(rings=ANY_RING)
    def ke_open_semaphore(self, thread: Thread, name: str) -> str:
        """A handle to the semaphore of that name, with what its permissions allow the caller.

        Raises: OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, ACCESS_DENIED, HANDLE_TABLE_FULL.
        """
        return self._named.open(thread.process, name)

    @syscall(rings=ANY_RING)
    def ke_release_semaphore(self, thread: Thread, handle: Handle, count: int = 1) -> int:
        """Give permits back.

        Returns: how many were free before.
        Raises:  INVALID_HANDLE, ACCESS_DENIED, OBJECT_TYPE_MISMATCH; INVALID_PARAMETER for a count below 1;
                 SEMAPHORE_LIMIT_EXCEEDED, which changes nothing.
        """
        semaphore = self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_SEMAPHORE)
        assert isinstance(semaphore, Semaphore)
        if count < 1:
            raise StatusError(Status.INVALID_PARAMETER, f"ke_release_semaphore: {count} permits cannot be given back")
        if semaphore.count + count > semaphore.maximum:
            raise StatusError(
                Status.SEMAPHORE_LIMIT_EXCEEDED,
                f"ke_release_semaphore: {semaphore.count} + {count} > {semaphore.maximum}",
            )
        previous = semaphore.count
        semaphore.count += count
        if semaphore.waiters:
            self._waits.wake_waiters(semaphore)
        return previous
