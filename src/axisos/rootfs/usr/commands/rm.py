"""rm: delete files and, with -r, directories."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

HELP = """\
Usage: rm [-rfv] PATH...

Delete each PATH.

  -r  directories with all that is in them
  -f  no complaint about what does not exist
  -v  say what is deleted

/, /dev and /etc, the working directory and what it lies in are never deleted.
"""

_KEPT = ("/", "/dev", "/etc", "/bin", "/boot", "/lib", "/usr", "/system", "/executive", "/abi", "/drivers")


def main(options: cli.Options, operands: list[str]) -> None:
    if "f" not in options:
        cli.need_operands(operands, 1, None, "what to delete")
    here = filesystem.getcwd()
    for path in operands:
        if not path:
            cli.warn("''", "No such file or directory")
            continue
        target = filesystem.abspath(path)
        try:
            info = filesystem.stat(path)
            if target in _KEPT:
                cli.warn(path, "the system needs it")
            elif info["type"] == "directory" and "r" not in options:
                cli.warn(path, "is a directory (use -r)")
            elif here == target or here.startswith(target + "/"):
                cli.warn(path, "the working directory is in it")
            else:
                filesystem.remove(path, info["type"] == "directory")
                if "v" in options:
                    cli.write(f"deleted {path}\n")
        except (OSError, StatusError) as error:
            if not ("f" in options and isinstance(error, FileNotFoundError)):
                cli.warn(path, cli.why(error))


cli.run(main, HELP, flags="rfv", long={"recursive": "r", "force": "f", "verbose": "v"})
