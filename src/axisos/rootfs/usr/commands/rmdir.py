"""rmdir: delete empty directories."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

HELP = "Usage: rmdir DIRECTORY...\n\nDelete each DIRECTORY, which must be empty.\n"


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 1, None, "a directory")
    for path in operands:
        try:
            if filesystem.stat(path)["type"] != "directory":
                cli.warn(path, "Not a directory")
            elif filesystem.list(path):
                cli.warn(path, "Directory not empty")
            else:
                filesystem.remove(path)
        except (OSError, StatusError) as error:
            cli.warn(path, cli.why(error))


cli.run(main, HELP)
