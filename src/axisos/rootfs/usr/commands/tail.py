"""tail: the last lines of files."""

from __future__ import annotations

from axis import cli, filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: tail [-n N | -N | -c BYTES] [-f] [-qv] [FILE...]

Print the last 10 lines of each FILE (standard input by default).

  -n N      N lines; -n +N from line N on          -c BYTES  bytes instead of lines
  -f        go on as the last FILE grows           -q, -v    no headings, always headings
"""

_POLL_MS = 200


def last_lines(stream: streams.ByteStream, count: int) -> None:
    """The last lines of a stream; a file is read from its end backwards."""
    if count == 0:
        if stream.seekable():
            stream.seek(0, filesystem.SEEK_END)
        return
    if stream.seekable():
        position = stream.seek(0, filesystem.SEEK_END)
        data = b""
        while position > 0 and data.count(b"\n") <= count:
            step = min(streams.READ_AHEAD, position)
            position -= step
            stream.seek(position)
            data = stream.read(step) + data
        stream.seek(0, filesystem.SEEK_END)
        cli.write(last_of(data, count))
        return
    kept = []
    for line in stream:
        kept.append(line)
        if len(kept) > 2 * count:
            del kept[:-count]
    cli.write(b"".join(kept[-count:]))


def last_of(data: bytes, count: int) -> bytes:
    """The last *count* lines of *data*, where only a newline ends a line."""
    at = len(data) - 1 if data.endswith(b"\n") else len(data)
    for _ in range(count):
        at = data.rfind(b"\n", 0, at)
        if at < 0:
            return data
    return data[at + 1:]


def last_bytes(stream: streams.ByteStream, count: int) -> None:
    if count == 0:
        return
    if stream.seekable():
        size = stream.seek(0, filesystem.SEEK_END)
        stream.seek(max(size - count, 0))
        for chunk in cli.chunks(stream):
            cli.write(chunk)
        return
    kept = b""
    for chunk in cli.chunks(stream):
        kept = (kept + chunk)[-count:]
    cli.write(kept)


def from_position(stream: streams.ByteStream, start: int, in_bytes: bool) -> None:
    """Everything from line or byte *start* (counted from 1) on."""
    if in_bytes:
        stream.read(max(start - 1, 0))
    else:
        for _ in range(start - 1):
            if not stream.readline():
                return
    for chunk in cli.chunks(stream):
        cli.write(chunk)


def follow(path: str, stream: streams.ByteStream) -> None:
    """Print what is added to the file, for ever."""
    while True:
        chunk = stream.read1()
        if chunk:
            streams.write_all(-11, chunk)
            continue
        streams.flush_pending()
        syscall("process_sleep", _POLL_MS)
        if filesystem.exists(path) and filesystem.stat(path)["size"] < stream.tell():
            cli.warn(path, "has become shorter")
            stream.seek(0)


def main(options: cli.Options, operands: list[str]) -> None:
    text = options["c"] if "c" in options else options.get("n", "10")
    count = cli.integer(text, "the count")
    headings = ("v" in options or len(operands) > 1) and "q" not in options
    first = True
    for index, (name, stream) in enumerate(cli.inputs(operands)):
        if headings:
            cli.write(f"{'' if first else chr(10)}==> {'standard input' if name == '-' else name} <==\n")
            first = False
        if text[0] == "+":
            from_position(stream, count, "c" in options)
        elif "c" in options:
            last_bytes(stream, abs(count))
        else:
            last_lines(stream, abs(count))
        if "f" in options and index == len(operands) - 1 and name != "-" and stream.seekable():
            follow(name, stream)


cli.run(
    main, HELP, flags="fqv", values="nc", number="n",
    long={"lines": "n", "bytes": "c", "follow": "f", "quiet": "q", "verbose": "v"},
)
