"""Pipes: bytes from one process to another, through a bounded buffer (manual, chapter 13.6).

A pipe is one buffer with two ends, each an object of its own: an end is open while some process has a handle to it.
Reading an empty pipe waits for data until the last write handle is closed; writing a full one waits for room, and
writing one that nobody can read any more raises SIGPIPE.

Always so   bytes come out in the order in which they went in; a write of up to 4,096 bytes is not interleaved with
            others; every waiter is woken when an end closes.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_PIPE
from abi.signals import SIGPIPE
from abi.status import Status, StatusError
from executive.ke_ipc.dispatcher import Dispatcher, require_passive
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.ke_ipc.posix_signals import PosixSignals
    from executive.ob_manager import ObjectHeader, ObjectManager
    from executive.process import Thread, Wait
    from executive.scheduler import Scheduler

    Handle = str | int

WAIT_READ = "pipe_read"
WAIT_WRITE = "pipe_write"
DEFAULT_SIZE = 4096
MAX_SIZE = 65_536
ATOMIC_WRITE = 4096


class Pipe:
    """The buffer, and who waits at its ends."""

    __slots__ = (
        "buffered",
        "chunks",
        "max_size",
        "read_waits",
        "readable",
        "reader",
        "writable",
        "write_waits",
        "writer",
    )

    def __init__(self, max_size: int) -> None:
        self.max_size = max_size
        self.chunks: deque[bytes] = deque()
        self.buffered = 0  # bytes
        self.reader = PipeEnd(self, False)
        self.writer = PipeEnd(self, True)
        self.readable = True  # some handle to the read end is open
        self.writable = True
        self.read_waits: deque[Wait] = deque()
        self.write_waits: deque[Wait] = deque()

    def take(self, count: int | None) -> bytes:
        """Up to *count* bytes from the front."""
        chunks = self.chunks
        if count is None or count >= self.buffered:
            data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
            chunks.clear()
            self.buffered = 0
            return data
        taken = []
        wanted = count
        while wanted:
            chunk = chunks[0]
            if len(chunk) <= wanted:
                taken.append(chunks.popleft())
                wanted -= len(chunk)
            else:
                taken.append(chunk[:wanted])
                chunks[0] = chunk[wanted:]
                wanted = 0
        self.buffered -= count
        return b"".join(taken)


class PipeEnd(Dispatcher):
    """One end: signaled when an operation on it would not have to wait."""

    __slots__ = ("is_writer", "pipe")

    def __init__(self, pipe: Pipe, is_writer: bool) -> None:
        super().__init__()
        self.pipe = pipe
        self.is_writer = is_writer

    def signaled(self, thread: Thread) -> bool:
        """Reading end: data or end of file. Writing end: room or broken."""
        pipe = self.pipe
        if self.is_writer:
            return pipe.buffered < pipe.max_size or not pipe.readable
        return pipe.buffered > 0 or not pipe.writable


class Pipes:
    """The pipe calls of one machine."""

    def __init__(self, scheduler: Scheduler, ob: ObjectManager, waits: Waits, signals: PosixSignals) -> None:
        self._scheduler = scheduler
        self._ob = ob
        self._waits = waits
        self._signals = signals
        self.pipe_created = 0
        self.pipe_bytes = 0
        ob.create_object_type(TYPE_PIPE, close=self._end_closed)

    def _end_closed(self, header: ObjectHeader) -> None:
        end = header.body
        assert isinstance(end, PipeEnd)
        pipe = end.pipe
        if end.is_writer:
            pipe.writable = False
            self._wake(pipe.read_waits)
            self._waits.wake_waiters(pipe.reader)
        else:
            pipe.readable = False
            pipe.chunks.clear()
            pipe.buffered = 0
            self._wake(pipe.write_waits)
            self._waits.wake_waiters(pipe.writer)

    def _wake(self, waits: deque[Wait]) -> None:
        """Let all waiters at an end look again."""
        while waits:
            self._scheduler.wake(waits.popleft(), None)

    def read(self, thread: Thread, end: PipeEnd, count: int | None) -> bytes:
        """Up to *count* bytes; b"" is end of file. Blocks while the pipe is empty and can still be written."""
        pipe = end.pipe
        if end.is_writer:
            raise StatusError(Status.ACCESS_DENIED, "this is the writing end of the pipe")
        if count is not None and count <= 0:
            if count < 0:
                raise StatusError(Status.INVALID_PARAMETER, f"{count} bytes cannot be read")
            return b""
        while not pipe.buffered:
            if not pipe.writable:
                return b""
            require_passive(thread, "pipe read")
            pipe.read_waits.append(thread.wait)
            try:
                self._scheduler.block(thread, WAIT_READ)
            except BaseException:
                _withdraw(pipe.read_waits, thread.wait)
                raise
        data = pipe.take(count)
        if pipe.write_waits:
            self._wake(pipe.write_waits)
        if pipe.writer.waiters:
            self._waits.wake_waiters(pipe.writer)
        if pipe.read_waits and pipe.buffered:
            self._scheduler.wake(pipe.read_waits.popleft(), None)
        return data

    def write(self, thread: Thread, end: PipeEnd, data: bytes) -> int:
        """Write all of *data*. Blocks while the pipe is full. Returns the number of bytes.

        Raises: PIPE_BROKEN when nobody can read it, after SIGPIPE has been sent to the caller and survived.
        """
        pipe = end.pipe
        if not end.is_writer:
            raise StatusError(Status.ACCESS_DENIED, "this is the reading end of the pipe")
        total = len(data)
        start = 0
        while True:
            if not pipe.readable:
                self._signals.send_from_kernel(thread.process, SIGPIPE)
                if thread.process.alarm:
                    self._scheduler.on_alarm(thread)
                raise StatusError(
                    Status.PIPE_BROKEN, f"nobody reads the pipe any more ({start} of {total} bytes were written)"
                )
            room = pipe.max_size - pipe.buffered
            remaining = total - start
            if room >= remaining or (room > 0 and total > min(ATOMIC_WRITE, pipe.max_size)):
                chunk = data if remaining == total and room >= total else data[start : start + room]
                if chunk:
                    pipe.chunks.append(chunk)
                    pipe.buffered += len(chunk)
                    self.pipe_bytes += len(chunk)
                    start += len(chunk)
                    if pipe.read_waits:
                        self._scheduler.wake(pipe.read_waits.popleft(), None)
                    if pipe.reader.waiters:
                        self._waits.wake_waiters(pipe.reader)
                if start >= total:
                    return total
            require_passive(thread, "pipe write")
            pipe.write_waits.append(thread.wait)
            try:
                self._scheduler.block(thread, WAIT_WRITE)
            except BaseException:
                _withdraw(pipe.write_waits, thread.wait)
                raise

    def end_of(self, thread: Thread, handle: Handle, access: int) -> PipeEnd:
        """The pipe end behind a handle. Raises: as handles do; OBJECT_TYPE_MISMATCH."""
        return self._ob.body_of(thread.process, handle, access, TYPE_PIPE)  # type: ignore[return-value]

    # --- system calls ------------------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def ke_create_pipe(self, thread: Thread, size: int = DEFAULT_SIZE) -> tuple[str, str]:
        """A new pipe.

        Args:    size: bytes that it buffers, 1 to 65,536; more is taken as 65,536.
        Returns: (handle of the reading end, handle of the writing end).
        Raises:  INVALID_PARAMETER, HANDLE_TABLE_FULL.
        """
        if size < 1:
            raise StatusError(Status.INVALID_PARAMETER, f"ke_create_pipe: a pipe of {size} bytes")
        pipe = Pipe(min(size, MAX_SIZE))
        process = thread.process
        reader = self._ob.create_owned(process, TYPE_PIPE, pipe.reader, mask.READ | mask.SYNCHRONIZE)
        try:
            writer = self._ob.create_owned(process, TYPE_PIPE, pipe.writer, mask.WRITE | mask.SYNCHRONIZE)
        except StatusError:
            self._ob.close_handle(process, reader)
            raise
        self.pipe_created += 1
        return reader, writer

    @syscall(rings=ANY_RING)
    def ke_pipe_read(self, thread: Thread, handle: Handle, count: int | None = None) -> bytes:
        """Read up to *count* bytes, None for all that is there; b"" is end of file. Blocks while the pipe is empty.

        Raises: INVALID_HANDLE, ACCESS_DENIED, OBJECT_TYPE_MISMATCH, WOULD_BLOCK (IRQL).
        """
        return self.read(thread, self.end_of(thread, handle, mask.READ), count)

    @syscall(rings=ANY_RING)
    def ke_pipe_write(self, thread: Thread, handle: Handle, data: bytes) -> int:
        """Write all of *data*; returns the number of bytes. Blocks while the pipe is full.

        Raises: as ke_pipe_read; PIPE_BROKEN when nobody can read it (after SIGPIPE).
        """
        return self.write(thread, self.end_of(thread, handle, mask.WRITE), data)

    @syscall(rings=ANY_RING)
    def ke_pipe_close(self, thread: Thread, handle: Handle, is_write_end: bool) -> bool:
        """Close a handle to a pipe. Returns True. Raises: INVALID_HANDLE; INVALID_PARAMETER for the other end."""
        if self.end_of(thread, handle, 0).is_writer is not is_write_end:
            raise StatusError(Status.INVALID_PARAMETER, "ke_pipe_close: the handle is that of the other end")
        self._ob.close_handle(thread.process, handle)
        return True


def _withdraw(waits: deque[Wait], wait: Wait) -> None:
    if wait in waits:
        waits.remove(wait)
