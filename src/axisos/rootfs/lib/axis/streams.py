"""Byte and text streams over one handle: the buffers between a program and the system calls.

`ByteStream` reads and writes bytes, `TextStream` decodes and encodes on top of one. `axis.filesystem.open`, the
builtin `open`, `sys.stdin` and `sys.stdout` are all made of these two.

Owns        what has been written and not yet been handed to the system, per process: `flush_all` empties it, at the
            latest when the program has returned. A stream that a program forgot without closing is put in order at
            the next `open`.
Always so   a read flushes this process's pending writes first; no system call moves more than `TRANSFER` bytes.
"""

from __future__ import annotations

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, NoReturn, Self

    from axis.guest import _axis_process, syscall

    Handle = str | int

TRANSFER = 262_144  # bytes in one system call at most (the kernel takes 1 MiB)
READ_AHEAD = 65_536  # bytes asked for when a program reads piecemeal
WRITE_BEHIND = 16_384  # bytes that may wait in a buffer

SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2
_WHENCE = {SEEK_SET: "set", SEEK_CUR: "cur", SEEK_END: "end"}
_STANDARD = {-10: 0, -11: 1, -12: 2}


def unsupported(message: str) -> Exception:
    """The `io.UnsupportedOperation` to raise: the stream cannot do that."""
    from axis import errors

    return errors.UnsupportedOperation(message)


def raise_for(error: StatusError, name: object = None) -> NoReturn:
    """`axis.errors.raise_for`, loaded when something has failed and not before."""
    from axis import errors

    errors.raise_for(error, name)


def write_all(handle: Handle, data: bytes) -> None:
    """Hand all of *data* to the system, in as many calls as it takes. Blocks while a pipe is full.

    Raises:  what `vfs_write` raises; what was written before stays written.
    """
    if len(data) <= TRANSFER:
        count = syscall("vfs_write", handle, data)
        if count == len(data):
            return
    else:
        count = 0
    view = memoryview(data)
    while count < len(view):
        done = syscall("vfs_write", handle, bytes(view[count:count + TRANSFER]))
        if done <= 0:
            raise StatusError(Status.UNSUCCESSFUL, "the device takes no more data")
        count += done


class _Sink:
    """The part of a stream that must outlive it: the handle, and the bytes not yet written."""

    __slots__ = ("appends", "handle", "parts", "path", "size")

    def __init__(self, handle: Handle, path: str | None) -> None:
        self.handle: Handle | None = handle
        self.appends = False  # it can be read as well, and yet each write goes to the end
        self.path = path  # of the file behind it, absolute, where this process has opened it by its path
        self.parts: list[bytes] = []
        self.size = 0

    def push(self) -> None:
        """Hand everything to the system. What an error keeps from being written is dropped; the error tells."""
        if not self.parts:
            return
        data = self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)
        self.parts = []
        self.size = 0
        _pending.pop(self, None)
        if self.handle is not None:
            if self.appends:
                syscall("vfs_seek", self.handle, 0, "end")
            write_all(self.handle, data)


# This module runs once in each process, so these are the process's own.
_pending: dict[_Sink, None] = {}  # sinks with unwritten data, in the order of their first write
_owned: dict[_Sink, None] = {}  # sinks whose handle is closed with their stream
opened: dict[Handle, str] = {}  # bare tokens that `os.open` gave -> the file's absolute path
_forgotten: list[_Sink] = []  # of streams that are gone: put in order by `tidy`, never inside the collector


def _farewell(sink: _Sink) -> Iterator[None]:
    """Enters *sink* in `_forgotten` when nobody has the stream, and so this generator, any more.

    It runs wherever the last reference is dropped, so it does nothing but append: no checkpoint, no system call.
    """
    try:
        yield
    finally:
        _forgotten.append(sink)


def flush_pending() -> None:
    """Write what waits in any stream of this process, so that a read sees it."""
    while _pending:
        for sink in list(_pending):
            sink.push()


