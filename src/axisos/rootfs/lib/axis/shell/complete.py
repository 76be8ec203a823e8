"""What Tab puts in: commands for the first word, files for the others, variables after `$`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.run import Shell

TO_ESCAPE = " \t'\"\\$`;&|<>()*?[#~!{}"
BEFORE_COMMANDS = ("if", "then", "elif", "else", "while", "until", "do", "!", "{", "command", "builtin", "exec", "eval")
TAKES_DIRECTORIES = ("cd", "rmdir")


class LastWord:
    """The word that is being typed: where it begins, its text without quotes, the quote that is open."""

    __slots__ = ("command", "is_command", "quote", "start", "text")

    def __init__(self, typed: str) -> None:
        self.start = len(typed)
        self.text = ""
        self.quote = ""
        self.is_command = True
        self.command = ""  # the command that the word is an argument of
        self._read(typed)

    def _read(self, typed: str) -> None:
        word: list[str] | None = None
        index = 0
        while index < len(typed):
            character = typed[index]
            if self.quote:
                if character == self.quote:
                    self.quote = ""
                elif character == "\\" and self.quote == '"' and typed[index + 1:index + 2] in ('"', "\\", "$", "`"):
                    index += 1
                    word = [*(word or []), typed[index:index + 1]]
                else:
                    word = [*(word or []), character]
            elif character in " \t\n;&|<>()":
                if word is not None:
                    self._end("".join(word))
                    word = None
                if character in ";&|(\n":
                    self.is_command, self.command = True, ""
                elif character in "<>":
                    self.is_command = False
                self.start = index + 1
            else:
                if word is None:
                    word, self.start = [], index
                if character in "'\"":
                    self.quote = character
                elif character == "\\" and index + 1 < len(typed):
                    index += 1
                    word.append(typed[index])
                else:
                    word.append(character)
            index += 1
        self.text = "".join(word or [])
        if word is None:
            self.start = len(typed)

    def _end(self, word: str) -> None:
        """A word before the last one has ended."""
        name, equals, _ = word.partition("=")
        if self.is_command and word not in BEFORE_COMMANDS and not (equals and name.isidentifier()):
            self.is_command, self.command = False, word


def escaped(text: str, quote: str) -> str:
    """*text* as it is typed outside quotes, or inside those that are open."""
    if quote == "'":
        return text.replace("'", "'\\''")
    dangerous = '"\\$`' if quote else TO_ESCAPE
    return "".join(["\\" + character if character in dangerous else character for character in text])


def common_prefix(names: list[str]) -> str:
    """The beginning that all *names* share."""
    first, last = min(names), max(names)
    index = 0
    while index < min(len(first), len(last)) and first[index] == last[index]:
        index += 1
    return first[:index]


def complete(shell: Shell, typed: str) -> tuple[str, list[str]]:
    """What the line becomes, and the possibilities to show if it cannot go further than to what they share."""
    word = LastWord(typed)
    if word.text.startswith("$") and word.quote != "'":
        names = ["$" + name for name in sorted(shell.variables) if name.startswith(word.text[1:])]
        return _completed(typed, word, names, "", escape=False)
    if word.is_command and "/" not in word.text and not word.text.startswith("~"):
        return _completed(typed, word, commands(shell, word.text), "")
    directory, slash, beginning = word.text.rpartition("/")
    place = directory + slash
    looked_in = place or "."
    if looked_in.startswith("~/"):
        looked_in = (shell.lookup("HOME") or "") + looked_in[1:]
    names = [
        name for name in sorted(shell.list_directory(looked_in))
        if name.startswith(beginning) and (beginning.startswith(".") or not name.startswith("."))
    ]
    if word.command in TAKES_DIRECTORIES:
        names = [name for name in names if name.endswith("/")]
    return _completed(typed, word, names, place)


def commands(shell: Shell, beginning: str) -> list[str]:
    """Names of builtins, functions, aliases and programs that begin so."""
    from axis.shell.run import BUILTINS, DEFAULT_PATH

    names = {*BUILTINS, *shell.functions, *shell.aliases}
    for directory in (shell.lookup("PATH") or DEFAULT_PATH).split(":"):
        for name in shell.list_directory(directory or "."):
            if not name.endswith("/"):
                names.add(name.removesuffix(".py"))
    return sorted([name for name in names if name.startswith(beginning) and not name.startswith(".")])


def _completed(
    typed: str, word: LastWord, names: list[str], place: str, escape: bool = True,
) -> tuple[str, list[str]]:
    if not names:
        return typed, []
    shared = common_prefix(names)
    text = place + shared
    if escape:
        tilde = "~" if not word.quote and text.startswith("~/") else ""
        text = word.quote + tilde + escaped(text[len(tilde):], word.quote)
    elif word.quote:
        text = word.quote + text
    if len(names) == 1 and not shared.endswith("/"):
        text += word.quote + " "
    line = typed[:word.start] + text
    return line, names if len(names) > 1 else []
