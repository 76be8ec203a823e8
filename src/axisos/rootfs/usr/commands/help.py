"""help: what commands there are, and what the shell understands."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

SHELL = """
The shell
  Words     'text'  "text $VAR"  \\x  $VAR ${VAR:-x}  $(command)  $((1 + 2))  ~  * ? [a-z]
  Lists     a ; b    a && b    a || b    a &    a | b    ! a    ( a )    { a; }
  Files     < f   > f   >> f   2> f   2>&1   &> f   <<END   <<< word
  Control   if while until for case functions break continue return
  Builtins  cd pwd export unset set alias jobs fg bg wait kill history read test trap source exit and more: type NAME

A Python program runs by `python FILE`, or by its name after chmod +x. `help COMMAND` tells more of one command.
"""
HELP = "Usage: help [COMMAND...]\n\nList the commands with a word on each; or print the help of each COMMAND.\n"


OF_THE_SHELL = "a word of the shell; `help` alone shows how it is used"
NO_COMMANDS = {"exercise", "headless", "init"}  # first programs of a machine, which the kernel starts


def is_of_the_shell(name: str) -> bool:
    """Whether the shell itself understands this word."""
    from axis.shell.builtins import TABLE
    from axis.shell.parser import KEYWORDS

    return name in TABLE or name in KEYWORDS


def summary(path: str) -> str:
    """The first line of a program's docstring without the name; "" if there is none."""
    try:
        with filesystem.open_bytes(path) as file:
            start = file.read1(300).decode("utf-8", "replace")
    except (OSError, StatusError):
        return ""
    if not start.startswith('"""'):
        return ""
    line = start[3:].split("\n", 1)[0].split('"""', 1)[0]
    return line.partition(": ")[2] or line


def main(options: cli.Options, operands: list[str]) -> None:
    search = str(env.get("PATH") or "/usr/commands")
    for name in operands:
        path = cli.find_program(name, search)
        if path is None:
            cli.warn(name, OF_THE_SHELL if is_of_the_shell(name) else "command not found")
            continue
        cli.flush()
        pid = syscall("process_spawn", filesystem.abspath(path), None, {**env, "ARGS": ["--help"]})
        syscall("process_wait_status", pid)
    if operands:
        return
    rows: dict[str, str] = {}
    for directory in search.split(":"):
        try:
            names = filesystem.list(directory)
        except (OSError, StatusError):
            continue
        for file in names:
            if file.endswith(".py") and file[:-3] not in NO_COMMANDS:
                rows.setdefault(file[:-3], summary(cli.join(directory, file)))
    width = max((len(name) for name in rows), default=0)
    for name in sorted(rows):
        cli.write(f"{cli.coloured(f'{name:<{width}}', 'green')}  {rows[name]}\n")
    cli.write(SHELL)


cli.run(main, HELP)
