"""From tokens to the syntax tree: one method for each form of the grammar.

    list      pipeline (("&&" | "||") pipeline)*, separated by ";", "&" or line ends
    pipeline  ["!"] command ("|" command)*
    command   simple | { list } | ( list ) | if | while | until | for | case | name() command, with redirections

Called by   whoever has a text to run, one complete command line at a time (`parse_line`), so that an alias or an error
            further down takes effect when its line is reached.
Always so   a text that could become right with more lines raises IncompleteError, any other wrong one ShellSyntaxError.
"""

from __future__ import annotations

from axis.shell.lexer import END, NEWLINE, NUMBER, OPERATOR, REDIRECTIONS, WORD, Lexer, Token, is_name
from axis.shell.syntax import (
    AndOr,
    Assignment,
    Case,
    For,
    Function,
    Group,
    If,
    IncompleteError,
    Pipeline,
    Redirect,
    Sequence,
    ShellSyntaxError,
    Simple,
    Subshell,
    Text,
    While,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.syntax import Command

OPENING = ("if", "while", "until", "for", "case", "{")
CLOSING = ("then", "elif", "else", "fi", "do", "done", "esac", "}")
KEYWORDS = (*OPENING, *CLOSING, "!", "in", "function")


class Parser:
    """Parses *text* from *position* on. `aliases` maps names to the text that replaces them."""

    def __init__(self, text: str, position: int = 0, line: int = 1, aliases: dict[str, str] | None = None) -> None:
        self.lexer = Lexer(text, position, line)
        self._token: Token | None = None
        self._aliases = {} if aliases is None else aliases

    # -- tokens -------------------------------------------------------------------------------------------------------

    def _peek(self) -> Token:
        if self._token is None:
            self._token = self.lexer.next_token()
        return self._token

    def _next(self) -> Token:
        token = self._peek()
        self._token = None
        return token

    def _operator(self, *texts: str) -> bool:
        """Whether the next token is one of these operators."""
        token = self._peek()
        return token.kind == OPERATOR and token.text in texts

    def _keyword(self) -> str | None:
        """The plain text of the next word (it may be a keyword), else None."""
        token = self._peek()
        return token.word.plain() if token.word is not None else None

    def _skip_newlines(self) -> None:
        while self._peek().kind == NEWLINE:
            self._next()

    def _unexpected(self, wanted: str = "") -> ShellSyntaxError:
        token = self._peek()
        if token.kind == END:
            return IncompleteError("unexpected end" + (f", {wanted} expected" if wanted else ""), token.line)
        text = "end of line" if token.kind == NEWLINE else repr(token.text)
        if token.word is not None:
            from axis.shell.unparse import word_text

            text = repr(word_text(token.word))
        return ShellSyntaxError(f"syntax error near {text}" + (f", {wanted} expected" if wanted else ""), token.line)

    def _expect_keyword(self, keyword: str) -> None:
        if self._keyword() != keyword:
            raise self._unexpected(repr(keyword))
        self._next()

    # -- lists --------------------------------------------------------------------------------------------------------

    def parse_program(self) -> Sequence:
        """The whole text."""
        items: list[tuple[Command, bool]] = []
        while True:
            line = self.parse_line()
            if line is None:
                return Sequence(items)
            items.extend(line.items)

    def parse_line(self) -> Sequence | None:
        """The next line with anything on it (more lines if a form goes on), None at the end of the text."""
        self._skip_newlines()
        if self._peek().kind == END:
            return None
        items: list[tuple[Command, bool]] = []
        while True:
            items.append(self._list_item())
            token = self._peek()
            if token.kind == NEWLINE:
                self._next()
                return Sequence(items)
            if token.kind == END:
                return Sequence(items)
            if not self._starts_command():
                raise self._unexpected()

    def parse_until_parenthesis(self) -> Sequence:
        """A list up to and including `)`: the inside of `$(…)`."""
        body = self._list()
        if not self._operator(")"):
            raise self._unexpected("')'")
        self._next()
        return body

    def _starts_command(self) -> bool:
        """Whether the next token can begin a command."""
        token = self._peek()
        if token.kind == OPERATOR:
            return token.text == "(" or token.text in REDIRECTIONS
        if token.kind == NUMBER:
            return True
        return token.kind == WORD and self._keyword() not in CLOSING

    def _list(self) -> Sequence:
        """Commands up to something that cannot begin one; maybe none."""
        items: list[tuple[Command, bool]] = []
        self._skip_newlines()
        while self._starts_command():
            items.append(self._list_item())
            self._skip_newlines()
        return Sequence(items)

    def _body(self) -> Sequence:
        """A list of at least one command."""
        body = self._list()
        if not body.items:
            raise self._unexpected("a command")
        return body

    def _list_item(self) -> tuple[Command, bool]:
        command = self._and_or()
        background = False
        if self._operator(";", "&"):
            background = self._next().text == "&"
        return command, background

    def _and_or(self) -> Command:
        first = self._pipeline()
        rest: list[tuple[str, Command]] = []
        while self._operator("&&", "||"):
            operator = self._next().text
            self._skip_newlines()
            rest.append((operator, self._pipeline()))
        return AndOr(first, rest) if rest else first

    def _pipeline(self) -> Command:
        negated = False
        while self._keyword() == "!":
            self._next()
            negated = not negated
        commands = [self._command()]
        while self._operator("|"):
            self._next()
            self._skip_newlines()
            commands.append(self._command())
        return Pipeline(commands, negated) if negated or len(commands) > 1 else commands[0]

    # -- commands -----------------------------------------------------------------------------------------------------

    def _command(self) -> Command:
        if not self._starts_command():
            raise self._unexpected("a command")
        if self._operator("("):
            self._next()
            body = self._body()
            if not self._operator(")"):
                raise self._unexpected("')'")
            self._next()
            return Subshell(body, self._redirects())
        keyword = self._keyword()
        if keyword is not None:
            if keyword in OPENING:
                self._next()
                return self._compound(keyword)
            if keyword == "function":
                self._next()
                return self._function(self._name("a function name"))
            if keyword in self._aliases:
                aliases = self._aliases
                self._insert_alias(keyword)
                command = self._command()
                self._aliases = aliases
                return command
        return self._simple()

    def _insert_alias(self, name: str) -> None:
        """Replace the command name that comes next by its alias, which is then out of force in its own text."""
        self._next()
        self.lexer.insert(self._aliases[name] + " ")
        self._aliases = {key: value for key, value in self._aliases.items() if key != name}
        if self._peek().kind == END:
            raise ShellSyntaxError(f"alias {name!r} is empty", self._peek().line)

    def _compound(self, keyword: str) -> Command:
        if keyword == "{":
            body = self._body()
            self._expect_keyword("}")
            return Group(body, self._redirects())
        if keyword == "if":
            return self._if()
        if keyword == "for":
            return self._for()
        if keyword == "case":
            return self._case()
        condition = self._body()
        return While(condition, self._do_body(), keyword == "until", self._redirects())

    def _do_body(self) -> Sequence:
        self._expect_keyword("do")
        body = self._body()
        self._expect_keyword("done")
        return body

    def _if(self) -> Command:
        clauses: list[tuple[Sequence, Sequence]] = []
        otherwise: Sequence | None = None
        while True:
            condition = self._body()
            self._expect_keyword("then")
            clauses.append((condition, self._body()))
            keyword = self._keyword()
            if keyword == "elif":
                self._next()
                continue
            if keyword == "else":
                self._next()
                otherwise = self._body()
            self._expect_keyword("fi")
            return If(clauses, otherwise, self._redirects())

    def _for(self) -> Command:
        name = self._name("a variable name")
        self._skip_newlines()
        words: list[Word] | None = None
        if self._keyword() == "in":
            self._next()
            words = []
            while self._peek().word is not None:
                words.append(self._word())
            if not self._operator(";") and self._peek().kind != NEWLINE:
                raise self._unexpected("';'")
        if self._operator(";"):
            self._next()
        self._skip_newlines()
        return For(name, words, self._do_body(), self._redirects())

    def _case(self) -> Command:
        word = self._word()
        self._skip_newlines()
        self._expect_keyword("in")
        branches: list[tuple[list[Word], Sequence]] = []
        self._skip_newlines()
        while self._keyword() != "esac":
            if self._operator("("):
                self._next()
            patterns = [self._word()]
            while self._operator("|"):
                self._next()
                patterns.append(self._word())
            if not self._operator(")"):
                raise self._unexpected("')'")
            self._next()
            branches.append((patterns, self._list()))
            if self._operator(";;"):
                self._next()
            elif self._keyword() != "esac":
                raise self._unexpected("';;'")
            self._skip_newlines()
        self._next()
        return Case(word, branches, self._redirects())

    def _function(self, name: str) -> Command:
        """A function's parentheses, if any, and its body."""
        if self._operator("("):
            self._next()
            if not self._operator(")"):
                raise self._unexpected("')'")
            self._next()
        self._skip_newlines()
        if not self._operator("(") and self._keyword() not in OPENING:
            raise self._unexpected("a function body such as '{ … }'")
        return Function(name, self._command())

    def _name(self, wanted: str) -> str:
        text = self._keyword()
        if text is None or not (is_name(text) or wanted == "a function name"):
            raise self._unexpected(wanted)
        self._next()
        return text

    def _word(self) -> Word:
        token = self._peek()
        if token.word is None:
            raise self._unexpected("a word")
        self._next()
        return token.word

    def _simple(self) -> Command:
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        line = self._peek().line
        while True:
            token = self._peek()
            if token.word is not None:
                self._next()
                assignment = None if words else as_assignment(token.word)
                if assignment is not None:
                    assignments.append(assignment)
                    continue
                words.append(token.word)
            elif token.kind == NUMBER or (token.kind == OPERATOR and token.text in REDIRECTIONS):
                redirects.append(self._redirect())
            elif (
                token.kind == OPERATOR and token.text == "(" and len(words) == 1
                and not assignments and not redirects and words[0].plain() is not None
            ):
                return self._function(words[0].plain() or "")
            else:
                return Simple(assignments, words, redirects, line)

    def _redirects(self) -> list[Redirect]:
        redirects: list[Redirect] = []
        while True:
            token = self._peek()
            if token.kind != NUMBER and not (token.kind == OPERATOR and token.text in REDIRECTIONS):
                return redirects
            redirects.append(self._redirect())

    def _redirect(self) -> Redirect:
        token = self._next()
        descriptor: int | None = None
        if token.kind == NUMBER:
            descriptor = int(token.text)
            token = self._next()
        if self._peek().word is None:
            raise self._unexpected("a file name" if token.text[:2] != "<<" else "a delimiter")
        target = self._peek().word
        assert target is not None
        redirect = Redirect(descriptor, token.text, target)
        if token.text in ("<<", "<<-"):
            self.lexer.expect_document(redirect, target, token.text == "<<-")
        self._next()
        return redirect


def as_assignment(word: Word) -> Assignment | None:
    """The word as an assignment `name=…` or `name+=…`, or None."""
    first = word.parts[0] if word.parts else None
    if type(first) is not Text or first.quoted:
        return None
    name, equals, value = first.text.partition("=")
    if not equals:
        return None
    append = name.endswith("+")
    name = name[:-1] if append else name
    if not is_name(name):
        return None
    rest = word.parts[1:]
    return Assignment(name, Word([Text(value), *rest] if value or not rest else rest), append)
