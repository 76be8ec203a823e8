"""clear: clear the screen."""

from axis import cli

HELP = "Usage: clear\n\nClear the screen.\n"


def main(options, operands):
    cli.need_operands(operands, 0, 0, "")
    cli.write("\f")


cli.run(main, HELP)
