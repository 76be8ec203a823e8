"""uptime: how long the machine has been on."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import computer

HELP = "Usage: uptime [-s]\n\nPrint how long the machine has been on, as up H:MM:SS.\n\n  -s  in seconds\n"


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    seconds = computer.uptime()
    if "s" in options:
        cli.write(f"{seconds:.3f}\n")
        return
    whole = int(seconds)
    cli.write(f"up {whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}\n")


cli.run(main, HELP, flags="s", long={"seconds": "s"})