def tidy() -> None:
    """Flush and close the streams that the program dropped without closing them."""
    while _forgotten:
        sink = _forgotten.pop()
        _owned.pop(sink, None)
        handle = sink.handle
        if handle is not None:
            try:
                sink.push()
                sink.handle = None
                syscall("vfs_close", handle)
            except StatusError:
                sink.handle = None  # nobody is left to be told


def settle() -> None:
    """Bring the system up to date with what this process has done: before anybody else, or a path, is asked."""
    if _forgotten:
        tidy()
    if _pending:
        flush_pending()


def path_behind(handle: Handle) -> str | None:
    """The absolute path under which this process has opened *handle*; None for pipes and what came from elsewhere."""
    for sink in _owned:
        if sink.handle == handle:
            return sink.path
    return opened.get(handle)


def name_file(stream: ByteStream | TextStream, path: str) -> None:
    """Say which file a stream over a bare token leads to."""
    below = stream.buffer if isinstance(stream, TextStream) else stream
    below._sink.path = path


def truncate(path: str, size: int) -> int:
    """Make the file at *path* (absolute), which must exist, *size* bytes long: cut off, or filled up with zeros."""
    if size < 0:
        raise OSError(22, "Invalid argument")
    syscall("vfs_stat", path)  # opening it for writing would make it
    handle = syscall("vfs_open", path, "rw")
    try:
        syscall("vfs_truncate", handle, size)
    finally:
        syscall("vfs_close", handle)
    return size


def flush_all() -> None:
    """At the end of the program: write everything, whatever fails; the first failure is raised at the end."""
    failure: StatusError | None = None
    while _pending:
        for sink in list(_pending):
            try:
                sink.push()
            except StatusError as error:
                failure = failure or error
    if failure is not None:
        raise failure


