"""which: where a command is."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env

HELP = """\
Usage: which [-a] COMMAND...

Print the path of the program behind each COMMAND.

  -a  all of them, not only the first
"""


def main(options: cli.Options, operands: list[str]) -> int | None:
    cli.need_operands(operands, 1, None, "a command")
    status = 0
    for name in operands:
        found = cli.programs_named(name, str(env.get("PATH") or ""))
        for place in found if "a" in options else found[:1]:
            cli.write(place + "\n")
        if not found:
            status = 1
    return status


cli.run(main, HELP, flags="a", long={"all": "a"})
