"""From the syntax tree back to text: what a subshell process is started with, and what `type` and `jobs` show.

Always so   parsing the text again gives the same tree (here-documents come back as `<<<` words).
"""

from __future__ import annotations

from axis.shell.lexer import PATTERN_OPERATORS
from axis.shell.parser import KEYWORDS
from axis.shell.syntax import (
    AndOr,
    Arithmetic,
    Case,
    For,
    Function,
    Group,
    If,
    Parameter,
    Pipeline,
    Sequence,
    Simple,
    Subshell,
    Substitution,
    Text,
    While,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.syntax import Command, Part, Redirect

SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,"


def quote(text: str) -> str:
    """*text* as one word that the shell takes literally."""
    if text and text not in KEYWORDS:
        for character in text:
            if character not in SAFE:
                break
        else:
            return text
    return "'" + text.replace("'", "'\\''") + "'"


def word_text(word: Word) -> str:
    """A word as it could have been written."""
    pieces: list[str] = []
    quoted: list[str] = []
    for part in word.parts:
        if type(part) is Text and part.quoted:
            quoted.append(part.text)  # neighbours share their quotes
            continue
        if quoted:
            pieces.append(_part(Text("".join(quoted), True)))
            quoted.clear()
        pieces.append(_part(part))
    if quoted:
        pieces.append(_part(Text("".join(quoted), True)))
    return "".join(pieces)


def _part(part: Part) -> str:
    """One part, outside double quotes."""
    if type(part) is Text:
        return "'" + part.text.replace("'", "'\\''") + "'" if part.quoted else part.text
    return f'"{_expansion(part)}"' if part.quoted else _expansion(part)


def _inside(parts: list[Part], escaped: str) -> str:
    """Parts as the inside of double quotes; characters of *escaped* get a backslash."""
    pieces = []
    for part in parts:
        if type(part) is Text:
            for character in part.text:
                pieces.append("\\" + character if character in escaped else character)
        else:
            pieces.append(_expansion(part))
    return "".join(pieces)


def _expansion(part: Part) -> str:
    """A parameter, substitution or expression, without the quotes around it."""
    if type(part) is Substitution:
        text = command_text(part.body)
        return f"$( {text})" if text.startswith("(") else f"$({text})"
    if type(part) is Arithmetic:
        return f"$(({_inside(part.word.parts, '$`')}))"
    assert type(part) is Parameter
    if part.operator == "length":
        return f"${{#{part.name}}}"
    if not part.operator or part.word is None:
        return f"${{{part.name}}}"
    if part.quoted and part.operator not in PATTERN_OPERATORS:
        return f"${{{part.name}{part.operator}{_inside(part.word.parts, chr(92) + '`$}' + chr(34))}}}"
    return f"${{{part.name}{part.operator}{word_text(part.word)}}}"


def _redirect(redirect: Redirect) -> str:
    descriptor = "" if redirect.descriptor is None else str(redirect.descriptor)
    if redirect.operator != "<<":
        return f"{descriptor}{redirect.operator} {word_text(redirect.target)}"
    parts = list(redirect.target.parts)
    if not parts:
        return f"{descriptor}< /dev/null"
    last = parts[-1]
    assert type(last) is Text  # a here-document ends with a line's end
    parts[-1] = Text(last.text[:-1], True)
    return f"{descriptor}<<< {word_text(Word(parts))}"


def _redirects(redirects: list[Redirect]) -> str:
    return "".join([" " + _redirect(redirect) for redirect in redirects])


def _block(body: Sequence) -> str:
    """A list that a keyword follows."""
    text = command_text(body)
    return text if text.endswith("&") else text + ";"


def command_text(command: Command) -> str:
    """Any command, on one line as far as its words allow."""
    if type(command) is Simple:
        pieces = [
            f"{item.name}{'+=' if item.append else '='}{word_text(item.word)}" for item in command.assignments
        ]
        pieces.extend([word_text(word) for word in command.words])
        pieces.extend([_redirect(redirect) for redirect in command.redirects])
        return " ".join(pieces)
    if type(command) is Sequence:
        text = ""
        for item, background in command.items:
            text += (" " if text.endswith("&") else "; " if text else "") + command_text(item)
            text += " &" if background else ""
        return text
    if type(command) is Pipeline:
        return ("! " if command.negated else "") + " | ".join([command_text(stage) for stage in command.commands])
    if type(command) is AndOr:
        return command_text(command.first) + "".join(
            [f" {operator} {command_text(following)}" for operator, following in command.rest]
        )
    if type(command) is Function:
        return f"{command.name}() {command_text(command.body)}"
    assert type(command) in (Group, Subshell, If, While, For, Case), command
    return _compound(command) + _redirects(command.redirects)  # type: ignore[union-attr]


def _compound(command: Command) -> str:
    """A compound command without its redirections."""
    if type(command) is Group:
        return f"{{ {_block(command.body)} }}"
    if type(command) is Subshell:
        return f"( {command_text(command.body)} )"
    if type(command) is While:
        keyword = "until" if command.until else "while"
        return f"{keyword} {_block(command.condition)} do {_block(command.body)} done"
    if type(command) is For:
        words = "" if command.words is None else " in" + "".join([" " + word_text(word) for word in command.words])
        return f"for {command.name}{words}; do {_block(command.body)} done"
    if type(command) is Case:
        text = f"case {word_text(command.word)} in"
        for patterns, body in command.branches:
            text += f" ({' | '.join([word_text(pattern) for pattern in patterns])}) {command_text(body)};;"
        return text + " esac"
    assert type(command) is If
    text = ""
    for condition, body in command.clauses:
        text += f"{' elif' if text else 'if'} {_block(condition)} then {_block(body)}"
    if command.otherwise is not None:
        text += f" else {_block(command.otherwise)}"
    return text + " fi"
