"""Pipes: bytes from one process to another, through a bounded buffer (manual, chapter 13.6).

A pipe is one buffer with ends, each an object of its own: an end is open while some process has a handle to it.
Reading an empty pipe waits for data until the last end that writes is closed; writing a full one waits for room, and
writing one that nobody can read any more raises SIGPIPE.

    ke_create_pipe                       ke_create_named_pipe, ke_connect_named_pipe

    writer ---> [ buffer ] ---> reader   writer --+               +--> reader
                                         "w" -----+-> [ buffer ] -+--> "r"
                                         "rw" <---+---------------+     (header \\Pipe\\name, held by the open ends)

Always so   bytes come out in the order in which they went in; a write of up to 4,096 bytes is not interleaved with
            others; every waiter is woken when the last end of its other side closes.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import TYPE_PIPE
from abi.signals import SIGPIPE
from abi.status import Status, StatusError
from executive.ke_ipc.dispatcher import Dispatcher
from executive.ke_ipc.named_objects import OWNER_ONLY, NamedObjects
from executive.messages import require_passive
from executive.ob_objects import allowed_access
from executive.syscalls import ANY_RING, syscall

if TYPE_CHECKING:
    from executive.ke_ipc.dispatcher import Waits
    from executive.ke_ipc.posix_signals import PosixSignals
    from executive.ob_manager import ObjectManager
    from executive.ob_objects import ObjectHeader
    from executive.process import Process, Thread, Wait
    from executive.scheduler import Scheduler

    Handle = str | int

WAIT_READ = "pipe_read"
WAIT_WRITE = "pipe_write"
DEFAULT_SIZE = 4096
MAX_SIZE = 65_536
ATOMIC_WRITE = 4096
CONNECTIONS = {"r": mask.READ, "w": mask.WRITE, "rw": mask.READ | mask.WRITE}


class Pipe:
    """The buffer, and who waits at its ends."""

    __slots__ = (
        "buffered",
        "charge",
        "chunks",
        "data_waiters",
        "header",
        "max_size",
        "read_waits",
        "readers",
        "room_waiters",
        "write_waits",
        "writers",
    )

    def __init__(self, process: Process, max_size: int) -> None:
        self.charge = process.charge_for("pipe_bytes", max_size)  # until no end is open
        self.max_size = max_size
        self.chunks: deque[bytes] = deque()
        self.buffered = 0  # bytes
        self.readers = 0  # open ends
        self.writers = 0
        self.header: ObjectHeader | None = None  # that carries the name, if the pipe has one
        self.data_waiters: deque[Wait] = deque()  # for an end that reads, as for any object
        self.room_waiters: deque[Wait] = deque()  # for one that only writes
        self.read_waits: deque[Wait] = deque()
        self.write_waits: deque[Wait] = deque()

    def take(self, count: int | None) -> bytes:
        """Up to *count* bytes from the front."""
        chunks = self.chunks
        if count is None or count >= self.buffered:
            self.buffered = 0
            if len(chunks) == 1:
                return chunks.popleft()
            data = b"".join(chunks)
            chunks.clear()
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
    """One end, or both in one: signaled when an operation on it would not have to wait; reading, if it can do both."""

    __slots__ = ("pipe", "reads", "writes")

    def __init__(self, pipe: Pipe, reads: bool, writes: bool) -> None:
        self.waiters = pipe.data_waiters if reads else pipe.room_waiters
        self.pipe = pipe
        self.reads = reads
        self.writes = writes

    def signaled(self, thread: Thread) -> bool:
        """Reading end: data or end of file. Writing end: room or broken."""
        pipe = self.pipe
        if self.reads:
            return pipe.buffered > 0 or not pipe.writers
        return pipe.buffered < pipe.max_size or not pipe.readers


class Pipes:
    """The pipe calls of one machine."""

    def __init__(self, scheduler: Scheduler, ob: ObjectManager, waits: Waits, signals: PosixSignals) -> None:
        self._scheduler = scheduler
        self._ob = ob
        self._waits = waits
        self._signals = signals
        self.pipe_created = 0
        self.pipe_bytes = 0
        self.named_pipes = 0  # that there are
        self._named = NamedObjects(ob, "\\Pipe", TYPE_PIPE)
        ob.create_object_type(TYPE_PIPE, self._end_closed, self._deleted, open=self._opened)

    def _end_closed(self, header: ObjectHeader) -> None:
        end = header.body
        assert isinstance(end, PipeEnd)
        pipe = end.pipe
        if end.writes:
            pipe.writers -= 1
            if not pipe.writers:
                self._wake(pipe.read_waits)
        if end.reads:
            pipe.readers -= 1
            if not pipe.readers:
                pipe.chunks.clear()
                pipe.buffered = 0
                self._wake(pipe.write_waits)
        self._tell_data_waiters(pipe)
        self._tell_room_waiters(pipe)
        if not pipe.readers and not pipe.writers:
            pipe.charge.release()
        if pipe.header is not None:
            self._ob.dereference_object(pipe.header)

    def _deleted(self, header: ObjectHeader) -> None:
        """An end is gone, or with the last one a named pipe."""
        pipe = header.body
        if isinstance(pipe, Pipe):
            pipe.header = None
            self.named_pipes -= 1

    def _opened(self, process: Process, header: ObjectHeader, access: int) -> str:
        """A named pipe is opened by its path: a connection, for reading, writing or both."""
        assert isinstance(header.body, Pipe), "only a whole pipe has a name"
        if not access & (mask.READ | mask.WRITE):
            raise StatusError(Status.INVALID_PARAMETER, f"{header.name}: a pipe is opened to read or to write")
        return self._open_end(process, header.body, access & (mask.READ | mask.WRITE))

    def _open_end(self, process: Process, pipe: Pipe, access: int) -> str:
        """A handle to a new end of *pipe* that reads, writes or both. Raises: HANDLE_TABLE_FULL."""
        end = PipeEnd(pipe, bool(access & mask.READ), bool(access & mask.WRITE))
        handle = self._ob.create_owned(process, TYPE_PIPE, end, access | mask.SYNCHRONIZE)
        pipe.readers += end.reads
        pipe.writers += end.writes
        if pipe.header is not None:
            self._ob.reference_object(pipe.header)
        return handle

    def _open_both(self, process: Process, pipe: Pipe) -> tuple[str, str]:
        """Handles to a reading and to a writing end."""
        reader = None
        try:
            reader = self._open_end(process, pipe, mask.READ)
            return reader, self._open_end(process, pipe, mask.WRITE)
        except BaseException:
            pipe.charge.release()
            if reader is not None:
                self._ob.close_handle(process, reader)
            raise

    def _wake(self, waits: deque[Wait]) -> None:
        """Let all waiters at an end look again."""
        while waits:
            self._scheduler.wake(waits.popleft(), None)

    def _tell_data_waiters(self, pipe: Pipe) -> None:
        """There are bytes, or nobody will write any: that is for those who wait for an end that reads."""
        if pipe.data_waiters:
            self._waits.wake_waiters(PipeEnd(pipe, True, False))

    def _tell_room_waiters(self, pipe: Pipe) -> None:
        """There is room, or nobody will read."""
        if pipe.room_waiters:
            self._waits.wake_waiters(PipeEnd(pipe, False, True))

    def read(self, thread: Thread, end: PipeEnd, count: int | None) -> bytes:
        """Up to *count* bytes; b"" is end of file. Blocks while the pipe is empty and can still be written."""
        pipe = end.pipe
        if not end.reads:
            raise StatusError(Status.ACCESS_DENIED, "this is the writing end of the pipe")
        if count is not None and count <= 0:
            if count < 0:
                raise StatusError(Status.INVALID_PARAMETER, f"{count} bytes cannot be read")
            return b""
        while not pipe.buffered:
            if not pipe.writers:
                return b""
            require_passive(thread, "pipe read")
            pipe.read_waits.append(thread.wait)
            thread.wait.on = pipe
            try:
                self._scheduler.block(thread, WAIT_READ)
            except BaseException:
                _withdraw(pipe.read_waits, thread.wait)
                raise
        data = pipe.take(count)
        if pipe.write_waits:
            self._wake(pipe.write_waits)
        self._tell_room_waiters(pipe)
        return data

    def write(self, thread: Thread, end: PipeEnd, data: bytes) -> int:
        """Write all of *data*. Blocks while the pipe is full. Returns the number of bytes.

        Raises: PIPE_BROKEN when nobody can read it, after SIGPIPE has been sent to the caller and survived; its
                `partial` is the number of bytes written before.
        """
        pipe = end.pipe
        if not end.writes:
            raise StatusError(Status.ACCESS_DENIED, "this is the reading end of the pipe")
        total = len(data)
        start = 0
        while True:
            if not pipe.readers:
                self._signals.send_from_kernel(thread.process, SIGPIPE)
                if thread.process.alarm:
                    self._scheduler.attend(thread)
                raise StatusError(
                    Status.PIPE_BROKEN, f"nobody reads the pipe any more ({start} of {total} bytes were written)", start
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
                        self._wake(pipe.read_waits)
                    self._tell_data_waiters(pipe)
                if start >= total:
                    return total
            require_passive(thread, "pipe write")
            pipe.write_waits.append(thread.wait)
            thread.wait.on = pipe
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
        Raises:  INVALID_PARAMETER, HANDLE_TABLE_FULL; QUOTA_EXCEEDED at the limits pipe_bytes and user_pipe_bytes.
        """
        if size < 1:
            raise StatusError(Status.INVALID_PARAMETER, f"ke_create_pipe: a pipe of {size} bytes")
        ends = self._open_both(thread.process, Pipe(thread.process, min(size, MAX_SIZE)))
        self.pipe_created += 1
        return ends

    @syscall(rings=ANY_RING)
    def ke_create_named_pipe(
        self, thread: Thread, name: str, size: int = DEFAULT_SIZE, permissions: str = OWNER_ONLY
    ) -> tuple[str, str]:
        """A new pipe that others can connect to by its name, which lasts as long as some end is open.

        Args:    name: it becomes the object \\Pipe\\<name>. size: as ke_create_pipe. permissions: who may connect,
                 three octal digits for owner, group and others.
        Returns: (handle of a reading end, handle of a writing end).
        Raises:  OBJECT_NAME_COLLISION, OBJECT_NAME_INVALID, INVALID_PARAMETER, HANDLE_TABLE_FULL; QUOTA_EXCEEDED as
                 ke_create_pipe.
        """
        if size < 1:
            raise StatusError(Status.INVALID_PARAMETER, f"ke_create_named_pipe: a pipe of {size} bytes")
        ends = self._make_named(thread.process, name, min(size, MAX_SIZE), permissions)
        self.pipe_created += 1
        return ends

    def _make_named(self, process: Process, name: str, size: int, permissions: str) -> tuple[str, str]:
        pipe = Pipe(process, size)
        self.named_pipes += 1  # until it is deleted, if only because it cannot be made
        try:
            pipe.header = header = self._named.make(process, name, pipe, permissions)
        except BaseException:
            pipe.charge.release()
            raise
        try:
            return self._open_both(process, pipe)
        finally:
            self._ob.dereference_object(header)  # from here on its ends hold it

    @syscall(rings=ANY_RING)
    def ke_connect_named_pipe(self, thread: Thread, name: str, mode: str = "rw") -> str:
        """Connect to a named pipe. All connections share its one buffer.

        Args:    mode: "r", "w" or "rw". End of file comes to readers when no end that writes is open: of "rw", too.
        Returns: a handle.
        Raises:  OBJECT_NAME_NOT_FOUND, OBJECT_NAME_INVALID, ACCESS_DENIED, INVALID_PARAMETER, HANDLE_TABLE_FULL.
        """
        access = CONNECTIONS.get(mode)
        if access is None:
            raise StatusError(
                Status.INVALID_PARAMETER, f'ke_connect_named_pipe: the mode is "r", "w" or "rw", not {mode[:20]!r}'
            )
        header = self._named.find(name)
        if allowed_access(thread.process, header) & access != access:
            raise StatusError(
                Status.ACCESS_DENIED, f'{header.name} is not open to uid {thread.process.uid} for "{mode}"'
            )
        assert isinstance(header.body, Pipe)
        return self._open_end(thread.process, header.body, access)

    @syscall(rings=ANY_RING)
    def ke_pipe_read(self, thread: Thread, handle: Handle, count: int | None = None) -> bytes:
        """Read from a pipe.

        Args:    count: bytes at most; None for all that is there.
        Returns: bytes; b"" is end of file.
        Blocks:  while the pipe is empty.
        Raises:  INVALID_HANDLE, ACCESS_DENIED, OBJECT_TYPE_MISMATCH, WOULD_BLOCK (IRQL).
        """
        end = self._ob.body_of(thread.process, handle, mask.READ, TYPE_PIPE)
        assert type(end) is PipeEnd
        return self.read(thread, end, count)

    @syscall(rings=ANY_RING)
    def ke_pipe_write(self, thread: Thread, handle: Handle, data: bytes) -> int:
        """Write all of *data* into a pipe.

        Returns: the number of bytes.
        Blocks:  while the pipe is full.
        Raises:  as ke_pipe_read; PIPE_BROKEN when nobody can read it (after SIGPIPE), with the bytes written before
                 as its `partial`.
        """
        end = self._ob.body_of(thread.process, handle, mask.WRITE, TYPE_PIPE)
        assert type(end) is PipeEnd
        return self.write(thread, end, data)

    @syscall(rings=ANY_RING)
    def ke_pipe_close(self, thread: Thread, handle: Handle, is_write_end: bool) -> bool:
        """Close a handle to a pipe.

        Returns: True.
        Raises:  INVALID_HANDLE, OBJECT_TYPE_MISMATCH, HANDLE_NOT_CLOSABLE; INVALID_PARAMETER for the other end.
        """
        end = self.end_of(thread, handle, 0)
        if not (end.writes if is_write_end else end.reads):
            raise StatusError(Status.INVALID_PARAMETER, "ke_pipe_close: the handle is that of the other end")
        self._ob.close_handle(thread.process, handle)
        return True


def _withdraw(waits: deque[Wait], wait: Wait) -> None:
    if wait in waits:
        waits.remove(wait)