class IOBase:
    """What all streams have in common."""

    @property
    def closed(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def isatty(self) -> bool:
        return False

    def flush(self) -> None:
        """Nothing to write here."""

    def close(self) -> None:
        """Nothing to close here."""

    def fileno(self) -> Handle:
        raise unsupported("fileno: this stream has no handle")

    def read(self, size: int | None = -1) -> bytes | str:
        raise unsupported("read")

    def readline(self, size: int = -1) -> bytes | str:
        raise unsupported("readline")

    def write(self, data: object) -> int:
        raise unsupported("write")

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        raise unsupported("seek")

    def tell(self) -> int:
        return self.seek(0, SEEK_CUR)

    def truncate(self, size: int | None = None) -> int:
        raise unsupported("truncate")

    def detach(self) -> object:
        raise unsupported("detach")

    def readlines(self, hint: int = -1) -> list[Any]:
        """All remaining lines; with a positive *hint*, no more once they are longer than that."""
        lines: list[Any] = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if 0 < (hint or -1) < total:
                break
        return lines

    def writelines(self, lines: Iterable[object]) -> None:
        for line in lines:
            self.write(line)

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    def __iter__(self) -> Self:
        self._check_open()
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.close()


class BufferedIOBase(IOBase):
    """Streams of bytes."""


class TextIOBase(IOBase):
    """Streams of text."""

    encoding = "UTF-8"
    errors = "strict"
    newlines = None


class ByteStream(BufferedIOBase):
    """Buffered bytes over one handle.

    Args:    handle: a token, or one of -10, -11, -12; name: what to call it in messages; mode: "r", "w", "a" or "rw";
             own: close the handle with the stream; write_behind: bytes that may wait, 0 = hand each write on at once;
             reader: reads instead of `vfs_read` (standard input shares what `input` has read ahead);
             path: the absolute path of the file behind *handle*.
    """

    __slots__ = (
        "_ahead", "_at", "_closed", "_farewell", "_readable", "_reader", "_seekable", "_sink", "_writable",
        "_write_behind", "mode", "name", "raw_mode",
    )

    def __init__(
        self, handle: Handle, name: object, mode: str, own: bool = True, write_behind: int = WRITE_BEHIND, *,
        reader: Callable[[int], bytes] | None = None, path: str | None = None,
    ) -> None:
        self._sink = sink = _Sink(handle, path)
        sink.appends = mode == "rw+a"
        self._reader = reader
        self._ahead = b""  # read from the system and not yet by the program
        self._at = 0  # how much of `_ahead` the program has
        self._closed = False
        self._readable = "r" in mode
        self._writable = mode != "r"
        self._seekable: bool | None = None  # not known yet
        self._write_behind = write_behind
        self.name = name
        self.mode = {"r": "rb", "w": "wb", "a": "ab"}.get(mode, "rb+")
        self.raw_mode = mode
        if own:
            _owned[sink] = None
            self._farewell = farewell = _farewell(sink)
            next(farewell)

    # -- what it is

    @property
    def handle(self) -> Handle:
        """The token (or standard number) behind the stream."""
        if self._closed or self._sink.handle is None:
            raise ValueError("I/O operation on closed file.")
        return self._sink.handle

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def raw(self) -> ByteStream:
        """The same stream: there is no separate unbuffered one."""
        return self

    def readable(self) -> bool:
        self._check_open()
        return self._readable

    def writable(self) -> bool:
        self._check_open()
        return self._writable

    def seekable(self) -> bool:
        """Whether the handle has a position: files have, pipes and terminals have not."""
        self._check_open()
        if self._seekable is None:
            try:
                syscall("vfs_seek", self._sink.handle, 0, "cur")
                self._seekable = True
            except StatusError:
                self._seekable = False
        return self._seekable

    def isatty(self) -> bool:
        """Whether a terminal is at the other end."""
        return is_terminal(self.handle)

    def fileno(self) -> Handle:
        """0, 1 or 2 for the standard streams, otherwise the handle token, which `os` takes as well."""
        handle = self.handle
        return _STANDARD.get(handle, handle) if type(handle) is int else handle

    def __repr__(self) -> str:
        return f"<ByteStream name={self.name!r} mode={self.mode!r}>"

    # -- reading

    def _check_readable(self) -> None:
        if self._closed:
            raise ValueError("I/O operation on closed file.")
        if not self._readable:
            raise unsupported("not readable")

    def _fill(self, count: int) -> bytes:
        """Up to *count* fresh bytes from the system; b"" at the end. Blocks until there is something."""
        if self._closed or not self._readable:
            self._check_readable()
        if _pending:
            flush_pending()
        if self._reader is not None:
            return self._reader(count)
        try:
            data: bytes = syscall("vfs_read", self._sink.handle, count)
        except StatusError as error:
            if error.status == Status.END_OF_FILE:
                return b""
            raise_for(error, self.name)
        return data

    def read(self, size: int | None = -1) -> bytes:
        """*size* bytes, fewer only at the end; all that is left for -1 or None."""
        at = self._at
        if size is None or size < 0:
            parts = [self._ahead[at:]]
            self._ahead = b""
            self._at = 0
            while data := self._fill(TRANSFER):
                parts.append(data)
            return b"".join(parts)
        end = at + size
        if end <= len(self._ahead) and self._readable and not self._closed:
            self._at = end
            return self._ahead[at:end]
        parts = [self._ahead[at:]]
        have = len(parts[0])
        self._ahead = b""
        self._at = 0
        if not size:
            self._check_readable()
        while have < size:
            data = self._fill(min(TRANSFER, max(size - have, READ_AHEAD)))
            if not data:
                break
            parts.append(data)
            have += len(data)
        whole = b"".join(parts)
        if have > size:
            self._ahead = whole[size:]
            return whole[:size]
        return whole

    def read1(self, size: int = -1) -> bytes:
        """What is there, up to *size* bytes, with one system call at most."""
        if self._at >= len(self._ahead):
            self._at = 0
            self._ahead = self._fill(READ_AHEAD if size is None or size < 0 else min(max(size, READ_AHEAD), TRANSFER))
        end = len(self._ahead) if size is None or size < 0 else self._at + size
        data = self._ahead[self._at:end]
        self._at += len(data)
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:
        data = self.read(len(buffer))
        memoryview(buffer).cast("B")[:len(data)] = data
        return len(data)

    def peek(self, size: int = 0) -> bytes:
        """The bytes that the next read returns, without taking them."""
        if self._at >= len(self._ahead):
            self._at = 0
            self._ahead = self._fill(READ_AHEAD)
        return self._ahead[self._at:]

    def readline(self, size: int = -1) -> bytes:
        """Through the next newline, or to the end; at most *size* bytes if that is not negative."""
        ahead = self._ahead
        at = self._at
        end = ahead.find(b"\n", at) + 1
        if end and size < 0:
            self._at = end
            return ahead[at:end]
        parts: list[bytes] = []
        have = 0
        while True:
            limit = len(ahead) if size < 0 else min(len(ahead), at + size - have)
            end = ahead.find(b"\n", at, limit) + 1
            stop = end or limit
            parts.append(ahead[at:stop])
            have += stop - at
            self._at = stop
            if end or 0 <= size <= have:
                break
            self._at = at = 0
            self._ahead = ahead = b""
            self._ahead = ahead = self._fill(READ_AHEAD)
            if not ahead:
                break
        return b"".join(parts)

    # -- writing

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Take *data*; the system has it at the latest after `flush` or `close`. Returns its length in bytes."""
        if self._closed:
            raise ValueError("write to closed file")
        if not self._writable:
            raise unsupported("not writable")
        if type(data) is not bytes:
            if isinstance(data, str):
                raise TypeError("a bytes-like object is required, not 'str'")
            data = bytes(memoryview(data))
        if not data:
            return 0
        if self._ahead:
            self._drop_ahead()
        sink = self._sink
        sink.parts.append(data)
        sink.size += len(data)
        if sink.size > self._write_behind:
            self._push()
        elif len(sink.parts) == 1:
            _pending[sink] = None
        return len(data)

    def _push(self) -> None:
        try:
            self._sink.push()
        except StatusError as error:
            raise_for(error, self.name)

    def flush(self) -> None:
        """Hand everything written so far to the system."""
        if self._closed:
            raise ValueError("flush of closed file")
        if self._sink.parts:
            self._push()

    def close(self) -> None:
        """Flush, and close the handle if it is the stream's own. Closing twice is allowed."""
        if self._closed:
            return
        try:
            if self._sink.parts:
                self._push()
        finally:
            self._closed = True
            self._ahead = b""
            self._at = 0
            sink = self._sink
            handle = sink.handle
            if sink in _owned:
                del _owned[sink]
                sink.handle = None
                try:
                    syscall("vfs_close", handle)
                except StatusError as error:
                    raise_for(error, self.name)

    def disown(self) -> None:
        """Leave the handle open when this stream is closed or forgotten: somebody else has it now."""
        _owned.pop(self._sink, None)

    # -- position

    def _drop_ahead(self) -> None:
        """Bring the system's position back to the program's."""
        left = len(self._ahead) - self._at
        self._ahead = b""
        self._at = 0
        if left and self.seekable():
            syscall("vfs_seek", self._sink.handle, -left, "cur")

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to *offset* bytes from the start (0), the present position (1) or the end (2). Returns the position."""
        self._check_open()
        if whence not in _WHENCE:
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == SEEK_SET and offset < 0:
            raise OSError(22, "Invalid argument")
        if self._sink.parts:
            self._push()
        if whence == SEEK_CUR:
            offset -= len(self._ahead) - self._at
        self._ahead = b""
        self._at = 0
        try:
            position: int = syscall("vfs_seek", self._sink.handle, offset, _WHENCE[whence])
        except StatusError as error:
            self._not_seekable(error)
        return position

    def tell(self) -> int:
        """The program's position, in bytes from the start."""
        self._check_open()
        try:
            position: int = syscall("vfs_seek", self._sink.handle, 0, "cur")
        except StatusError as error:
            self._not_seekable(error)
        return position - (len(self._ahead) - self._at) + self._sink.size

    def truncate(self, size: int | None = None) -> int:
        """Make the file *size* bytes long (as long as the present position); the position stays."""
        self._check_open()
        if not self._writable:
            raise unsupported("truncate")
        self.flush()
        position = self.tell()
        size = position if size is None else size
        if size < 0:
            raise OSError(22, "Invalid argument")
        try:
            syscall("vfs_seek", self._sink.handle, position, "set")  # what was read ahead is forgotten below
            syscall("vfs_truncate", self._sink.handle, size)
        except StatusError as error:
            if error.status in (Status.INVALID_PARAMETER, Status.OBJECT_TYPE_MISMATCH):
                raise unsupported("truncate") from None
            raise_for(error, self.name)
        self._ahead = b""
        self._at = 0
        return size

    def _not_seekable(self, error: StatusError) -> None:
        if error.status == Status.INVALID_PARAMETER and self._sink.path is not None and self._sink.path[:5] != "/dev/":
            raise OSError(22, "Invalid argument") from None
        if error.status in (Status.INVALID_PARAMETER, Status.NOT_IMPLEMENTED, Status.OBJECT_TYPE_MISMATCH):
            raise unsupported("underlying stream is not seekable") from None
        raise_for(error, self.name)


def is_terminal(handle: Handle) -> bool:
    """Whether *handle* is a terminal: only a terminal knows its size."""
    try:
        syscall("vfs_device_control", handle, "get_size", [])
    except StatusError:
        return False
    return True


def _translate(text: str) -> str:
    """All three ways to end a line become a newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _incomplete_tail(data: bytes) -> int:
    """How many bytes at the end of UTF-8 *data* begin a character that is not finished."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return 0
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if need > back else 0
    return 0


_ONE_BYTE = ("ascii", "latin1", "iso88591", "usascii", "cp1252", "cp437", "iso885915")


class TextStream(TextIOBase):
    """Text over a `ByteStream`.

    Args:    buffer: where the bytes come from or go to; encoding, errors, newline: as for the builtin `open`;
             line_buffering: hand the text on at each end of a line; None: if a terminal is at the other end.
    """

    __slots__ = (
        "_at", "_kind", "_newline", "_tail", "_text", "_window", "buffer", "encoding", "errors",
        "line_buffering", "mode",
    )

    def __init__(
        self, buffer: ByteStream, encoding: str | None = None, errors: str | None = None, newline: str | None = None,
        line_buffering: bool | None = False, mode: str = "",
    ) -> None:
        if newline not in (None, "", "\n", "\r", "\r\n"):
            raise ValueError(f"illegal newline value: {newline!r}")
        self.buffer = buffer
        self.encoding = encoding or "UTF-8"
        self.errors = errors or "strict"
        self.line_buffering = line_buffering
        self.mode = mode or getattr(buffer, "mode", "r").replace("b", "")
        self._newline = newline
        plain = self.encoding.lower().replace("-", "").replace("_", "")
        self._kind = "utf8" if plain == "utf8" else "byte" if plain in _ONE_BYTE else "whole"
        if self._kind != "utf8":
            "".encode(self.encoding)  # an unknown name fails here and not at the first read
        self._text = ""  # decoded and not yet all given to the program
        self._at = 0  # how much of `_text` the program has
        self._window: bytes | None = b""  # the bytes that `_text` came from, None when that cannot be told
        self._tail = b""  # bytes after `_window` that could not be decoded yet

    # -- what it is

    @property
    def name(self) -> object:
        return getattr(self.buffer, "name", None)

    @property
    def closed(self) -> bool:
        return self.buffer.closed

    @property
    def handle(self) -> Handle:
        """The token (or standard number) behind the stream."""
        return self.buffer.handle

    def readable(self) -> bool:
        return self.buffer.readable()

    def writable(self) -> bool:
        return self.buffer.writable()

    def seekable(self) -> bool:
        return self.buffer.seekable()

    def isatty(self) -> bool:
        return self.buffer.isatty()

    def fileno(self) -> Handle:
        return self.buffer.fileno()

    def detach(self) -> ByteStream:
        """Flush, and give the bytes below back; the text stream is of no use afterwards."""
        self.flush()
        return self.buffer

    def reconfigure(
        self, *, encoding: str | None = None, errors: str | None = None, newline: str | None = None,
        line_buffering: bool | None = None, write_through: bool | None = None,
    ) -> None:
        """Change how text is encoded and buffered from here on."""
        self.flush()
        if encoding is not None:
            "".encode(encoding)
            self.encoding = encoding
            plain = encoding.lower().replace("-", "").replace("_", "")
            self._kind = "utf8" if plain == "utf8" else "byte" if plain in _ONE_BYTE else "whole"
            self.errors = errors or "strict"
        elif errors is not None:
            self.errors = errors
        if newline is not None:
            self._newline = newline
        if line_buffering is not None:
            self.line_buffering = line_buffering
        if write_through:
            self.line_buffering = True

    def __repr__(self) -> str:
        return f"<TextStream name={self.name!r} mode={self.mode!r} encoding={self.encoding!r}>"

    # -- reading

    def _decode(self, data: bytes, last: bool) -> None:
        """Replace the window by what is left of it and *data*; *last* when nothing follows."""
        left = self._text[self._at:]
        old = self._window
        if left and old is not None:
            start = self._bytes_before(self._at)
            old = None if start is None else old[start:]
        elif not left:
            old = b""
        data = self._tail + data
        self._tail = b""
        if self._kind == "utf8" and not last:
            cut = _incomplete_tail(data)
            if cut:
                data, self._tail = data[:-cut], data[-cut:]
        if self._newline in (None, "") and not last and data.endswith(b"\r") and self._kind != "whole":
            data, self._tail = data[:-1], b"\r" + self._tail
        text = data.decode(self.encoding, self.errors)
        if self._newline is None:
            text = _translate(text)
        exact = self.errors in ("strict", "surrogateescape", "surrogatepass") and self._kind != "whole"
        self._window = old + data if old is not None and exact else None
        self._text = left + text if left else text
        self._at = 0

    def _fill(self) -> bool:
        """Decode some more; False at the end."""
        if self._kind == "whole":
            data = self.buffer.read()
            if not data and not self._tail:
                return False
            self._decode(data, True)
            return True
        data = self.buffer.read1(READ_AHEAD)
        if not data and not self._tail:
            return False
        before = len(self._text) - self._at
        self._decode(data, not data)
        return bool(data) or len(self._text) > before

    def read(self, size: int | None = -1) -> str:
        """*size* characters, fewer only at the end; all that is left for -1 or None."""
        if size is None or size < 0:
            self._decode(self.buffer.read(), True)
            text = self._text
            self._text = ""
            self._at = 0
            self._window = b""
            return text
        while len(self._text) - self._at < size and self._fill():
            pass
        if self._at == len(self._text):
            self.buffer._check_readable()
        text = self._text[self._at:self._at + size]
        self._at += len(text)
        return text

    def read1(self) -> str:
        """What is there: the text read ahead, or what the next read below gives; "" at the end."""
        while self._at == len(self._text):
            if not self._fill():
                return ""
        text = self._text[self._at:]
        self._at = len(self._text)
        return text

    def readline(self, size: int = -1) -> str:
        """Through the next end of line, or to the end of the text; at most *size* characters if not negative."""
        at = self._at
        plain = self._newline is None or self._newline == "\n"
        end = self._text.find("\n", at) + 1 if plain else self._line_end(at)
        while not end and (size < 0 or len(self._text) - self._at < size):
            searched = len(self._text) - self._at
            if not self._fill():
                break
            end = self._line_end(max(self._at + searched - 1, self._at))
        at = self._at
        if not end:
            end = len(self._text)
            if not size:
                self.buffer._check_readable()
        if 0 <= size < end - at:
            end = at + size
        self._at = end
        return self._text[at:end]

    def _line_end(self, start: int) -> int:
        """Index just after the first end of line from *start* on; 0 if there is none."""
        text = self._text
        if self._newline is None or self._newline == "\n":
            return text.find("\n", start) + 1
        if self._newline:
            found = text.find(self._newline, start)
            return found + len(self._newline) if found >= 0 else 0
        newline = text.find("\n", start)
        if "\r" not in text:
            return newline + 1
        carriage = text.find("\r", start)
        if carriage < 0 or 0 <= newline < carriage:
            return newline + 1
        return carriage + 2 if newline == carriage + 1 else carriage + 1

    # -- writing

    def write(self, text: str) -> int:  # type: ignore[override]
        """Take *text*; returns its length in characters."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.buffer.closed:
            raise ValueError("I/O operation on closed file.")
        if self._text or self._tail:
            self._forget_window()
        out = text
        if self._newline in ("\r", "\r\n") and "\n" in text:
            out = text.replace("\n", self._newline)
        self.buffer.write(out.encode(self.encoding, self.errors))
        eager = self.line_buffering
        if eager is None:
            eager = self.line_buffering = self.isatty()
        if eager and ("\n" in text or "\r" in text or "\f" in text):
            self.buffer.flush()
        return len(text)

    def flush(self) -> None:
        self.buffer.flush()

    def close(self) -> None:
        self.buffer.close()

    # -- position

    def _bytes_before(self, at: int) -> int | None:
        """How many bytes of the window make up its first *at* characters; None when that cannot be told."""
        window = self._window
        if window is None:
            return None
        if len(window) == len(self._text):
            return at
        if self._newline is not None or b"\r" not in window:
            return len(self._text[:at].encode(self.encoding, self.errors))
        plain = window.decode(self.encoding, self.errors)
        index = 0
        for _ in range(at):
            index += 2 if plain.startswith("\r\n", index) else 1
        return len(plain[:index].encode(self.encoding, self.errors))

    def _forget_window(self) -> None:
        """Bring the bytes below back to the program's position and drop what was read ahead."""
        if self.buffer.seekable():
            self.buffer.seek(self.tell())
        self._text = ""
        self._at = 0
        self._window = b""
        self._tail = b""

    def tell(self) -> int:
        """The present position, to be given to `seek`: the number of bytes before it."""
        below = self.buffer.tell() - len(self._tail)
        if self._at == len(self._text):
            return below
        before = self._bytes_before(self._at)
        if before is None or self._window is None:
            raise unsupported(f"tell: not with encoding {self.encoding!r} and errors={self.errors!r}")
        return below - len(self._window) + before

    def truncate(self, size: int | None = None) -> int:
        """Make the file *size* bytes long (as long as the present position); the position stays."""
        self._check_open()
        self.flush()
        return self.buffer.truncate(self.tell() if size is None else size)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to a position that `tell` gave; with whence 1 or 2 the offset must be 0."""
        self._check_open()
        if whence == SEEK_SET and offset < 0:
            raise ValueError(f"negative seek position {offset}")
        if whence == SEEK_CUR:
            if offset:
                raise unsupported("can't do nonzero cur-relative seeks")
            offset, whence = self.tell(), SEEK_SET
        elif whence == SEEK_END and offset:
            raise unsupported("can't do nonzero end-relative seeks")
        position = self.buffer.seek(offset, whence)
        self._text = ""
        self._at = 0
        self._window = b""
        self._tail = b""
        return position


_axis_process.at_flush(flush_all)
