"""printenv: the environment."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env

HELP = """\
Usage: printenv [-0] [NAME...]

Print the environment, or the values of the NAMEs only.

  -0  end each with a zero byte
"""


def main(options: cli.Options, operands: list[str]) -> int | None:
    end = "\0" if "0" in options else "\n"
    if not operands:
        for name in sorted(env):
            if name != "ARGS":
                cli.write(f"{name}={env[name]}{end}")
        return 0
    for name in operands:
        if name in env and name != "ARGS":
            cli.write(f"{env[name]}{end}")
    return 0 if all(name in env for name in operands) else 1


cli.run(main, HELP, flags="0", long={"null": "0"})
