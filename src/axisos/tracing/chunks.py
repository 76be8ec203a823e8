"""Plain values in a binary file of the host's, chunk by chunk: each with its length in front, whole or not at all.

Called by   `spool`, `viewer_file`, for files that they have made themselves.
"""

from __future__ import annotations

import marshal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

LENGTH_BYTES = 8


def write_chunk(file: IO[bytes], chunk: Any) -> None:
    """Append one chunk. Raises: OSError; the file ends then as it did before."""
    data = marshal.dumps(chunk)
    start = file.tell()
    try:
        rest = memoryview(len(data).to_bytes(LENGTH_BYTES, "little") + data)
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.seek(start)
        file.truncate()
        raise


def read_chunk(file: IO[bytes]) -> Any:
    """The next chunk; None at the end, or where the writer was killed in the middle of one."""
    size = int.from_bytes(_read(file, LENGTH_BYTES), "little")
    data = _read(file, size)
    return marshal.loads(data) if size and len(data) == size else None


def _read(file: IO[bytes], size: int) -> bytes:
    """As many bytes, or fewer at the end of the file."""
    data = b""
    while len(data) < size:
        more = file.read(size - len(data))
        if not more:
            break
        data = data + more if data else more
    return data
