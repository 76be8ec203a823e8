"""From words to arguments: tilde, variables, commands, expressions, then field splitting and file names.

Called by   run, with itself as the `Scope`: whoever knows the variables, runs substitutions and lists directories.
Always so   what was quoted is neither split nor matched; a pattern without a match stays as it was written.
"""

from __future__ import annotations

from axis.shell import pattern as patterns
from axis.shell.syntax import Arithmetic, Parameter, Substitution, Text, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from axis.shell.syntax import Part, Sequence

    class Scope(Protocol):
        """What expansion needs of the shell."""

        positional: list[str]

        def lookup(self, name: str) -> str | None:
            """The value of a variable or special parameter, None if unset."""

        def assign(self, name: str, value: str) -> None:
            """Set a variable."""

        def substitute(self, body: Sequence) -> str:
            """Run commands and return their output without the newlines at its end."""

        def list_directory(self, path: str) -> list[str]:
            """Names in a directory (directories end with `/`), empty if it cannot be read."""

        def exists(self, path: str) -> bool:
            """Whether *path*, relative to the working directory, names anything."""

        def option(self, name: str) -> bool:
            """Whether `set -<name>` is in force."""

DEFAULT_IFS = " \t\n"
DECLARING = ("export", "readonly", "local", "alias")  # builtins whose arguments are assignments


class ExpansionError(Exception):
    """A word that has no value: the command is not run."""


class _Field:
    """One argument in the making: its text, and the same as a pattern."""

    __slots__ = ("pattern", "present", "text", "wild")

    def __init__(self) -> None:
        self.text: list[str] = []
        self.pattern: list[str] = []
        self.wild = False  # an unquoted `*`, `?` or `[` is in it
        self.present = False  # it counts even if it is empty

    def add(self, text: str, quoted: bool) -> None:
        self.text.append(text)
        if quoted:
            self.present = True
            self.pattern.append(text)
            if "*" in text or "?" in text or "[" in text or "\\" in text or "]" in text:
                self.pattern[-1] = patterns.escape(text)
            return
        if not text:
            return
        self.present = True
        if "*" in text or "?" in text or "[" in text:
            self.wild = True
        self.pattern.append(text.replace("\\", "\\\\") if "\\" in text else text)


