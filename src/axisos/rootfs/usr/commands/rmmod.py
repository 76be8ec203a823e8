"""rmmod: unload a driver."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: rmmod [-f] DRIVER...

Unload drivers, for root: all instances of each DRIVER, which is a name that lsmod shows, or a path.

  -f  even while its devices are open; who still uses them gets errors
"""

_HINTS = {
    405: "lsmod lists the drivers",
    408: "its unload routine failed; it goes on",
    604: "close its devices first, or use -f",
}


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 1, None, "a driver")
    if syscall("process_get_uid") != 0:
        cli.fail(operands[0], "only root may unload drivers")
    for name in operands:
        try:
            cli.write(f"{syscall('driver_unload', name, 'f' in options)}\n")
        except StatusError as error:
            hint = _HINTS.get(int(error.status))
            cli.warn(name, f"{int(error.status)} {error.detail}" + (f"; {hint}" if hint else ""))


cli.run(main, HELP, flags="f", long={"force": "f"})
