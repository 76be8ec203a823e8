"""true: succeed."""

from __future__ import annotations

from axis import cli

HELP = "Usage: true\n\nDo nothing, with success (exit status 0).\n"

cli.run(lambda options, operands: 0, HELP, verbatim=True)
