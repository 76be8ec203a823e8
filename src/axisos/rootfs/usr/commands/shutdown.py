"""shutdown: turn off the machine."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = "Usage: shutdown\n\nTurn off the machine at once. For root, or an elevated (ring 2.5) shell.\n"


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    # The call itself would end a caller that may not make it.
    if syscall("process_get_ring") > 2.5 and syscall("process_get_uid") != 0:
        cli.fail("only root may; use su")
    syscall("computer_shutdown")


cli.run(main, HELP)
