"""false: fail."""

from __future__ import annotations

from axis import cli

HELP = "Usage: false\n\nDo nothing, without success (exit status 1).\n"

cli.run(lambda options, operands: 1, HELP, verbatim=True)
