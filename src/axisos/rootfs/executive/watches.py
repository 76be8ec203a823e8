"""Watches: things to wait for that the system itself signals: changes of the registry, new entries of the log.

A watch is a dispatcher object like an event, so `ke_wait_single` and `ke_wait_multiple` take its handle, together with
others. The registry's keeps what has changed until it is asked: nothing happens unseen between two waits.

    reg_notify(path) --> handle --> ke_wait_single(handle) --> reg_read_changes(handle) --> what changed --> wait again

Called by   the registry and the log, at each change, while anybody watches; the `reg_notify`, `reg_read_changes` and
            `dmesg_notify` calls.
Owns        the watches; they go with their last handle.
Always so   while nobody watches, a change costs the test that finds that out. A watch holds MAX_CHANGES changes at
            most, the newest of each key and value; what is beyond that is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_LOG_WATCH, TYPE_REGISTRY_WATCH
from abi.registry import NOTIFY_ALL, NOTIFY_NAME, NOTIFY_OWNER, NOTIFY_VALUE
from abi.status import Status, StatusError
from executive.ke_ipc.dispatcher import Dispatcher
from executive.registry import KEY_CREATED, KEY_DELETED, OWNER_SET, VALUE_DELETED, VALUE_SET
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.limits import Charge
    from executive.log import KernelLog
    from executive.ob_manager import ObjectManager
    from executive.ob_objects import ObjectHeader
    from executive.process import Process, Thread
    from executive.registry import Key, Registry

    Handle = str | int

MAX_CHANGES = 256  # that wait to be read, of one watch

_BIT = {
    KEY_CREATED: NOTIFY_NAME,
    KEY_DELETED: NOTIFY_NAME,
    VALUE_SET: NOTIFY_VALUE,
    VALUE_DELETED: NOTIFY_VALUE,
    OWNER_SET: NOTIFY_OWNER,
}


class Watch(Dispatcher):
    """Something that the system signals by itself."""

    __slots__ = ("charge",)

    def __init__(self, charge: Charge) -> None:
        super().__init__()
        self.charge = charge


class RegistryWatch(Watch):
    """What has changed at a key, and below it, since it was last asked."""

    __slots__ = ("_changes", "filter", "key", "lost", "subtree")

    def __init__(self, charge: Charge, key: Key, subtree: bool, filter: int) -> None:
        super().__init__(charge)
        self.key: Key | None = key  # None once it was deleted
        self.subtree = subtree
        self.filter = filter
        self._changes: dict[tuple[str, str | None], str] = {}  # (path, name of a value) -> what happened, last
        self.lost = 0

    def signaled(self, thread: Thread) -> bool:
        """There are changes to be read, or there will never be any."""
        return bool(self._changes) or self.lost > 0 or self.key is None

    def note(self, path: str, name: str | None, what: str) -> None:
        """Keep a change until it is read. Of one key or value only the newest is worth telling."""
        self._changes.pop((path, name), None)
        if len(self._changes) < MAX_CHANGES:
            self._changes[path, name] = what
        else:
            self.lost += 1

    def take(self) -> tuple[list[object], int]:
        """What has changed, in order, and how many changes are missing from that; both only once."""
        changes, lost = self._changes, self.lost
        self._changes, self.lost = {}, 0
        return [{"change": what, "path": path, "name": name} for (path, name), what in changes.items()], lost


class LogWatch(Watch):
    """Set by each new entry of the log until one wait has taken it."""

    __slots__ = ("is_set",)

    def __init__(self, charge: Charge) -> None:
        super().__init__(charge)
        self.is_set = False

    def signaled(self, thread: Thread) -> bool:
        """There was an entry since the last wait."""
        return self.is_set

    def consume(self, thread: Thread) -> bool:
        """The news is taken."""
        self.is_set = False
        return False


class Watches:
    """The watches of one machine."""

    def __init__(self, registry: Registry, log: KernelLog, ob: ObjectManager, waits: Waits) -> None:
        self._registry = registry
        self._log = log
        self._ob = ob
        self._waits = waits
        self._of_registry = 0  # how many there are
        self._of_log: dict[LogWatch, None] = {}
        ob.create_object_type(TYPE_REGISTRY_WATCH, close=self._registry_watch_closed)
        ob.create_object_type(TYPE_LOG_WATCH, close=self._log_watch_closed)

    # --- the registry ------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def reg_notify(self, thread: Thread, path: str, subtree: bool = True, changes: int = NOTIFY_ALL) -> str:
        """Watch a key of the registry.

        Args:    subtree: also all keys below it; otherwise its values, and which keys are directly below it. changes:
                 the sum of what is to be told: 1 keys made and deleted, 4 values set and deleted, 8 owners.
        Returns: a handle to wait for: it is signaled while there are changes that `reg_read_changes` has not given
                 out, and for good when the key itself was deleted.
        Raises:  REGISTRY_KEY_NOT_FOUND, INVALID_PARAMETER, HANDLE_TABLE_FULL; QUOTA_EXCEEDED at the limits watches
                 and user_watches.
        """
        if changes <= 0 or changes & ~NOTIFY_ALL:
            raise StatusError(Status.INVALID_PARAMETER, f"reg_notify: no changes have the number {changes}")
        key = self._registry.existing(path)
        watch = RegistryWatch(thread.process.charge_for("watches"), key, subtree, changes)
        handle = self._hold(thread.process, TYPE_REGISTRY_WATCH, watch)
        key.watches += (watch,)
        self._of_registry += 1
        self._registry.on_change = self._changed
        return handle

    @syscall(rings=ANY_RING)
    def reg_read_changes(self, thread: Thread, handle: Handle) -> dict[str, object]:
        """What has changed at a watched key since the last time; the watch is unsignaled then.

        Returns: {changes, lost}. changes: [{change, path, name}], in order, the newest of each key and value; change:
                 `key_created`, `key_deleted`, `value_set`, `value_deleted` or `owner_set`; name: the value's, else
                 None. lost: how many more there were than the 256 that a watch holds.
        Raises:  INVALID_HANDLE, ACCESS_DENIED, OBJECT_TYPE_MISMATCH; REGISTRY_KEY_NOT_FOUND when the key itself was
                 deleted, and all that came before was told.
        """
        watch = self._ob.body_of(thread.process, handle, mask.READ, TYPE_REGISTRY_WATCH)
        assert type(watch) is RegistryWatch
        changes, lost = watch.take()
        if watch.key is None and not changes and not lost:
            raise StatusError(Status.REGISTRY_KEY_NOT_FOUND, "the key that was watched is deleted")
        return {"changes": changes, "lost": lost}

    def _changed(self, key: Key, what: str, name: str | None) -> None:
        """Tell those who watch the key, or a key above it."""
        bit = _BIT[what]
        told: list[RegistryWatch] = []
        if what is KEY_DELETED:
            told += key.watches
            self._of_registry -= len(key.watches)
            for watch in key.watches:
                watch.key = None
            key.watches = ()
        at: Key | None = key.parent if bit == NOTIFY_NAME else key  # where a watch hears of it without its subtree
        is_near = True
        while at is not None:
            told += [each for each in at.watches if each.filter & bit and (is_near or each.subtree)]
            at, is_near = at.parent, False
        for watch in told:
            watch.note(key.path, name, what)
            self._waits.wake_waiters(watch)
        if not self._of_registry:
            self._registry.on_change = None

    def _registry_watch_closed(self, header: ObjectHeader) -> None:
        watch = header.body
        assert isinstance(watch, RegistryWatch)
        watch.charge.release()
        key, watch.key = watch.key, None
        if key is not None and watch in key.watches:
            key.watches = tuple([each for each in key.watches if each is not watch])
            self._of_registry -= 1
            if not self._of_registry:
                self._registry.on_change = None

    # --- the log -----------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def dmesg_notify(self, thread: Thread) -> str:
        """Watch the kernel's log.

        Returns: a handle to wait for: a new entry signals it, and one wait takes the signal.
        Raises:  HANDLE_TABLE_FULL; QUOTA_EXCEEDED at the limits watches and user_watches.
        """
        watch = LogWatch(thread.process.charge_for("watches"))
        handle = self._hold(thread.process, TYPE_LOG_WATCH, watch)
        self._of_log[watch] = None
        self._log.on_entry = self._logged
        return handle

    def _logged(self) -> None:
        for watch in list(self._of_log):
            watch.is_set = True
            if watch.waiters:
                self._waits.wake_waiters(watch)

    def _log_watch_closed(self, header: ObjectHeader) -> None:
        watch = header.body
        assert isinstance(watch, LogWatch)
        watch.charge.release()
        self._of_log.pop(watch, None)
        if not self._of_log:
            self._log.on_entry = None

    def _hold(self, process: Process, type_name: str, watch: Watch) -> str:
        """A handle to a new watch; it counts no more if there is none."""
        try:
            return self._ob.create_owned(process, type_name, watch)
        except BaseException:
            watch.charge.release()
            raise
