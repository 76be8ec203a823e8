"""reboot: restart the machine."""

from __future__ import annotations

from axis import cli, syscall

HELP = "Usage: reboot\n\nRestart the machine at once. For root, or an elevated (ring 2.5) shell.\n"


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    try:
        syscall.reboot()
    except PermissionError:
        cli.fail("only root may; use su")


cli.run(main, HELP)
