"""Streams: `open`, `StringIO`, `BytesIO`, and the names by which programs ask what a stream can do.

Files are made of `axis.streams`: there is no separate raw layer, `buffering=0` writes through at once.
"""

from __future__ import annotations

import builtins

from axis import filesystem
from axis.streams import (
    SEEK_CUR,
    SEEK_END,
    SEEK_SET,
    WRITE_BEHIND,
    BufferedIOBase,
    ByteStream,
    IOBase,
    TextIOBase,
    TextStream,
    _translate,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = [
    "DEFAULT_BUFFER_SIZE", "SEEK_CUR", "SEEK_END", "SEEK_SET", "BlockingIOError", "BufferedIOBase", "BufferedRandom",
    "BufferedReader", "BufferedWriter", "BytesIO", "FileIO", "IOBase", "RawIOBase", "StringIO", "TextIOBase",
    "TextIOWrapper", "open", "open_code", "text_encoding",
]

_open_bytes = filesystem.open_bytes


def __getattr__(name: str) -> Any:
    """`UnsupportedOperation`: kept with the other errors, which are loaded when something fails."""
    if name == "UnsupportedOperation":
        from axis import errors

        return errors.UnsupportedOperation
    from axis import absent

    return absent.attribute("io", name)


class RawIOBase(IOBase):
    """Streams without a buffer."""


DEFAULT_BUFFER_SIZE = WRITE_BEHIND
BlockingIOError = BlockingIOError
BufferedReader = BufferedWriter = BufferedRandom = ByteStream
TextIOWrapper = TextStream


def text_encoding(encoding: str | None, stacklevel: int = 2) -> str:
    """The encoding to use for None: always UTF-8."""
    return encoding or "utf-8"


def open(
    file: object, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
    newline: str | None = None, closefd: bool = True, opener: Any = None,
) -> ByteStream | TextStream:
    """Open a file as Python's `open` does: modes r w a x, b t, +; text is UTF-8 unless *encoding* says otherwise.

    Args:    file: a path, a handle token, or 0, 1, 2; buffering: 0 (bytes only) writes through, 1 at ends of lines;
             opener: `opener(path, mode)` that gives a handle token.
    Raises:  FileNotFoundError, PermissionError, IsADirectoryError, FileExistsError (all are `StatusError` as well);
             ValueError for a mode that makes no sense.
    """
    if not isinstance(mode, str):
        raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
    letters = set(mode)
    kinds = [letter for letter in "rwax" if letter in letters]
    if letters - set("rwaxbt+") or len(mode) != len(letters):
        raise ValueError(f"invalid mode: {mode!r}")
    if "b" in letters and "t" in letters:
        raise ValueError("can't have text and binary mode at once")
    if len(kinds) != 1:
        what = "must have exactly one of create/read/write/append mode"
        raise ValueError(what if kinds else f"M{what[1:]} and at most one plus")
    binary = "b" in letters
    if binary:
        for name, value in (("encoding", encoding), ("errors", errors), ("newline", newline)):
            if value is not None:
                raise ValueError(f"binary mode doesn't take {'an ' if name != 'newline' else 'a '}{name} argument")
    elif buffering == 0:
        raise ValueError("can't have unbuffered text I/O")
    if not binary and newline not in (None, "", "\n", "\r", "\r\n"):
        raise ValueError(f"illegal newline value: {newline!r}")
    plain = kinds[0] + ("+" if "+" in letters else "")
    write_behind = WRITE_BEHIND if buffering < 0 or buffering == 1 else buffering
    if opener is not None:
        file = opener(file, plain)
    if type(file) is int or (type(file) is str and file[:2] == "H-" and opener is not None):
        raw_mode = {"r": "r", "w": "w", "x": "w", "a": "a"}.get(plain, "rw")
        buffer = ByteStream(filesystem.handle_of(file), file, raw_mode, closefd, write_behind)
    else:
        if not closefd:
            raise ValueError("Cannot use closefd=False with file name")
        buffer = _open_bytes(file, plain, write_behind)
    if binary:
        return buffer
    try:
        eager = True if buffering == 1 else None if filesystem.text_of(buffer.name)[:5] == "/dev/" else False
        return TextStream(buffer, encoding, errors, newline, eager, mode)
    except BaseException:
        buffer.close()
        raise


def open_code(path: object) -> ByteStream:
    """The file as bytes."""
    return _open_bytes(path, "r")


class FileIO(ByteStream):
    """A file without a write buffer: `FileIO(path, "r")`."""

    def __init__(self, file: object, mode: str = "r", closefd: bool = True, opener: object = None) -> None:
        opened = builtins.open(file, mode.replace("b", "") + "b", 0, closefd=closefd, opener=opener)  # noqa: SIM115 - taken over
        handle, raw_mode = opened.handle, opened.raw_mode  # type: ignore[union-attr]
        ByteStream.__init__(self, handle, file, raw_mode, closefd, 0)
        opened.disown()  # type: ignore[union-attr]


class BytesIO(BufferedIOBase):
    """Bytes in memory that read and write like a file."""

    def __init__(self, initial_bytes: bytes | bytearray | memoryview = b"") -> None:
        self._data = bytearray(initial_bytes or b"")
        self._position = 0
        self._is_closed = False

    @property
    def closed(self) -> bool:
        return self._is_closed

    def readable(self) -> bool:
        self._check_open()
        return True

    writable = seekable = readable

    def getvalue(self) -> bytes:
        """Everything, wherever the position is."""
        self._check_open()
        return bytes(self._data)

    def getbuffer(self) -> memoryview:
        self._check_open()
        return memoryview(self._data)

    def read(self, size: int | None = -1) -> bytes:
        self._check_open()
        start = self._position
        end = len(self._data) if size is None or size < 0 else start + size
        data = bytes(self._data[start:end])
        self._position += len(data)
        return data

    read1 = read

    def readinto(self, buffer: bytearray | memoryview) -> int:
        data = self.read(len(buffer))
        memoryview(buffer).cast("B")[:len(data)] = data
        return len(data)

    def readline(self, size: int | None = -1) -> bytes:
        self._check_open()
        end = self._data.find(b"\n", self._position) + 1 or len(self._data)
        if size is not None and size >= 0:
            end = min(end, self._position + size)
        data = bytes(self._data[self._position:end])
        self._position += len(data)
        return data

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._check_open()
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        piece = bytes(data)
        if not piece:
            return 0
        position = self._position
        if position > len(self._data):
            self._data.extend(bytes(position - len(self._data)))
        self._data[position:position + len(piece)] = piece
        self._position = position + len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        self._check_open()
        if whence not in (0, 1, 2):
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == 0 and offset < 0:
            raise ValueError(f"negative seek value {offset}")
        self._position = max(0, offset + (0, self._position, len(self._data))[whence])
        return self._position

    def tell(self) -> int:
        self._check_open()
        return self._position

    def truncate(self, size: int | None = None) -> int:
        self._check_open()
        size = self._position if size is None else size
        if size < 0:
            raise ValueError(f"negative truncate size {size}")
        del self._data[size:]
        return size

    def close(self) -> None:
        self._is_closed = True
        self._data = bytearray()


class StringIO(TextIOBase):
    """Text in memory that reads and writes like a file."""

    def __init__(self, initial_value: str | None = "", newline: str | None = "\n") -> None:
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        self._newline = newline
        self._parts: list[str] = []  # written at the end and not yet joined
        self._text = ""
        self._position = 0
        self._is_closed = False
        if initial_value:
            self._text = self._converted(initial_value)
        self._length = len(self._text)

    def _converted(self, text: str) -> str:
        if self._newline is None:
            return _translate(text)
        return text.replace("\n", self._newline) if self._newline in ("\r", "\r\n") else text

    def _at_end(self) -> bool:
        return self._position == self._length

    def _whole(self) -> str:
        if self._parts:
            self._text += "".join(self._parts)
            self._parts = []
        return self._text

    @property
    def closed(self) -> bool:
        return self._is_closed

    @property
    def line_buffering(self) -> bool:
        return False

    def readable(self) -> bool:
        self._check_open()
        return True

    writable = seekable = readable

    def getvalue(self) -> str:
        """Everything, wherever the position is."""
        self._check_open()
        return self._whole()

    def read(self, size: int | None = -1) -> str:
        self._check_open()
        text = self._whole()
        start = self._position
        end = len(text) if size is None or size < 0 else start + size
        piece = text[start:end]
        self._position += len(piece)
        return piece

    def readline(self, size: int | None = -1) -> str:
        self._check_open()
        text = self._whole()
        mark = self._newline if self._newline in ("\r", "\r\n") else "\n"
        at = text.find(mark, self._position)
        end = at + len(mark) if at >= 0 else len(text)
        if self._newline == "":
            carriage = text.find("\r", self._position, end)
            if carriage >= 0:
                end = carriage + 1 + (text[carriage + 1:carriage + 2] == "\n")
        if size is not None and size >= 0:
            end = min(end, self._position + size)
        piece = text[self._position:end]
        self._position += len(piece)
        return piece

    def write(self, text: str) -> int:  # type: ignore[override]
        self._check_open()
        if not isinstance(text, str):
            raise TypeError(f"string argument expected, got '{type(text).__name__}'")
        if not text:
            return 0
        piece = self._converted(text)
        if self._at_end():
            self._parts.append(piece)
            self._length += len(piece)
            self._position += len(piece)
            return len(text)
        whole = self._whole()
        if self._position > len(whole):
            whole += "\0" * (self._position - len(whole))
        self._text = whole[:self._position] + piece + whole[self._position + len(piece):]
        self._length = len(self._text)
        self._position += len(piece)
        return len(text)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        self._check_open()
        if whence not in (0, 1, 2):
            raise ValueError(f"Invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == 0 and offset < 0:
            raise ValueError(f"Negative seek position {offset}")
        if whence and offset:
            raise OSError("Can't do nonzero cur-relative seeks")
        text = self._whole()
        self._position = (offset, self._position, len(text))[whence]
        return self._position

    def tell(self) -> int:
        self._check_open()
        return self._position

    def truncate(self, size: int | None = None) -> int:
        self._check_open()
        size = self._position if size is None else size
        if size < 0:
            raise ValueError(f"Negative size value {size}")
        self._text = self._whole()[:size]
        self._length = len(self._text)
        return size

    def writelines(self, lines: Iterable[object]) -> None:
        for line in lines:
            self.write(line)  # type: ignore[arg-type]

    def close(self) -> None:
        self._is_closed = True
        self._text = ""
        self._parts = []
