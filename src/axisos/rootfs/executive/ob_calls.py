"""The system calls of the Object Manager and of synapse tokens (manual, chapters 6, 7 and 15)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_SYMBOLIC_LINK
from abi.status import Status, StatusError
from executive.ob_objects import ObjectHeader, allowed_access
from executive.syscalls import ANY_RING, DRIVERS, SERVICES, syscall

if TYPE_CHECKING:
    from executive.ob_manager import ObjectManager
    from executive.process import Process, Thread
    from executive.processes import ProcessManager

    Handle = str | int


class ObjectCalls:
    """Objects, handles and tokens, as processes see them."""

    def __init__(self, ob: ObjectManager, processes: ProcessManager) -> None:
        self._ob = ob
        self._processes = processes
        self.closing_for: Process | None = None  # the service that closes a handle and sees to the rest itself

    # --- objects: services only --------------------------------------------------------------------------------

    @syscall(rings=SERVICES)
    def ob_create_object(self, thread: Thread, type_name: str, body: object) -> ObjectHeader:
        """A new object with one reference, the caller's. Raises: OBJECT_TYPE_MISMATCH for an unknown type."""
        return self._ob.create_object(type_name, body)

    @syscall(rings=SERVICES)
    def ob_reference_object(self, thread: Thread, header: ObjectHeader) -> bool:
        """Take a reference. Returns: True."""
        self._ob.reference_object(_header(header))
        return True

    @syscall(rings=SERVICES)
    def ob_dereference_object(self, thread: Thread, header: ObjectHeader) -> bool:
        """Give a reference back. Returns: True."""
        self._ob.dereference_object(_header(header))
        return True

    @syscall(rings=SERVICES)
    def ob_insert_object(self, thread: Thread, header: ObjectHeader, path: str) -> bool:
        """Name an object; the caller's reference is the name's from then on, and goes with it.

        Returns: True.
        Raises:  OBJECT_NAME_INVALID, OBJECT_NAME_COLLISION, OBJECT_NAME_NOT_FOUND (no such directory),
                 INVALID_PARAMETER (it has a name already), DELETE_PENDING.
        """
        self._ob.insert_object(_header(header), path)
        return True

    @syscall(rings=SERVICES)
    def ob_lookup_object(self, thread: Thread, path: str) -> ObjectHeader:
        """The object of a name; links are followed. Raises: OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID."""
        return self._ob.lookup_object(path)

    @syscall(rings=SERVICES)
    def ob_delete_object(self, thread: Thread, path: str) -> bool:
        """Take a name away.

        Returns: True.
        Raises:  OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, ACCESS_DENIED (permanent), DIRECTORY_NOT_EMPTY.
        """
        self._ob.delete_object(path)
        return True

    @syscall(rings=SERVICES)
    def ob_create_symlink(self, thread: Thread, path: str, target: str) -> bool:
        """Make *path* another name of *target*.

        Returns: True.
        Raises:  OBJECT_NAME_INVALID, OBJECT_NAME_COLLISION, OBJECT_NAME_NOT_FOUND (no such directory).
        """
        self._ob.create_symbolic_link(path, target)
        return True

    @syscall(rings=SERVICES)
    def ob_delete_symlink(self, thread: Thread, path: str) -> bool:
        """Take a link away. Returns: True. Raises: OBJECT_NAME_NOT_FOUND; OBJECT_TYPE_MISMATCH for what is no link."""
        self._ob.delete_object(path, TYPE_SYMBOLIC_LINK)
        return True

    @syscall(rings=SERVICES)
    def ob_dump_directory(self, thread: Thread) -> list[dict[str, object]]:
        """Every named object. Returns: [{path, type, ref_count, handle_count}], by path."""
        return [
            {
                "path": path,
                "type": header.type,
                "ref_count": header.reference_count,
                "handle_count": header.handle_count,
            }
            for path, header in self._ob.named_objects()
        ]

    # --- handles -----------------------------------------------------------------------------------------------

    @syscall(rings=SERVICES)
    def ob_create_handle(
        self, thread: Thread, pid: int, header: ObjectHeader, access: int = mask.ALL, inheritable: bool = False
    ) -> str:
        """A handle of process *pid* to an object; it holds a reference of its own.

        Args:    access: the rights that it grants. inheritable: whether children of the process get it, too.
        Returns: its token.
        Raises:  NO_SUCH_PROCESS, HANDLE_TABLE_FULL, DELETE_PENDING, INVALID_PARAMETER (rights that there are not).
        """
        return self._ob.create_handle(self._processes.find(pid), _header(header), access, inheritable)

    @syscall(rings=SERVICES)
    def ob_create_owned(self, thread: Thread, pid: int, type_name: str, body: object, access: int = mask.ALL) -> str:
        """A new object that lives as long as somebody has a handle to it, and its first handle, of process *pid*.

        Args:    access: the rights that the handle grants.
        Returns: its token.
        Raises:  NO_SUCH_PROCESS, HANDLE_TABLE_FULL, OBJECT_TYPE_MISMATCH, INVALID_PARAMETER (rights that there are
                 not).
        """
        return self._ob.create_owned(self._processes.find(pid), type_name, body, access)

    @syscall(rings=SERVICES)
    def ob_reference_by_handle(self, thread: Thread, pid: int, handle: Handle, access: int = 0) -> ObjectHeader:
        """The object behind a handle of process *pid*, checked against that process's token and *access*.

        Raises: NO_SUCH_PROCESS, INVALID_HANDLE, SYNAPSE_TOKEN_MISMATCH, SYNAPSE_TOKEN_EXPIRED, ACCESS_DENIED.
        """
        return self._ob.reference_by_handle(self._processes.find(pid), handle, access)

    @syscall(rings=SERVICES)
    def ob_close_handle(self, thread: Thread, pid: int, handle: Handle) -> object:
        """Close a handle of process *pid*.

        Returns: the object's body if that was its last handle (the caller sees to the rest), else None.
        Raises:  NO_SUCH_PROCESS, INVALID_HANDLE, HANDLE_NOT_CLOSABLE.
        """
        self.closing_for = thread.process
        try:
            header = self._ob.close_handle(self._processes.find(pid), handle)
        finally:
            self.closing_for = None
        return header.body if header.handle_count == 0 else None

    @syscall(rings=ANY_RING)
    def ob_duplicate_handle(
        self,
        thread: Thread,
        source_pid: int,
        handle: Handle,
        target_pid: int,
        access: int | None = None,
        inheritable: bool = False,
    ) -> str:
        """A handle of one process to what a handle of another means, with the same rights or fewer.

        Programs may duplicate their own handles for themselves and their children.

        Args:    access: rights of the new handle, None for the same. inheritable: whether children of the target
                 process get it, too.
        Returns: the new token, which is the target process's.
        Raises:  NO_SUCH_PROCESS, INVALID_HANDLE, ACCESS_DENIED, HANDLE_TABLE_FULL, DELETE_PENDING.
        """
        source, target = self._processes.find(source_pid), self._processes.find(target_pid)
        caller = thread.process
        if caller.ring > 1 and (source is not caller or (target is not caller and target.parent is not caller)):
            raise StatusError(Status.ACCESS_DENIED, "ob_duplicate_handle: from yourself, to yourself or a child only")
        return self._ob.duplicate_handle(source, handle, target, access, inheritable)

    @syscall(rings=ANY_RING)
    def ob_set_standard_handle(self, thread: Thread, pid: int, index: int, token: str | None) -> bool:
        """Put an open handle of process *pid* into its slot -10, -11 or -12; None empties the slot.

        Returns: True.
        Raises:  ACCESS_DENIED for another process (rings >= 2), INVALID_PARAMETER, INVALID_HANDLE, NO_SUCH_PROCESS.
        """
        self._ob.set_standard_handle(self._own_or_served(thread, pid), index, token)
        return True

    @syscall(rings=ANY_RING)
    def ob_get_standard_handle(self, thread: Thread, pid: int, index: int) -> str | None:
        """The token in a standard slot, None if it is empty. Raises: ACCESS_DENIED, NO_SUCH_PROCESS."""
        return self._own_or_served(thread, pid).handles.standard.get(index)

    @syscall(rings=ANY_RING)
    def ob_list_handles(self, thread: Thread, pid: int | None = None) -> list[dict[str, object]]:
        """The open handles of the caller or of process *pid*.

        Returns: [{token, type, name, object_id, granted_access, ref_count, handle_count, inheritable, protected,
                 standard, age_s, origin}], oldest first; standard: the slots that hold it, origin: the place in the
                 program where it was made.
        Raises:  ACCESS_DENIED for another process (rings >= 2), NO_SUCH_PROCESS.
        """
        return self._ob.list_handles(self._own_or_served(thread, thread.pid if pid is None else pid))

    @syscall(rings=ANY_RING)
    def ob_query_handles(self, thread: Thread, pid: int | None = None) -> list[dict[str, object]]:
        """The open handles of process *pid*, or of all processes, as far as the caller may see them.

        A program sees those of its user's processes, user 0 those of all; the tokens only of its own.

        Returns: [{pid, image, uid, token, ...}] by pid, then oldest first; the rest as ob_list_handles.
        Raises:  NO_SUCH_PROCESS; ACCESS_DENIED for another user's process.
        """
        caller = thread.process
        sees_all = caller.ring <= 1 or caller.uid == 0
        if pid is None:
            processes = [each for each in self._processes.processes() if sees_all or each.uid == caller.uid]
        else:
            processes = [self._processes.find(pid)]
            if not sees_all and processes[0].uid != caller.uid:
                raise StatusError(Status.ACCESS_DENIED, f"the handles of process {pid} are another user's")
        return [
            {
                **facts,
                "pid": process.pid,
                "image": process.image,
                "uid": process.uid,
                "token": facts["token"] if process is caller or caller.ring <= 1 else None,
            }
            for process in processes
            for facts in self._ob.list_handles(process)
        ]

    @syscall(rings=ANY_RING)
    def ob_set_handle_flags(
        self, thread: Thread, handle: Handle, inheritable: bool | None = None, protected: bool | None = None
    ) -> bool:
        """Say what happens to a handle of the caller's; None leaves a flag as it is.

        Args:    inheritable: children that are started from now on get it, too. protected: it cannot be closed
                 (HANDLE_NOT_CLOSABLE) until that is taken back; the end of its process closes it all the same.
        Returns: True.
        Raises:  INVALID_HANDLE, SYNAPSE_TOKEN_EXPIRED.
        """
        entry = self._ob.resolve(thread.process, handle)
        if inheritable is not None:
            entry.inheritable = inheritable
        if protected is not None:
            entry.protected = protected
        return True

    # --- the namespace, for everybody --------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def ob_open_object(self, thread: Thread, path: str, access: int | None = None) -> str:
        """A handle to a named object; a device is opened with vfs_open instead.

        Args:    path: `\\Directory\\Name`; links are followed. access: rights wanted, None for all that the caller may
                 have: by owner, group and mode r is GENERIC_READ and SYNCHRONIZE, w GENERIC_WRITE.
        Returns: its token.
        Raises:  OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, ACCESS_DENIED, DELETE_PENDING, HANDLE_TABLE_FULL,
                 INVALID_PARAMETER.
        """
        return self._ob.open_object(thread.process, path, access)

    @syscall(rings=ANY_RING)
    def ob_query_directory(self, thread: Thread, path: str = "\\") -> list[dict[str, object]]:
        """What stands in a directory of the namespace.

        Returns: [{name, path, type, target, object_id, ref_count, handle_count, owner_uid, group_gid, mode,
                 permanent}], by name; target: where a link leads, else None; mode: three octal digits.
        Raises:  OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, NOT_A_DIRECTORY, ACCESS_DENIED.
        """
        if not allowed_access(thread.process, self._ob.lookup_object(path)) & mask.READ:
            raise StatusError(Status.ACCESS_DENIED, f"{path[:80]} may not be read by uid {thread.process.uid}")
        return [
            {
                "name": name,
                "path": header.name,
                "type": header.type,
                "target": header.body if header.type == TYPE_SYMBOLIC_LINK else None,
                "object_id": header.object_id,
                "ref_count": header.reference_count,
                "handle_count": header.handle_count,
                "owner_uid": header.security.owner_uid,
                "group_gid": header.security.group_gid,
                "mode": f"{header.security.mode:03o}",
                "permanent": header.permanent,
            }
            for name, header in self._ob.list_directory(path)
        ]

    @syscall(rings=ANY_RING)
    def ob_query_types(self, thread: Thread) -> dict[str, tuple[int, int]]:
        """All types of objects. Returns: {name: (how many objects there are, how many handles to them)}."""
        return self._ob.query_type_statistics()

    def _own_or_served(self, thread: Thread, pid: int) -> Process:
        target = self._processes.find(pid)
        if thread.process.ring > 1 and target is not thread.process:
            raise StatusError(Status.ACCESS_DENIED, f"the handles of process {pid} are not yours")
        return target

    # --- synapse tokens ----------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def synapse_get_token(self, thread: Thread) -> str:
        """The calling process's own token. Returns: `SYN-` and four groups of four hexadecimal digits."""
        return thread.process.token

    @syscall(rings=DRIVERS)
    def synapse_validate(self, thread: Thread, pid: int, token: str) -> bool:
        """Whether *token* is the present token of process *pid*. Raises: NO_SUCH_PROCESS."""
        return hmac.compare_digest(self._processes.find(pid).token.encode(), token.encode("utf-8", "replace"))

    @syscall(rings=SERVICES)
    def synapse_rotate(self, thread: Thread, pid: int | None = None) -> str:
        """Give a process (None: the caller) a new token and close its handles.

        Returns: the new token.
        Raises:  NO_SUCH_PROCESS.
        """
        return self._processes.rotate_token(self._processes.find(thread.pid if pid is None else pid))


def _header(value: object) -> ObjectHeader:
    if type(value) is not ObjectHeader:
        raise StatusError(Status.INVALID_PARAMETER, "the argument is not an object header")
    return value
