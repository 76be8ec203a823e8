"""From characters to tokens: words with their quotes and expansions taken apart, operators, line ends.

Called by   the parser, one token at a time; it says where here-documents and aliases come in.
Owns        the text, the position in it and the here-documents that begin after the current line.
Always so   nothing is expanded here: a word comes out as parts that `expand` gives values to.
"""

from __future__ import annotations

from axis.shell.syntax import Arithmetic, IncompleteError, Parameter, ShellSyntaxError, Substitution, Text, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.syntax import Part, Redirect

WORD = "word"
OPERATOR = "operator"
NUMBER = "number"  # the descriptor in front of a redirection
NEWLINE = "newline"
END = "end"

BLANKS = " \t\r"
WORD_ENDS = " \t\r\n;&|<>()"
SPECIAL = "'\"\\$`"
REDIRECTIONS = ("&>>", "<<<", "<<-", "&>", "<<", ">>", "<&", ">&", "<>", ">|", "<", ">")
OPERATORS = (*REDIRECTIONS[:3], "&&", "||", ";;", *REDIRECTIONS[3:10], ";", "&", "|", "(", ")", "<", ">")
OPERATOR_STARTS = ";&|<>()"
SPECIAL_PARAMETERS = "?$!#@*-"
PARAMETER_OPERATORS = (":-", ":=", ":+", ":?", "##", "%%", "//", "-", "=", "+", "?", "#", "%", "/", ":")
PATTERN_OPERATORS = ("#", "##", "%", "%%", "/", "//")
ANSI_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v", "\\": "\\",
    "'": "'", '"': '"', "?": "?",
}


def is_name(text: str) -> bool:
    """Whether *text* may name a variable: letters, digits and `_`, not starting with a digit."""
    return text.isascii() and text.isidentifier()


class Token:
    """One token: its kind, its text (operators, numbers) or word, and the line that it began on."""

    __slots__ = ("kind", "line", "text", "word")

    def __init__(self, kind: str, text: str, line: int, word: Word | None = None) -> None:
        self.kind = kind
        self.text = text
        self.line = line
        self.word = word


