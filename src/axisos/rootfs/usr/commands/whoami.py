"""whoami: the name of the user."""

from axis import cli

HELP = "Usage: whoami\n\nPrint the name of the user that this process runs as.\n"


def main(options, operands):
    cli.need_operands(operands, 0, 0, "")
    cli.write(cli.user_name(syscall("process_get_uid")) + "\n")


cli.run(main, HELP)
