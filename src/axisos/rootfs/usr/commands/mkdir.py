"""mkdir: make directories."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

HELP = """\
Usage: mkdir [-pv] [-m MODE] DIRECTORY...

Make each DIRECTORY.

  -p       parents as well; no complaint about what exists
  -m MODE  with these rights: three octal digits
  -v       say what is made
"""


def make(path: str, options: cli.Options) -> None:
    filesystem.mkdir(path)
    if "m" in options:
        filesystem.chmod(path, options["m"])
    if "v" in options:
        cli.write(f"made {path}\n")


def make_with_parents(path: str, options: cli.Options) -> None:
    target = filesystem.abspath(path)
    missing = []
    while not filesystem.exists(target):
        missing.append(target)
        target = target.rsplit("/", 1)[0] or "/"
    for directory in reversed(missing):
        make(directory, options)
    if not missing and not filesystem.is_dir(path):
        cli.warn(path, "File exists")


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 1, None, "a directory")
    mode = options.get("m", "755")
    if len(mode) != 3 or mode.strip("01234567"):
        cli.usage(f"{mode}: the mode is three octal digits, as in 755")
    for path in operands:
        try:
            if "p" in options:
                make_with_parents(path, options)
            else:
                make(path, options)
        except (OSError, StatusError) as error:
            cli.warn(path, cli.why(error))


cli.run(main, HELP, flags="pv", values="m", long={"parents": "p", "verbose": "v", "mode": "m"})
