"""passwd: change a password."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli
from axis.shell.system import System
from axis.shell.terminal import ask_password

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

SHORTEST = 8  # characters; uid 0 may choose fewer
HELP = """\
Usage: passwd [USER]

Change your password, or as root that of USER. The old one is asked for first (root needs none), the new one twice.
It takes effect at the next login. Where standard input is no terminal, each answer is a line of it.
"""


def main(options: cli.Options, operands: list[str]) -> int:
    """Ask and change."""
    cli.need_operands(operands, 0, 1, "")
    system = System(syscall)
    user = operands[0] if operands else str(env.get("USER", ""))
    root = system.info()["uid"] == 0
    cli.write(f"Changing the password of {user}.\n")
    cli.flush()
    old = None if root else _answer(system, "Old password: ")
    new = _answer(system, "New password: ")
    if not root and len(new) < SHORTEST:
        cli.fail(f"the new password is too short: {SHORTEST} characters or more are needed")
    if new != _answer(system, "New password again: "):
        cli.fail("the two new passwords differ; nothing was changed")
    try:
        system.call("auth_passwd", user, old, new)
    except StatusError as error:
        cli.fail(f"nothing was changed: {error.detail}")
    cli.write(f"The password of {user} was changed.\n")
    return 0


def _answer(system: System, question: str) -> str:
    answer = ask_password(system, question)
    if not answer:
        cli.fail("nothing was changed")
    return answer


if __name__ == "__main__":
    cli.run(main, HELP)
