"""The file calls as far as the kernel itself answers them: reading and writing pipes, closing all that is no file.

Everything else about files is the Pipeline Manager's, which overrides these calls; where none runs, they say so. Pipe
handles never get that far, so the Pipeline Manager cannot be made to wait by a pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import DISPATCH_LEVEL, TYPE_FILE
from abi.status import Status, StatusError
from executive.ke_ipc.pipes import PipeEnd
from executive.messages import NOT_DIRECT
from executive.syscalls import ANY_RING, SECOND_NS, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.pipes import Pipes
    from executive.ob_manager import HandleEntry, ObjectManager
    from executive.process import Thread, Wait
    from executive.scheduler import Scheduler

    Handle = str | int

CATEGORY_DEVICE = "device"  # of an open file's body: the Pipeline Manager says so (manual, chapter 6.2)
WAIT_OUTPUT = "output"


class Files:
    """The kernel's share of vfs_read, vfs_write and vfs_close."""

    def __init__(self, ob: ObjectManager, pipes: Pipes, scheduler: Scheduler) -> None:
        self._ob = ob
        self._pipes = pipes
        self._scheduler = scheduler

    def _entry(self, thread: Thread, handle: Handle) -> HandleEntry | None:
        """What a handle of the thread's process stands for, whatever it grants; None if there is no such handle."""
        table = thread.process.handles
        token = table.standard.get(handle) if type(handle) is int else handle
        return table.entries.get(token)  # type: ignore[arg-type]

    def read_pipe(self, thread: Thread, handle: Handle, count: int | None) -> object:
        """vfs_read on a pipe; NOT_DIRECT for any other handle."""
        entry = self._entry(thread, handle)
        if entry is None or type(entry.header.body) is not PipeEnd:
            return NOT_DIRECT
        return self._pipes.read(thread, self._pipes.end_of(thread, handle, mask.READ), count)

    def write_pipe(self, thread: Thread, handle: Handle, data: bytes) -> object:
        """vfs_write on a pipe; NOT_DIRECT for any other handle, after a pause if it is a device's and too much."""
        entry = self._entry(thread, handle)
        body = entry.header.body if entry is not None else None
        if type(body) is PipeEnd:
            return self._pipes.write(thread, self._pipes.end_of(thread, handle, mask.WRITE), data)
        if thread.process.ring > 2 and getattr(body, "category", None) == CATEGORY_DEVICE:
            self._pace_output(thread, len(data))
        return NOT_DIRECT

    def _pace_output(self, thread: Thread, size: int) -> None:
        """Hold a program up that writes to devices faster than its limit allows; a second's worth may come at once."""
        process = thread.process
        now_ns = self._scheduler.now_ns()
        cost_ns = size * SECOND_NS // process.limits.output_bytes_per_second
        paid_ns = max(process.output_paid_ns, now_ns - SECOND_NS) + cost_ns
        process.output_paid_ns = paid_ns
        if paid_ns > now_ns and thread.irql < DISPATCH_LEVEL:
            deadline = self._scheduler.call_at(paid_ns, self._go_on, thread.wait)
            try:
                self._scheduler.block(thread, WAIT_OUTPUT)
            finally:
                deadline.cancel()

    def _go_on(self, wait: Wait) -> None:
        self._scheduler.wake(wait, None)

    def close_object(self, thread: Thread, handle: Handle) -> object:
        """vfs_close on whatever is not a file; NOT_DIRECT for files."""
        entry = self._entry(thread, handle)
        if entry is None or entry.header.type_object.name == TYPE_FILE:
            return NOT_DIRECT
        self._ob.close_handle(thread.process, handle)
        return True

    @syscall(rings=ANY_RING)
    def vfs_read(self, thread: Thread, handle: Handle, count: int | None = None) -> bytes:
        """Read from a file, device or pipe.

        Args:    handle: a token or -10, -11, -12. count: bytes at most; None for all that is there.
        Returns: bytes; b"" is end of file.
        Blocks:  while a device or pipe has nothing.
        Raises:  INVALID_HANDLE, SYNAPSE_TOKEN_MISMATCH, SYNAPSE_TOKEN_EXPIRED, ACCESS_DENIED, OBJECT_TYPE_MISMATCH,
                 the device's own.
        """
        return self._or_missing(self.read_pipe(thread, handle, count))  # type: ignore[return-value]

    @syscall(rings=ANY_RING)
    def vfs_write(self, thread: Thread, handle: Handle, data: bytes) -> int:
        """Write to a file, device or pipe.

        Args:    handle: a token or -10, -11, -12.
        Returns: the number of bytes written.
        Blocks:  while the device or pipe is full, and at the limit output_bytes_per_second.
        Raises:  INVALID_HANDLE, SYNAPSE_TOKEN_MISMATCH, SYNAPSE_TOKEN_EXPIRED, ACCESS_DENIED, OBJECT_TYPE_MISMATCH,
                 DISK_FULL, PIPE_BROKEN, the device's own.
        """
        return self._or_missing(self.write_pipe(thread, handle, data))  # type: ignore[return-value]

    @syscall(rings=ANY_RING)
    def vfs_close(self, thread: Thread, handle: Handle) -> bool:
        """Close a handle of any kind; with the last one to it, the file, device, pipe end or object is closed.

        Returns: True.
        Raises:  INVALID_HANDLE, HANDLE_NOT_CLOSABLE.
        """
        if self.close_object(thread, handle) is NOT_DIRECT:
            self._ob.close_handle(thread.process, handle)
        return True

    @staticmethod
    def _or_missing(result: object) -> object:
        if result is NOT_DIRECT:
            raise StatusError(Status.NOT_IMPLEMENTED, "files need the Pipeline Manager, which does not run")
        return result
