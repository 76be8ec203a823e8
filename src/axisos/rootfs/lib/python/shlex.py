"""Words as the shell splits and quotes them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")


def quote(s: str) -> str:
    """*s* so that the shell takes it for one word."""
    if not s:
        return "''"
    if all(letter in _SAFE for letter in s):
        return s
    return "'" + s.replace("'", "'\"'\"'") + "'"


def join(split_command: Iterable[str]) -> str:
    """The words as one line that the shell splits again."""
    return " ".join([quote(word) for word in split_command])


def split(s: str, comments: bool = False, posix: bool = True) -> list[str]:
    """The words of a line: quotes group, a backslash takes the next character as it is.

    Raises:  ValueError for a quote that is not closed or a backslash at the end.
    """
    if not posix:
        raise NotImplementedError("shlex.split: posix=False is not here")
    words: list[str] = []
    word: str | None = None
    index = 0
    while index < len(s):
        letter = s[index]
        index += 1
        if letter in " \t\r\n":
            if word is not None:
                words.append(word)
                word = None
        elif letter == "#" and comments:
            end = s.find("\n", index)
            index = len(s) if end < 0 else end
        elif letter == "'":
            end = s.find("'", index)
            if end < 0:
                raise ValueError("No closing quotation")
            word = (word or "") + s[index:end]
            index = end + 1
        elif letter == '"':
            text, index = _double_quoted(s, index)
            word = (word or "") + text
        elif letter == "\\":
            if index >= len(s):
                raise ValueError("No escaped character")
            word = (word or "") + s[index]
            index += 1
        else:
            word = (word or "") + letter
    if word is not None:
        words.append(word)
    return words


def _double_quoted(s: str, index: int) -> tuple[str, int]:
    """The text up to the closing double quote, and the place after it."""
    text = ""
    while index < len(s):
        letter = s[index]
        index += 1
        if letter == '"':
            return text, index
        if letter == "\\" and s[index:index + 1] in ('"', "\\"):
            letter = s[index]
            index += 1
        text += letter
    raise ValueError("No closing quotation")


def __getattr__(name: str) -> Any:
    if name == "shlex":
        raise AttributeError("module 'shlex' has no attribute 'shlex': use shlex.split")
    raise AttributeError(f"module 'shlex' has no attribute {name!r}")
