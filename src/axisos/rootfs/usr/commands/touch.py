"""touch: make files exist, and their time stamps new."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

HELP = """\
Usage: touch [-c] FILE...

Make an empty FILE where there is none; give one that exists the present time.

  -c  make nothing
"""


def renew(path: str) -> None:
    """Give a file the present time: its last byte is written again, for the VFS has no call of its own for that."""
    if filesystem.stat(path)["type"] != "file":
        return
    with filesystem.open_bytes(path, "rw", write_behind=0) as file:
        size = file.seek(0, filesystem.SEEK_END)
        if size:
            file.seek(size - 1)
            last = file.read(1)
            file.seek(size - 1)
            file.write(last)


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 1, None, "a file")
    for path in operands:
        try:
            if filesystem.exists(path):
                renew(path)
            elif "c" not in options:
                filesystem.open_bytes(path, "a").close()
        except (OSError, StatusError) as error:
            cli.warn(path, cli.why(error))


cli.run(main, HELP, flags="c", long={"no-create": "c"})
