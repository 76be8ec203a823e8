"""uniq: leave out repeated lines."""

from __future__ import annotations

from axis import cli, filesystem

HELP = """\
Usage: uniq [-cdui] [-f N] [INPUT [OUTPUT]]

Print each run of equal lines of INPUT (standard input by default) once.

  -c  with its length in front     -d  only repeated lines     -u  only lines that are not repeated
  -i  capital and small letters are the same                   -f N  do not compare the first N words
"""


def main(options: cli.Options, operands: list[str]) -> int | None:
    cli.need_operands(operands, 0, 2, "")
    skip = cli.integer(options.get("f", "0"), "-f", 0)
    output = filesystem.open_bytes(operands[1], "w") if len(operands) > 1 else None

    def key(line: bytes) -> bytes:
        if skip:
            parts = line.split(None, skip)
            line = parts[skip] if len(parts) > skip else b""
        return line.lower() if "i" in options else line

    def finish(line: bytes, count: int) -> None:
        if ("d" in options and count == 1) or ("u" in options and count > 1):
            return
        data = (f"{count:>7} ".encode() if "c" in options else b"") + line + b"\n"
        if output is not None:
            output.write(data)
        else:
            cli.write(data)

    current, current_key, count = b"", None, 0
    for _, stream in cli.inputs(operands[:1]):
        for line in stream:
            line = line.removesuffix(b"\n")
            this = key(line)
            if count and this == current_key:
                count += 1
                continue
            if count:
                finish(current, count)
            current, current_key, count = line, this, 1
    if count:
        finish(current, count)
    if output is not None:
        output.close()
    return None


cli.run(main, HELP, flags="cdui", values="f", long={"count": "c", "repeated": "d", "unique": "u", "ignore-case": "i"})
