"""The text in front of a line: `user@host:~/place$ `, or what `PS1` and `PS2` say.

In `PS1` and `PS2`: `\\u` user, `\\h` host, `\\w` place, `\\W` its last part, `\\$` the sign, `\\n` newline,
`\\e` escape.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.run import Shell

GREEN, BLUE, PLAIN = "\x1b[32m", "\x1b[34m", "\x1b[0m"


def shown_path(path: str, home: str) -> str:
    """*path* with `~` for the home directory; compared by whole components."""
    home = home.rstrip("/")
    if home and (path == home or path.startswith(home + "/")):
        return "~" + path[len(home):]
    return path


class Prompt:
    """Makes prompts; who we are does not change while a shell runs."""

    def __init__(self, shell: Shell) -> None:
        own = shell.system.info()
        self._shell = shell
        self._sign = "#" if own["ring"] == 2.5 or own["uid"] == 0 else "$"

    def first(self) -> str:
        """The prompt of a command."""
        shell = self._shell
        own = shell.variables.get("PS1")
        if own is not None:
            return self._filled(own)
        path = shown_path(shell.variables["PWD"], shell.variables.get("HOME", ""))
        user, host = shell.variables.get("USER", "?"), shell.variables.get("HOSTNAME", "localhost")
        if shell.variables.get("NO_COLOR"):
            return f"\n{user}@{host}:{path}{self._sign} "
        return f"\n{GREEN}{user}@{host}{PLAIN}:{BLUE}{path}{PLAIN}{self._sign} "

    def next(self) -> str:
        """The prompt of a command's further lines."""
        return self._filled(self._shell.variables.get("PS2", "> "))

    def _filled(self, template: str) -> str:
        variables = self._shell.variables
        path = shown_path(variables["PWD"], variables.get("HOME", ""))
        values = {
            "u": variables.get("USER", "?"), "h": variables.get("HOSTNAME", "localhost"), "w": path,
            "W": path.rstrip("/").rsplit("/", 1)[-1] or "/", "$": self._sign, "n": "\n", "e": "\x1b", "\\": "\\",
            "[": "", "]": "",
        }
        result = []
        index = 0
        while index < len(template):
            character = template[index]
            index += 1
            if character == "\\" and template[index:index + 1] in values:
                character = values[template[index]]
                index += 1
            result.append(character)
        return "".join(result)
