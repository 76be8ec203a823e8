"""The shell: `sh`, `sh FILE [ARGS]`, `sh -c LINE [NAME ARGS]`; without a terminal, lines from standard input.

With a terminal on standard input (or `-i`) it prompts, edits lines, keeps a history and controls jobs; the first
program of a machine has no standard streams, and takes /dev/tty. The work is done in /lib/axis/shell; what only a
person needs is loaded only then.
"""

from __future__ import annotations

from abi.signals import SIG_IGN, SIGPIPE
from axis.shell.run import Shell
from axis.shell.system import System, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

USAGE = "usage: sh [-abefuvxC] [-i] [-s] [-o OPTION] [-c LINE [NAME [ARGUMENT...]] | FILE [ARGUMENT...]]\n"


def start(system: System, environment: dict[str, object]) -> int:
    """Run one shell as its arguments say; its exit status."""
    given = environment.get("ARGS")
    arguments = [str(argument) for argument in given] if isinstance(given, list) else []
    if arguments[:1] == ["--subshell"]:
        return subshell(system, environment, arguments)
    interactive, from_input = False, False
    line: str | None = None
    settings = ["set"]
    while arguments and arguments[0][:1] in ("-", "+") and len(arguments[0]) > 1:
        option = arguments.pop(0)
        if option in ("--", "-"):
            break
        if option == "--help":
            system.write(-11, USAGE.encode())
            return 0
        letters = option[1:]
        if letters == "o" and arguments:
            settings += [option, arguments.pop(0)]
            continue
        wants_line = False
        for letter in letters:
            interactive = interactive or letter == "i"
            from_input = from_input or letter == "s"
            wants_line = wants_line or (letter == "c" and option[0] == "-")
            if letter not in "ciseabefuvxCl":
                system.write(-12, f"sh: {option}: no such option\n{USAGE}".encode())
                return 2
        kept = "".join([letter for letter in letters if letter not in "cisbl"])
        if kept:
            settings.append(option[0] + kept)
        if wants_line:
            if not arguments:
                system.write(-12, b"sh: -c: a line is needed\n")
                return 2
            line = arguments.pop(0)
    name = "sh"
    path = None
    if line is not None:
        name = arguments.pop(0) if arguments else name
    elif arguments and not from_input:
        path = name = arguments.pop(0)
    shell = Shell(system, environment, name, arguments)
    system.on_signal(SIGPIPE, SIG_IGN)
    if len(settings) > 1:
        status = shell.call_builtin(settings, shell.streams)
        if status:
            return status
    if line is not None:
        text = line
        return shell.main(lambda: shell.run_text(text))
    if path is not None:
        return run_file(shell, path)
    if system.take_terminal() or interactive or system.is_terminal(-10):
        from axis.shell.session import Session

        return Session(shell).run()
    return shell.main(lambda: run_input(shell))


def subshell(system: System, environment: dict[str, object], arguments: list[str]) -> int:
    """One stage of a pipeline or a background command: the starting shell's state, then the command."""
    _, numbers, state, text, name, *positional = arguments
    pid, status, background = numbers.split(",")
    shell = Shell(system, environment, name, positional, int(pid))
    system.on_signal(SIGPIPE, SIG_IGN)
    shell.in_copy = True
    shell.last_background = int(background)

    def run() -> None:
        shell.run_text(state)
        shell.status = int(status)
        shell.run_text(text)

    return shell.main(run)


def run_file(shell: Shell, path: str) -> int:
    """Run a script."""
    from abi.status import Status, StatusError
    from axis.shell.system import reason

    absolute = shell.absolute(path)
    if "/" not in path and shell.system.stat(absolute) is None:
        absolute = shell.find_program(path) or absolute
    try:
        handle = shell.system.open(absolute, "r")
        try:
            text = decode(shell.system.read_all(handle))
        finally:
            shell.system.close(handle)
    except StatusError as error:
        shell.name = "sh"
        shell.complain(f"{path}: {reason(error)}")
        return 127 if error.status == Status.NO_SUCH_FILE else 126
    return shell.main(lambda: shell.run_text(text))


def run_input(shell: Shell) -> None:
    """Run lines of standard input as they come, so that commands in between may read from it too."""
    from axis.shell.builtins import read_line
    from axis.shell.parser import Parser
    from axis.shell.syntax import IncompleteError, ShellSyntaxError

    first, count, text = 1, 0, ""
    while True:
        line, ended = read_line(shell, -10)
        if not ended and not line:
            break
        count += 1
        text += line + "\n"
        try:
            Parser(text, aliases=shell.aliases).parse_program()
        except IncompleteError:
            if ended:
                continue
        except ShellSyntaxError:
            pass  # run_text reports it
        shell.run_text(text, line=first)
        first, text = count + 1, ""
    if text:
        shell.run_text(text, line=first)


if __name__ == "__main__":
    code = start(System(syscall), env)
    if code:
        raise SystemExit(code)
