"""head: the first lines of files."""

from __future__ import annotations

from axis import cli, streams

HELP = """\
Usage: head [-n N | -N | -c BYTES] [-qv] [FILE...]

Print the first 10 lines of each FILE (standard input by default).

  -n N      N lines; -n -N all but the last N     -c BYTES  bytes instead of lines
  -q        no headings                           -v        always a heading
"""


def first_lines(stream: streams.ByteStream, count: int) -> None:
    for _ in range(count):
        line = stream.readline()
        if not line:
            break
        cli.write(line)


def all_but_last_lines(stream: streams.ByteStream, count: int) -> None:
    held = []
    for line in stream:
        held.append(line)
        if len(held) > count:
            cli.write(held.pop(0))


def first_bytes(stream: streams.ByteStream, count: int) -> None:
    while count > 0:
        data = stream.read(min(count, streams.READ_AHEAD))
        if not data:
            break
        cli.write(data)
        count -= len(data)


def main(options: cli.Options, operands: list[str]) -> None:
    count = cli.integer(options["c"] if "c" in options else options.get("n", "10"), "the count")
    headings = ("v" in options or len(operands) > 1) and "q" not in options
    first = True
    for name, stream in cli.inputs(operands):
        if headings:
            cli.write(f"{'' if first else chr(10)}==> {'standard input' if name == '-' else name} <==\n")
            first = False
        if "c" in options:
            if count < 0:
                cli.write(stream.read()[:count])
            else:
                first_bytes(stream, count)
        elif count < 0:
            all_but_last_lines(stream, -count)
        else:
            first_lines(stream, count)


cli.run(
    main, HELP, flags="qv", values="nc", number="n", long={"lines": "n", "bytes": "c", "quiet": "q", "verbose": "v"},
)
