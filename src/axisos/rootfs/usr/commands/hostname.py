"""hostname: the machine's name."""

from __future__ import annotations

from axis import cli, filesystem

HELP = "Usage: hostname [NAME]\n\nPrint the machine's name, or, for root, make it NAME (in force at the next login).\n"


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 1, "")
    if operands:
        name = operands[0]
        if not name or len(name) > 63 or not name.isascii() or not name.replace("-", "a").replace(".", "a").isalnum():
            cli.usage(f"{name}: a name is letters, digits, - and ., 63 at most")
        with filesystem.open("/etc/hostname", "w") as file:
            file.write(name + "\n")
        return
    try:
        with filesystem.open("/etc/hostname") as file:
            name = "".join(file.read().split())
    except FileNotFoundError:
        name = ""
    cli.write((name or "localhost") + "\n")


cli.run(main, HELP)
