"""limits: what a process may have of everything, and what it has."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: limits [PID]

Show each limit of this process, or of process PID, and how much of it is in use. Names that begin with user_ count all
processes of the user together. The limits stand in /etc/limits.toml.
"""


def main(_options: cli.Options, operands: list[str]) -> None:
    """One row a limit."""
    cli.need_operands(operands, 0, 1, "")
    pid = cli.integer(operands[0], "process number", 0) if operands else None
    try:
        limits = syscall("process_limits", pid)
    except StatusError as error:
        cli.fail(error.detail)
    rows = [
        [name, "none" if limit is None else str(limit), "-" if used is None else str(used)]
        for name, (limit, used) in limits.items()
    ]
    cli.table(["LIMIT", "MAY", "HAS"], rows)


cli.run(main, HELP)
