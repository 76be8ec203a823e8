"""The shell's syntax tree: what the parser makes, what `run` walks, what `unparse` writes back as text.

A *word* is a list of parts; each part knows whether it stood in quotes, because only unquoted results are split into
fields and matched against file names. The tree is never changed after parsing, so functions may share it.
"""

from __future__ import annotations

TYPE_CHECKING = False


class ShellSyntaxError(Exception):
    """The text is no shell language. `line` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class IncompleteError(ShellSyntaxError):
    """The text ends too early: more lines could make it right."""


class Text:
    """Literal characters; quoted ones are taken as they are."""

    __slots__ = ("quoted", "text")

    def __init__(self, text: str, quoted: bool = False) -> None:
        self.text = text
        self.quoted = quoted


class Parameter:
    """`$name`, `${name}` or `${name<operator>word}`; operator "length" is `${#name}`."""

    __slots__ = ("name", "operator", "quoted", "word")

    def __init__(self, name: str, operator: str = "", word: Word | None = None, quoted: bool = False) -> None:
        self.name = name
        self.operator = operator
        self.word = word
        self.quoted = quoted


class Substitution:
    """`$(command)` and its older form in back quotes."""

    __slots__ = ("body", "quoted")

    def __init__(self, body: Sequence, quoted: bool = False) -> None:
        self.body = body
        self.quoted = quoted


class Arithmetic:
    """`$((expression))`; the word's parts are expanded first."""

    __slots__ = ("quoted", "word")

    def __init__(self, word: Word, quoted: bool = False) -> None:
        self.word = word
        self.quoted = quoted


class Word:
    """One word of a command, before expansion."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts

    def plain(self) -> str | None:
        """The word's text if nothing in it is quoted or to be expanded (so it may be a keyword), else None."""
        if len(self.parts) != 1:
            return None
        part = self.parts[0]
        return part.text if type(part) is Text and not part.quoted else None

    def literal(self) -> str | None:
        """The word's text if all of it is literal, quoted or not, else None."""
        texts = []
        for part in self.parts:
            if type(part) is not Text:
                return None
            texts.append(part.text)
        return "".join(texts)


class Assignment:
    """`name=word`, or `name+=word` with `append`."""

    __slots__ = ("append", "name", "word")

    def __init__(self, name: str, word: Word, append: bool = False) -> None:
        self.name = name
        self.word = word
        self.append = append


class Redirect:
    """One redirection. `descriptor` None = the operator's own (0 for input, 1 for output).

    Operators: `<` `>` `>>` `>|` `<>` `<&` `>&` `&>` `&>>`, `<<<` (word and a newline) and `<<` (the body as a word).
    """

    __slots__ = ("descriptor", "operator", "target")

    def __init__(self, descriptor: int | None, operator: str, target: Word) -> None:
        self.descriptor = descriptor
        self.operator = operator
        self.target = target


class Simple:
    """Assignments, words and redirections: a builtin, a function or a program."""

    __slots__ = ("assignments", "line", "redirects", "words")

    def __init__(
        self, assignments: list[Assignment], words: list[Word], redirects: list[Redirect], line: int = 0,
    ) -> None:
        self.assignments = assignments
        self.words = words
        self.redirects = redirects
        self.line = line


class Pipeline:
    """`a | b | c`, all at the same time; `negated` by a leading `!`. `commands` may be one."""

    __slots__ = ("commands", "negated")

    def __init__(self, commands: list[Command], negated: bool = False) -> None:
        self.commands = commands
        self.negated = negated


class AndOr:
    """`a && b || c`: `rest` holds (operator, command) in order."""

    __slots__ = ("first", "rest")

    def __init__(self, first: Command, rest: list[tuple[str, Command]]) -> None:
        self.first = first
        self.rest = rest


class Sequence:
    """Commands one after another: (command, whether it runs in the background)."""

    __slots__ = ("items",)

    def __init__(self, items: list[tuple[Command, bool]]) -> None:
        self.items = items


class Group:
    """`{ list; }`, in this shell."""

    __slots__ = ("body", "redirects")

    def __init__(self, body: Sequence, redirects: list[Redirect]) -> None:
        self.body = body
        self.redirects = redirects


class Subshell:
    """`( list )`: what it changes is forgotten afterwards."""

    __slots__ = ("body", "redirects")

    def __init__(self, body: Sequence, redirects: list[Redirect]) -> None:
        self.body = body
        self.redirects = redirects


class If:
    """`if`/`elif` clauses as (condition, body), and the body of `else` or None."""

    __slots__ = ("clauses", "otherwise", "redirects")

    def __init__(
        self, clauses: list[tuple[Sequence, Sequence]], otherwise: Sequence | None, redirects: list[Redirect],
    ) -> None:
        self.clauses = clauses
        self.otherwise = otherwise
        self.redirects = redirects


class While:
    """`while` or, with `until`, its opposite."""

    __slots__ = ("body", "condition", "redirects", "until")

    def __init__(self, condition: Sequence, body: Sequence, until: bool, redirects: list[Redirect]) -> None:
        self.condition = condition
        self.body = body
        self.until = until
        self.redirects = redirects


class For:
    """`for name in words`; `words` None = the positional parameters."""

    __slots__ = ("body", "name", "redirects", "words")

    def __init__(self, name: str, words: list[Word] | None, body: Sequence, redirects: list[Redirect]) -> None:
        self.name = name
        self.words = words
        self.body = body
        self.redirects = redirects


class Case:
    """`case word in pattern|pattern) body ;; … esac`."""

    __slots__ = ("branches", "redirects", "word")

    def __init__(
        self, word: Word, branches: list[tuple[list[Word], Sequence]], redirects: list[Redirect],
    ) -> None:
        self.word = word
        self.branches = branches
        self.redirects = redirects


class Function:
    """`name() body`: running it defines the function."""

    __slots__ = ("body", "name")

    def __init__(self, name: str, body: Command) -> None:
        self.name = name
        self.body = body


if TYPE_CHECKING:
    Part = Text | Parameter | Substitution | Arithmetic
    Command = (
        Simple | Pipeline | AndOr | Sequence | Group | Subshell | If | While | For | Case | Function
    )
