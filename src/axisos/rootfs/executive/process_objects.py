"""Processes and threads as objects: their ends can be waited for together with anything else (manual, chapter 13.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_PROCESS
from executive.ke_ipc.dispatcher import Dispatcher
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.ob_manager import ObjectManager
    from executive.ob_objects import ObjectHeader
    from executive.process import Thread
    from executive.processes import ProcessManager


class ProcessObject(Dispatcher):
    """A process, or one of its threads: signaled once it has ended, and for ever."""

    __slots__ = ("ended", "header", "target")

    def __init__(self, target: Thread | None) -> None:
        super().__init__()
        self.target = target  # None: it has ended
        self.ended = target is None
        self.header: ObjectHeader | None = None  # while somebody has a handle to it

    def signaled(self, thread: Thread) -> bool:
        """It has ended."""
        return self.ended


class ProcessObjects:
    """The calls about them.

    A thread that has once been opened keeps its object until it ends, also without a handle: somebody may still wait.
    """

    def __init__(self, ob: ObjectManager, waits: Waits, processes: ProcessManager) -> None:
        self._ob = ob
        self._waits = waits
        self._processes = processes
        ob.create_object_type(TYPE_PROCESS, delete=self._deleted)

    def ended(self, thread: Thread) -> None:
        """A thread has ended: whoever waits for that goes on."""
        body, thread.object = thread.object, None
        if body is not None:
            body.ended = True
            body.target = None
            self._waits.wake_waiters(body)

    def _deleted(self, header: ObjectHeader) -> None:
        body = header.body
        assert isinstance(body, ProcessObject)
        body.header = None

    @syscall(rings=ANY_RING)
    def process_open(self, thread: Thread, pid: int) -> str:
        """A handle to wait for the end of a process or thread with, by ke_wait_single and ke_wait_multiple.

        Args:    pid: of a process or a thread; an ended child counts until its status has been taken.
        Returns: its token, which lasts beyond the end; it grants SYNCHRONIZE.
        Raises:  NO_SUCH_PROCESS, HANDLE_TABLE_FULL.
        """
        process = thread.process
        if pid in process.ended_children or pid in process.ended_threads:
            return self._ob.create_owned(process, TYPE_PROCESS, ProcessObject(None), mask.SYNCHRONIZE)
        target = self._processes.find_thread(pid)
        body = target.object
        if body is None:
            body = target.object = ProcessObject(target)
        if body.header is not None:
            return self._ob.create_handle(process, body.header, mask.SYNCHRONIZE)
        body.header = header = self._ob.create_object(TYPE_PROCESS, body)
        try:
            return self._ob.create_handle(process, header, mask.SYNCHRONIZE)
        finally:
            self._ob.dereference_object(header)
