"""The file calls as far as the kernel itself answers them: pipes.

Everything else about files is the Pipeline Manager's, which overrides these calls; where none runs, they say so. Pipe
handles never get that far, so the Pipeline Manager cannot be made to wait by a pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.status import Status, StatusError
from executive.ke_ipc.pipes import PipeEnd
from executive.messages import NOT_DIRECT
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.pipes import Pipes
    from executive.ob_manager import ObjectHeader, ObjectManager
    from executive.process import Thread

    Handle = str | int


class Files:
    """The kernel's share of vfs_read, vfs_write and vfs_close."""

    def __init__(self, ob: ObjectManager, pipes: Pipes) -> None:
        self._ob = ob
        self._pipes = pipes

    def _pipe_end(self, thread: Thread, handle: Handle) -> ObjectHeader | None:
        """The header behind a handle if it is a pipe's."""
        table = thread.process.handles
        token = table.standard.get(handle) if type(handle) is int else handle
        entry = table.entries.get(token)  # type: ignore[arg-type]
        return entry.header if entry is not None and type(entry.header.body) is PipeEnd else None

    def read_pipe(self, thread: Thread, handle: Handle, count: int | None) -> object:
        """vfs_read on a pipe; NOT_DIRECT for any other handle."""
        if self._pipe_end(thread, handle) is None:
            return NOT_DIRECT
        return self._pipes.read(thread, self._pipes.end_of(thread, handle, mask.READ), count)

    def write_pipe(self, thread: Thread, handle: Handle, data: bytes) -> object:
        """vfs_write on a pipe; NOT_DIRECT for any other handle."""
        if self._pipe_end(thread, handle) is None:
            return NOT_DIRECT
        return self._pipes.write(thread, self._pipes.end_of(thread, handle, mask.WRITE), data)

    def close_pipe(self, thread: Thread, handle: Handle) -> object:
        """vfs_close on a pipe; NOT_DIRECT for any other handle."""
        if self._pipe_end(thread, handle) is None:
            return NOT_DIRECT
        self._ob.close_handle(thread.process, handle)
        return True

    @syscall(rings=ANY_RING)
    def vfs_read(self, thread: Thread, handle: Handle, count: int | None = None) -> bytes:
        """Read from a file, device or pipe.

        Args:    handle: a token or -10, -11, -12. count: bytes at most; None for all that is there.
        Returns: bytes; b"" is end of file. Blocks: while a device or pipe has nothing.
        Raises:  INVALID_HANDLE, SYNAPSE_TOKEN_MISMATCH, ACCESS_DENIED, the device's own. (Manual, chapter 8.4.)
        """
        return self._or_missing(self.read_pipe(thread, handle, count))  # type: ignore[return-value]

    @syscall(rings=ANY_RING)
    def vfs_write(self, thread: Thread, handle: Handle, data: bytes) -> int:
        """Write to a file, device or pipe. Returns the number of bytes. Blocks while the other side is full.

        Raises: INVALID_HANDLE, SYNAPSE_TOKEN_MISMATCH, ACCESS_DENIED, DISK_FULL, PIPE_BROKEN, the device's own.
        """
        return self._or_missing(self.write_pipe(thread, handle, data))  # type: ignore[return-value]

    @syscall(rings=ANY_RING)
    def vfs_close(self, thread: Thread, handle: Handle) -> bool:
        """Close a handle. Returns True. Raises: INVALID_HANDLE."""
        if self.close_pipe(thread, handle) is NOT_DIRECT:
            self._ob.close_handle(thread.process, handle)
        return True

    @staticmethod
    def _or_missing(result: object) -> object:
        if result is NOT_DIRECT:
            raise StatusError(Status.NOT_IMPLEMENTED, "files need the Pipeline Manager, which does not run")
        return result