class Lexer:
    """Takes tokens from a text, starting at `position`."""

    def __init__(self, text: str, position: int = 0, line: int = 1) -> None:
        self.text = text
        self.position = position
        self._line = line
        self._counted = position  # newlines before this index are in _line
        self._documents: list[tuple[Redirect, str, bool, bool]] = []  # redirect, delimiter, strip tabs, literal

    def line(self) -> int:
        """The line of the current position."""
        if self.position > self._counted:
            self._line += self.text.count("\n", self._counted, self.position)
            self._counted = self.position
        return self._line

    def insert(self, text: str) -> None:
        """Put *text* (of an alias) in front of what is still to be read."""
        self._line = self.line()
        self.text = text + self.text[self.position:]
        self.position = self._counted = 0

    def expect_document(self, redirect: Redirect, delimiter: Word, strip_tabs: bool) -> None:
        """A here-document for *redirect* follows the current line."""
        end = delimiter.literal()
        if end is None:
            raise ShellSyntaxError("a here-document's delimiter must be plain text", self.line())
        literal = False
        for part in delimiter.parts:
            literal = literal or (type(part) is Text and part.quoted)
        self._documents.append((redirect, end, strip_tabs, literal))

    # -- tokens -------------------------------------------------------------------------------------------------------

    def next_token(self) -> Token:
        """The next token; at the end of the text, END for ever."""
        self._skip_blanks()
        text, position, line = self.text, self.position, self.line()
        if position >= len(text):
            if self._documents:
                raise IncompleteError(f"here-document is not closed by {self._documents[0][1]!r}", line)
            return Token(END, "", line)
        character = text[position]
        if character == "\n":
            self.position += 1
            if self._documents:
                self._read_documents()
            return Token(NEWLINE, "\n", line)
        if character in OPERATOR_STARTS:
            for operator in OPERATORS:
                if text.startswith(operator, position):
                    self.position += len(operator)
                    return Token(OPERATOR, operator, line)
        if character.isdigit():
            end = position + 1
            while end < len(text) and text[end].isdigit():
                end += 1
            if end < len(text) and text[end] in "<>":
                self.position = end
                return Token(NUMBER, text[position:end], line)
        return Token(WORD, "", line, Word(self._word_parts()))

    def _skip_blanks(self) -> None:
        """Pass blanks, comments and joined lines."""
        text, position = self.text, self.position
        size = len(text)
        while position < size:
            character = text[position]
            if character in BLANKS:
                position += 1
            elif character == "\\" and text.startswith("\\\n", position):
                position += 2
            elif character == "#":
                end = text.find("\n", position)
                position = size if end < 0 else end
            else:
                break
        self.position = position

    def _word_parts(self) -> list[Part]:
        """The parts up to the end of a word."""
        return self._parts(WORD_ENDS, False)

    def parts_of_document(self) -> list[Part]:
        """The whole text as the inside of double quotes in which `"` is an ordinary character."""
        return self._parts("", True)

    def _parts(self, ends: str, quoted: bool) -> list[Part]:
        """Parts up to (not including) a character of *ends* outside quotes, or the end of the text."""
        parts: list[Part] = []
        text = self.text
        size = len(text)
        stops = ends + SPECIAL
        plain: list[str] = []

        def flush() -> None:
            if plain:
                parts.append(Text("".join(plain), quoted))
                plain.clear()

        while self.position < size:
            start = self.position
            end = start
            while end < size and text[end] not in stops:
                end += 1
            if end > start:
                plain.append(text[start:end])
                self.position = end
                continue
            character = text[start]
            if character in ends:
                break
            if character == "\\":
                taken, literal = self._backslash(ends, quoted)
                if literal:
                    flush()
                    parts.append(Text(taken, True))
                elif taken:
                    plain.append(taken)
            elif character == "'":
                if quoted:
                    plain.append(character)
                    self.position += 1
                    continue
                flush()
                parts.append(Text(self._single_quoted(), True))
            elif character == '"':
                if quoted and '"' not in ends and "}" not in ends:
                    plain.append(character)  # a here-document
                    self.position += 1
                    continue
                flush()
                self.position += 1
                inner = self._parts('"', True)
                self._pass('"', "an unclosed double quote")
                parts.extend(inner or [Text("", True)])
            elif character == "$":
                if text.startswith("$'", start) and not quoted:
                    flush()
                    parts.append(Text(self._ansi_quoted(), True))
                elif text.startswith('$"', start) and not quoted:
                    self.position += 1
                else:
                    part = self._dollar(quoted)
                    if part is None:
                        plain.append("$")
                    else:
                        flush()
                        parts.append(part)
            else:
                flush()
                parts.append(self._back_quoted(quoted))
        flush()
        return parts

    def _backslash(self, ends: str, quoted: bool) -> tuple[str, bool]:
        """A backslash takes the meaning from the next character, inside double quotes only from some.

        Returns: the characters that come out, and whether they are a quoted part of their own.
        """
        following = self.text[self.position + 1:self.position + 2]
        if not following:
            if not quoted:
                raise IncompleteError("a backslash at the end", self.line())
            self.position += 1
            return "\\", False
        self.position += 2
        if following == "\n":
            return "", False
        if not quoted:
            return following, True
        if following in "$`\\" or following in ends or (following == '"' and "}" in ends):
            return following, False
        return "\\" + following, False

    def _pass(self, character: str, problem: str) -> None:
        """Step over *character*, which must come now."""
        if not self.text.startswith(character, self.position):
            raise IncompleteError(problem, self.line())
        self.position += len(character)

    def _single_quoted(self) -> str:
        start = self.position + 1
        end = self.text.find("'", start)
        if end < 0:
            raise IncompleteError("an unclosed single quote", self.line())
        self.position = end + 1
        return self.text[start:end]

    def _ansi_quoted(self) -> str:
        """`$'…'`: backslash sequences stand for control characters."""
        self.position += 2
        result: list[str] = []
        while self.position < len(self.text):
            character = self.text[self.position]
            self.position += 1
            if character == "'":
                return "".join(result)
            if character != "\\" or self.position >= len(self.text):
                result.append(character)
                continue
            code = self.text[self.position]
            self.position += 1
            if code in ANSI_ESCAPES:
                result.append(ANSI_ESCAPES[code])
            elif code == "x":
                result.append(chr(int(self._digits("0123456789abcdefABCDEF", 2) or "0", 16)))
            elif code == "u":
                result.append(chr(int(self._digits("0123456789abcdefABCDEF", 4) or "0", 16)))
            elif code in "01234567":
                self.position -= 1
                result.append(chr(int(self._digits("01234567", 3), 8)))
            else:
                result.append("\\" + code)
        raise IncompleteError("an unclosed single quote", self.line())

    def _digits(self, allowed: str, most: int) -> str:
        start = self.position
        while self.position < len(self.text) and self.position - start < most and self.text[self.position] in allowed:
            self.position += 1
        return self.text[start:self.position]

    def _back_quoted(self, quoted: bool) -> Substitution:
        """The older form of `$(…)`: backslashes in front of `` ` ``, `$` and `\\` are taken off first."""
        line = self.line()
        self.position += 1
        inner: list[str] = []
        while True:
            if self.position >= len(self.text):
                raise IncompleteError("an unclosed back quote", line)
            character = self.text[self.position]
            self.position += 1
            if character == "`":
                break
            following = self.text[self.position:self.position + 1]
            if character == "\\" and following and following in ("`$\\\"" if quoted else "`$\\"):
                character = following
                self.position += 1
            inner.append(character)
        from axis.shell.parser import Parser

        return Substitution(Parser("".join(inner), line=line).parse_program(), quoted)

    def _dollar(self, quoted: bool) -> Part | None:
        """What begins with `$` here; None if the dollar stands for itself."""
        text, start = self.text, self.position
        following = text[start + 1:start + 2]
        if following == "(":
            if text.startswith("((", start + 1):
                end = self._end_of_arithmetic(start + 3)
                if end >= 0:
                    inner = Lexer(text[start + 3:end], line=self.line())
                    self.position = end + 2
                    return Arithmetic(Word(inner.parts_of_document()), quoted)
            return self._substitution(quoted)
        if following == "{":
            return self._braced(quoted)
        if following and (following in SPECIAL_PARAMETERS or (following.isdigit() and following.isascii())):
            self.position = start + 2
            return Parameter(following, quoted=quoted)
        name = self._name_at(start + 1)
        if not name:
            self.position = start + 1
            return None
        self.position = start + 1 + len(name)
        return Parameter(name, quoted=quoted)

    def _name_at(self, start: int) -> str:
        """The variable name that begins at *start*, or an empty string."""
        text, end = self.text, start
        while end < len(text) and text[end].isascii() and (text[end].isalnum() or text[end] == "_"):
            end += 1
        name = text[start:end]
        return name if is_name(name) else ""

    def _end_of_arithmetic(self, start: int) -> int:
        """Where the `))` stands that closes an expression beginning at *start*; -1 if it is no expression."""
        text, depth = self.text, 0
        for index in range(start, len(text)):
            character = text[index]
            if character == "(":
                depth += 1
            elif character == ")":
                if depth == 0:
                    return index if text.startswith("))", index) else -1
                depth -= 1
        raise IncompleteError("an unclosed '$(('", self.line())

    def _substitution(self, quoted: bool) -> Substitution:
        """`$(…)`: the parser reads on in the same text up to the parenthesis that closes it."""
        from axis.shell.parser import Parser

        inner = Parser(self.text, self.position + 2, self.line())
        body = inner.parse_until_parenthesis()
        self.position = inner.lexer.position
        return Substitution(body, quoted)

    def _braced(self, quoted: bool) -> Parameter:
        """`${…}`."""
        text = self.text
        line = self.line()
        self.position += 2
        length = False
        if text.startswith("#", self.position) and not text.startswith("#}", self.position):
            following = text[self.position + 1:self.position + 2]
            length = following.isalnum() or (following != "" and following in "_?$!@*#-")
            self.position += length
        character = text[self.position:self.position + 1]
        if character.isdigit():
            name = self._digits("0123456789", 9)
        elif character and character in SPECIAL_PARAMETERS:
            name = character
            self.position += 1
        else:
            name = self._name_at(self.position)
            self.position += len(name)
        if self.position >= len(text):
            raise IncompleteError("an unclosed '${'", line)
        if not name:
            raise ShellSyntaxError("bad substitution: ${ needs a name", line)
        if length:
            self._end_of_braces(line)
            return Parameter(name, "length", quoted=quoted)
        if text.startswith("}", self.position):
            self.position += 1
            return Parameter(name, quoted=quoted)
        for operator in PARAMETER_OPERATORS:
            if text.startswith(operator, self.position):
                self.position += len(operator)
                inside_quotes = quoted and operator not in PATTERN_OPERATORS
                word = Word(self._parts("}", inside_quotes))
                self._end_of_braces(line)
                return Parameter(name, operator, word, quoted)
        raise ShellSyntaxError(f"bad substitution: ${{{name}{text[self.position]}", line)

    def _end_of_braces(self, line: int) -> None:
        if self.position >= len(self.text):
            raise IncompleteError("an unclosed '${'", line)
        if self.text[self.position] != "}":
            raise ShellSyntaxError("bad substitution: '}' expected", line)
        self.position += 1

    # -- here-documents -----------------------------------------------------------------------------------------------

    def _read_documents(self) -> None:
        """Read the bodies of the here-documents of the line that has just ended."""
        documents, self._documents = self._documents, []
        for redirect, delimiter, strip_tabs, literal in documents:
            first_line = self.line()
            lines: list[str] = []
            while True:
                if self.position >= len(self.text):
                    raise IncompleteError(f"here-document is not closed by {delimiter!r}", first_line)
                end = self.text.find("\n", self.position)
                end = len(self.text) if end < 0 else end
                line = self.text[self.position:end]
                self.position = min(end + 1, len(self.text))
                if strip_tabs:
                    line = line.lstrip("\t")
                if line == delimiter:
                    break
                lines.append(line + "\n")
            body = "".join(lines)
            if literal:
                redirect.target = Word([Text(body, True)])
            else:
                redirect.target = Word(Lexer(body, line=first_line).parts_of_document())
            redirect.operator = "<<"
