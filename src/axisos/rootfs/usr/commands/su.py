"""su: become another user, with that user's password."""

from __future__ import annotations

from abi.signals import SIG_IGN, SIGINT, SIGQUIT, SIGTSTP
from abi.status import Status, StatusError
from axis import cli
from axis.shell.system import System
from axis.shell.terminal import ask_password

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env, syscall

HELP = """\
Usage: su [-c LINE] [-] [USER [ARGUMENT...]]

Start the shell of USER (root if none is named) with that user's rights. Root is asked for no password. The shell of
whoever becomes root has ring 2.5: on a terminal this program itself is elevated, and opens the terminal anew. Where
standard input is no terminal, the password is its next line.

  -c LINE  run one command line and end with its status
"""


def environment(account: dict[str, Any], arguments: list[str]) -> dict[str, Any]:
    """What the new shell starts with: nothing of the caller's but the terminal's facts."""
    home = str(account["home"])
    fresh: dict[str, Any] = {
        "ARGS": arguments, "USER": str(account["user"]), "UID": str(account["uid"]), "HOME": home, "PWD": home,
        "SHELL": str(account["shell"]), "PATH": "/usr/commands:/bin",
    }
    for name in ("HOSTNAME", "TERM", "NO_COLOR"):
        if name in env:
            fresh[name] = env[name]
    return fresh


def main(options: cli.Options, operands: list[str]) -> int:
    """Ask, start, wait."""
    system = System(syscall)
    operands = operands[1:] if operands[:1] == ["-"] else operands
    user = operands[0] if operands else "root"
    line = options.get("c")
    password = None
    if system.info()["uid"] != 0:
        password = ask_password(system, "Password: ")
        if password is None:
            cli.fail("no password was given")
    try:
        account = system.call("auth_login", user, password)
    except StatusError as error:
        cli.fail(error.detail if error.status != Status.INVALID_PARAMETER else f"{user}: no such user")
    arguments = operands[1:]
    if isinstance(line, str):
        arguments = ["-c", line, *arguments]
    interactive = not arguments and system.is_terminal(-10)
    if interactive:  # these are for the shell and what it starts
        for signal in (SIGINT, SIGTSTP, SIGQUIT):
            system.on_signal(signal, SIG_IGN)
    if interactive and account["ring"] == 2.5:
        elevate(system)
    group = 0 if interactive else None
    fresh = environment(account, arguments)
    if system.info()["ring"] == 2.5:
        shell = system.call("process_spawn", account["shell"], 2.5, fresh, None, group)
    else:
        shell = system.call("process_spawn", account["shell"], None, fresh, None, group, True)
    return system.wait(shell)


def elevate(system: System) -> None:
    """Use the grant for this process: its synapse token is rotated, and whatever it had open is closed."""
    system.call("process_elevate", 2.5)
    for mode in ("r", "w"):  # fills the empty standard slots
        system.call("vfs_open", "/dev/tty", mode)


if __name__ == "__main__":
    cli.run(main, HELP, values="c", intermixed=False)
