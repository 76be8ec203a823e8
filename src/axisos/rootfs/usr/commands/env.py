"""env: run a program in a changed environment."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

HELP = """\
Usage: env [-i] [-u NAME] [NAME=VALUE...] [COMMAND [ARGUMENT...]]

Run COMMAND with each NAME set to VALUE; without COMMAND, print the environment.

  -i  begin with an empty one (PATH, PWD and the user's names stay)     -u NAME  without NAME
"""

_KEPT = ("ARGS", "PATH", "PWD", "USER", "UID", "HOME", "HOSTNAME")


def main(options: cli.Options, operands: list[str]) -> int | None:
    world = {name: value for name, value in env.items() if "i" not in options or name in _KEPT}
    if "u" in options:
        world.pop(options["u"], None)
    words = list(operands)
    while words and "=" in words[0].lstrip("=") and words[0][0] != "=":
        name, _, value = words.pop(0).partition("=")
        world[name] = value
    if not words:
        for name in sorted(world):
            if name != "ARGS":
                cli.write(f"{name}={world[name]}\n")
        return 0
    path = cli.find_program(words[0], str(world.get("PATH") or ""))
    if path is None:
        cli.warn(words[0], "command not found")
        return 127
    try:
        pid = syscall("process_spawn", filesystem.abspath(path), None, {**world, "ARGS": words[1:]})
    except StatusError as error:
        cli.warn(words[0], cli.why(error))
        return 126
    return int(syscall("process_wait_status", pid))


cli.run(main, HELP, flags="i", values="u", long={"ignore-environment": "i", "unset": "u"}, intermixed=False)