class Expander:
    """Expands words in a scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    # -- the four ways to expand a word -------------------------------------------------------------------------------

    def arguments(self, words: list[Word]) -> list[str]:
        """The arguments that *words* come to: split into fields, patterns replaced by the file names they match.

        After `export`, `local` and their like, `name=…` is an assignment: its value stays whole.
        """
        arguments: list[str] = []
        declaring = bool(words) and words[0].plain() in DECLARING
        for word in words:
            parts = word.parts
            if declaring and _is_assignment(parts):
                arguments.append(self.text(word, True))
                continue
            if len(parts) == 1 and type(parts[0]) is Text:  # the everyday word
                text = parts[0].text
                if parts[0].quoted or not (text[:1] == "~" or "*" in text or "?" in text or "[" in text or "{" in text):
                    arguments.append(text)
                    continue
            if _has_braces(parts):
                for each in self._without_braces(word):
                    self._add_fields(each.parts, arguments)
            else:
                self._add_fields(parts, arguments)
        return arguments

    def _add_fields(self, parts: list[Part], arguments: list[str]) -> None:
        """Add the arguments that one word comes to."""
        for field in self._fields(parts, True):
            text = "".join(field.text)
            names: list[str] = []
            if field.wild and not self._scope.option("f"):
                names = self._file_names("".join(field.pattern))
            arguments.extend(names or [text])

    def _without_braces(self, word: Word) -> list[Word]:
        from axis.shell.braces import TooManyWordsError, expand_braces

        try:
            return expand_braces(word)
        except TooManyWordsError as error:
            raise ExpansionError(str(error)) from None

    def text(self, word: Word, assignment: bool = False) -> str:
        """The word as one text: neither split nor matched (assignments, `case` words, redirections)."""
        if len(word.parts) == 1 and type(word.parts[0]) is Text and word.parts[0].quoted:
            return word.parts[0].text
        fields = self._fields(word.parts, False, assignment)
        return " ".join(["".join(field.text) for field in fields])

    def pattern(self, word: Word) -> str:
        """The word as a pattern, in which what was quoted stands for itself."""
        fields = self._fields(word.parts, False)
        return " ".join(["".join(field.pattern) for field in fields])

    def arithmetic(self, text: str) -> int:
        """The value of an integer expression."""
        from axis.shell.arithmetic import Evaluator, ExpressionError

        try:
            return Evaluator(text, self._lookup, self._scope.assign).evaluate()
        except ExpressionError as error:
            raise ExpansionError(str(error)) from None

    # -- parts --------------------------------------------------------------------------------------------------------

    def _fields(self, parts: list[Part], split: bool, assignment: bool = False) -> list[_Field]:
        """The fields of a word; without *split* only `"$@"` makes more than one."""
        fields = [_Field()]
        for index, part in enumerate(parts):
            if type(part) is Text:
                text = part.text
                if not part.quoted and "~" in text:
                    text = self._tilde(text, index == 0, index + 1 < len(parts), assignment, fields[-1])
                    if not text:
                        continue
                fields[-1].add(text, part.quoted)
            elif type(part) is Parameter:
                self._parameter(part, fields, split)
            elif type(part) is Substitution:
                self._value(self._scope.substitute(part.body), part.quoted, fields, split)
            else:
                assert type(part) is Arithmetic
                value = self.arithmetic(self.text(part.word))
                self._value(str(value), part.quoted, fields, split)
        return [field for field in fields if field.present] if split else fields

    def _tilde(self, text: str, first: bool, more: bool, assignment: bool, field: _Field) -> str:
        """Put home directories for leading `~` (in assignments also after `:`); returns what is left to add."""
        pieces = text.split(":") if assignment else [text]
        for index, piece in enumerate(pieces):
            if index:
                field.add(":", False)
            if piece.startswith("~") and (first or index):
                name, slash, rest = piece[1:].partition("/")
                home = None if more and not slash and index == len(pieces) - 1 else self._home(name)
                if home is not None:
                    field.add(home.rstrip("/") if slash else home, True)
                    piece = slash + rest
            field.add(piece, False)
        return ""

    def _home(self, user: str) -> str | None:
        """The home directory of a user as far as the shell knows it, None = leave the word alone."""
        if not user or user == self._scope.lookup("USER"):
            return self._scope.lookup("HOME")
        if user == "+":
            return self._scope.lookup("PWD")
        if user == "-":
            return self._scope.lookup("OLDPWD")
        if user == "root":
            return "/root"
        path = f"/home/{user}"
        return path if user.isidentifier() and self._scope.exists(path) else None

    def _value(self, value: str, quoted: bool, fields: list[_Field], split: bool) -> None:
        """Add the result of an expansion, split at IFS unless quoted."""
        if quoted or not split:
            fields[-1].add(value, quoted)
            return
        separators = self._scope.lookup("IFS")
        separators = DEFAULT_IFS if separators is None else separators
        leading, pieces, trailing = split_fields(value, separators)
        if leading and fields[-1].present:
            fields.append(_Field())
        for index, piece in enumerate(pieces):
            if index:
                fields.append(_Field())
            fields[-1].add(piece, not piece)  # an empty field between two separators counts
        if trailing and fields[-1].present:
            fields.append(_Field())

    def _lookup(self, name: str) -> str | None:
        value = self._scope.lookup(name)
        if value is None and self._scope.option("u") and name not in ("@", "*"):
            raise ExpansionError(f"{name}: unbound variable")
        return value

    def _parameter(self, part: Parameter, fields: list[_Field], split: bool) -> None:
        name, operator, quoted = part.name, part.operator, part.quoted
        if name in ("@", "*") and operator != "length":
            values: list[str] = list(self._scope.positional)
            if operator in ("-", ":-", "+", ":+", "=", ":=", "?", ":?"):
                empty = not values or (operator[0] == ":" and values == [""])
                if operator[-1] == "+" and empty:
                    return
                if empty or operator[-1] == "+":
                    self._alternative(part, fields, split)
                    return
            elif operator and part.word is not None:
                values = [self._modified(value, part) for value in values]
            self._positional(values, name, quoted, fields, split)
            return
        if operator == "length":
            self._value(str(self._length(name)), quoted, fields, split)
            return
        if not operator or part.word is None:
            self._value(self._lookup(name) or "", quoted, fields, split)
            return
        value = self._scope.lookup(name)
        unset = value is None or (operator[0] == ":" and value == "")
        kind = operator[-1]
        if operator == ":":
            self._value(self._slice(self._lookup(name) or "", part.word), quoted, fields, split)
        elif kind == "+":
            if not unset:
                self._alternative(part, fields, split)
            elif quoted:
                fields[-1].add("", True)
        elif kind in "-=?":
            if not unset:
                self._value(value or "", quoted, fields, split)
            elif kind == "-":
                self._alternative(part, fields, split)
            elif kind == "=":
                value = self.text(part.word)
                if not (name.isascii() and name.isidentifier()):
                    raise ExpansionError(f"${name}: cannot assign in this way")
                self._scope.assign(name, value)
                self._value(value, quoted, fields, split)
            else:
                message = self.text(part.word)
                raise ExpansionError(f"{name}: {message or 'parameter not set'}")
        else:
            self._value(self._modified(self._lookup(name) or "", part), quoted, fields, split)

    def _alternative(self, part: Parameter, fields: list[_Field], split: bool) -> None:
        """The word of `${name:-word}`: keeps its own quotes."""
        assert part.word is not None
        if part.quoted:
            fields[-1].add(self.text(part.word), True)
            return
        for index, inner in enumerate(part.word.parts):
            if type(inner) is Text and not inner.quoted:
                text = inner.text
                if index == 0 and text.startswith("~"):
                    text = self._tilde(text, True, len(part.word.parts) > 1, False, fields[-1])
                self._value(text, False, fields, split)
            else:
                produced = self._fields([inner], split)
                for position, field in enumerate(produced):
                    if position:
                        fields.append(_Field())
                    target = fields[-1]
                    target.text.extend(field.text)
                    target.pattern.extend(field.pattern)
                    target.wild = target.wild or field.wild
                    target.present = True

    def _positional(self, values: list[str], name: str, quoted: bool, fields: list[_Field], split: bool) -> None:
        if quoted and name == "@" and split:
            for index, value in enumerate(values):
                if index:
                    fields.append(_Field())
                fields[-1].add(value, True)
        elif quoted or not split:
            separators = self._scope.lookup("IFS")
            joint = " " if separators is None or name == "@" else separators[:1]
            fields[-1].add(joint.join(values), quoted)
        else:
            for index, value in enumerate(values):
                if index and fields[-1].present:
                    fields.append(_Field())
                self._value(value, False, fields, split)

    def _length(self, name: str) -> int:
        if name in ("@", "*"):
            return len(self._scope.positional)
        return len(self._lookup(name) or "")

    def _slice(self, value: str, word: Word) -> str:
        """`${name:offset}` and `${name:offset:length}`."""
        first, colon, second = self.text(word).partition(":")
        start = self.arithmetic(first)
        start = max(0, len(value) + start) if start < 0 else start
        if not colon:
            return value[start:]
        count = self.arithmetic(second)
        return value[start:count] if count < 0 else value[start:start + count]

    def _modified(self, value: str, part: Parameter) -> str:
        """`${name#pattern}` and its relatives."""
        operator = part.operator
        assert part.word is not None
        if operator in ("#", "##"):
            return patterns.remove_prefix(value, self.pattern(part.word), operator == "##")
        if operator in ("%", "%%"):
            return patterns.remove_suffix(value, self.pattern(part.word), operator == "%%")
        if operator in ("/", "//"):
            old, new = _split_at_slash(part.word)
            shape, replacement = self.pattern(old), self.text(new)
            if operator == "/" and shape[:1] in ("#", "%"):
                return patterns.replace_end(value, shape[1:], replacement, shape[0] == "#")
            return patterns.replace(value, shape, replacement, operator == "//")
        raise ExpansionError(f"${{{part.name}{operator}…}}: not possible here")

    # -- file names ---------------------------------------------------------------------------------------------------

    def _file_names(self, pattern: str) -> list[str]:
        """The paths that match, in order; names with a leading dot only where the pattern has one."""
        absolute = pattern.startswith("/")
        components = pattern.split("/")
        found = ["/"] if absolute else [""]
        if absolute:
            components = components[1:]
        for index, component in enumerate(components):
            last = index == len(components) - 1
            if not component:
                if last:
                    found = [path for path in found if path.endswith("/") or self._scope.list_directory(path)]
                continue
            found = self._next_level(found, component, last)
            if not found:
                return []
        return sorted(found)

    def _next_level(self, directories: list[str], component: str, last: bool) -> list[str]:
        """The entries of *directories* that match one component; those that are not the last must be directories."""
        found: list[str] = []
        if not patterns.is_wild(component):
            name = patterns.unescape(component)
            for directory in directories:
                path = directory + name
                if self._scope.exists(path):
                    found.append(path if last else path + "/")
            return found
        items = patterns.compile_pattern(component)
        hidden = component.startswith((".", "\\."))
        for directory in directories:
            for entry in self._scope.list_directory(directory or "."):
                name = entry.rstrip("/")
                if (name.startswith(".") and not hidden) or (not last and not entry.endswith("/")):
                    continue
                if patterns.match_items(items, name):
                    found.append(directory + name if last else directory + name + "/")
        return found


def _has_braces(parts: list[Part]) -> bool:
    """Whether a word has an unquoted opening brace."""
    return any(type(part) is Text and not part.quoted and "{" in part.text for part in parts)


def _is_assignment(parts: list[Part]) -> bool:
    """Whether a word begins with `name=`."""
    first = parts[0] if parts else None
    if type(first) is not Text or first.quoted:
        return False
    name, equals, _ = first.text.partition("=")
    return bool(equals) and name.isascii() and name.isidentifier()


def _split_at_slash(word: Word) -> tuple[Word, Word]:
    """The pattern and the replacement of `${name/pattern/replacement}`."""
    for index, part in enumerate(word.parts):
        if type(part) is Text and not part.quoted and "/" in part.text[index == 0 and part.text[:1] == "/":]:
            start = 1 if index == 0 and part.text[:1] == "/" else 0
            at = part.text.index("/", start)
            before: list[Part] = [*word.parts[:index], Text(part.text[:at])]
            after: list[Part] = [Text(part.text[at + 1:]), *word.parts[index + 1:]]
            return Word(before), Word(after)
    return word, Word([])


def split_fields(value: str, separators: str) -> tuple[bool, list[str], bool]:
    """Split *value* as the shell does: blanks among *separators* run together, others each end a field.

    Returns: whether a separator came first, the fields, and whether one came last.
    """
    if not separators:
        return False, [value] if value else [], False
    if separators == DEFAULT_IFS:
        value = value.replace("\t", " ").replace("\n", " ")
        return value[:1] == " ", [piece for piece in value.split(" ") if piece], value[-1:] == " "
    blanks = "".join([character for character in separators if character in DEFAULT_IFS])
    others = "".join([character for character in separators if character not in DEFAULT_IFS])
    fields: list[str] = []
    index, size = 0, len(value)
    while index < size and value[index] in blanks:
        index += 1
    leading = index > 0
    trailing = False
    while index < size:
        start = index
        while index < size and value[index] not in separators:
            index += 1
        fields.append(value[start:index])
        trailing = index < size
        while index < size and value[index] in blanks:
            index += 1
        if index < size and value[index] in others:
            index += 1
            while index < size and value[index] in blanks:
                index += 1
    return leading, fields, trailing
