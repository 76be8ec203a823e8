"""umount: have a disk disappear from a directory."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

HELP = """\
Usage: umount POINT...

Unmount what is mounted in the directory POINT. What is in use stays, and it is said who uses it. Only uid 0 may do so.
"""


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 1, None, "where it is mounted")
    for point in operands:
        try:
            filesystem.unmount(point)
        except (OSError, StatusError) as error:
            cli.warn(point, cli.told(error, point))


cli.run(main, HELP)
