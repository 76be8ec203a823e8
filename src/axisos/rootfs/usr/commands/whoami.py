"""whoami: the name of the user."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = "Usage: whoami\n\nPrint the name of the user that this process runs as.\n"


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    cli.write(cli.user_name(syscall("process_get_uid")) + "\n")


cli.run(main, HELP)
