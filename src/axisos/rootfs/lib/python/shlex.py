"""Words as the shell splits and quotes them.

`shlex` reads characters one by one and is always in one state: between words, in a word, in a run of punctuation,
inside quotes, or just after an escape. Each state has a method that takes the next character and says whether a word
is complete.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

__all__ = ["join", "quote", "shlex", "split"]

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_SAFE = frozenset(_LETTERS + "@%+=:,./-")
_ACCENTED = "".join([chr(code) for code in (*range(0xDF, 0xF7), *range(0xF8, 0x100), *range(0xC0, 0xD7),
                                            *range(0xD8, 0xDF))])
_BETWEEN, _WORD, _PUNCTUATION, _QUOTES, _ESCAPE, _END = range(6)


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


def split(s: Any, comments: bool = False, posix: bool = True) -> list[str]:
    """The words of a line: quotes group, a backslash takes the next character as it is.

    Raises:  ValueError for a quote that is not closed or a backslash at the end.
    """
    if s is None:
        raise ValueError("s argument must not be None")
    lexer = shlex(s, posix=posix)
    lexer.whitespace_split = True
    if not comments:
        lexer.commenters = ""
    return [*lexer]


class shlex:
    """Splits text, or what a stream holds, into words; the rules are its attributes, as Python documents them."""

    def __init__(
        self, instream: Any = None, infile: str | None = None, posix: bool = False,
        punctuation_chars: bool | str = False,
    ) -> None:
        import io

        if isinstance(instream, str):
            instream = io.StringIO(instream)
        if instream is None:
            import sys

            instream = sys.stdin
        self.instream: Any = instream
        self.infile = infile
        self.posix = posix
        self.eof = None if posix else ""
        self.commenters = "#"
        self.wordchars = _LETTERS + (_ACCENTED if posix else "")
        self.whitespace = " \t\r\n"
        self.whitespace_split = False
        self.quotes = "'\""
        self.escape = "\\"
        self.escapedquotes = '"'
        self.lineno = 1
        self.debug = 0
        self.source: str | None = None
        self.token: str | None = ""
        self._punctuation = "();<>|&" if punctuation_chars is True else punctuation_chars or ""
        if self._punctuation:
            kept = [letter for letter in self.wordchars + "~-./*?=" if letter not in self._punctuation]
            self.wordchars = "".join(kept)
        self._ready: list[Any] = []  # tokens that were pushed back, the next one last
        self._unread: list[str] = []  # characters likewise
        self._streams: list[tuple[Any, Any, int]] = []  # those below the present one
        self._state = _BETWEEN
        self._open = ""  # the quotes that the reader is inside of
        self._after = _WORD  # the state that follows the escaped character
        self._escaped_in = ""  # the quotes around the escape
        self._quoted = False
        self._steps = (self._between, self._in_word, self._in_punctuation, self._in_quotes, self._escaped)

    @property
    def punctuation_chars(self) -> str:
        return self._punctuation

    # -- tokens

    def push_token(self, tok: Any) -> None:
        """Have *tok* come next."""
        self._ready.append(tok)

    def get_token(self) -> Any:
        """The next word, `eof` when there is none; what `source` names is read in its place."""
        if self._ready:
            return self._ready.pop()
        token = self.read_token()
        while self.source is not None and token == self.source:
            found = self.sourcehook(self.read_token())
            if found:
                self.push_source(found[1], found[0])
            token = self.get_token()
        while token == self.eof and self._streams:
            self.pop_source()
            token = self.get_token()
        return token

    def read_token(self) -> Any:
        """The next word of the stream itself."""
        self._quoted = False
        self.token = ""
        while self._state != _END:
            if self._unread:
                letter = self._unread.pop()
            else:
                letter = self.instream.read(1)
                self.lineno += letter == "\n"
            if self._steps[self._state](letter):
                break
        else:
            self._state = _BETWEEN if self._streams else _END
        token = self.token
        self.token = ""
        return self.eof if not token and not (self.posix and self._quoted) else token

    def _complete(self) -> bool:
        return bool(self.token) or (self.posix and self._quoted)

    def _skip_line(self) -> None:
        self.instream.readline()
        self.lineno += 1

    def _take(self, letter: str, state: int) -> bool:
        self.token = (self.token or "") + letter
        self._state = state
        return False

    def _begin_escape(self, letter: str, after: int) -> bool:
        self._after, self._escaped_in = after, self._open if after == _QUOTES else ""
        self._escape_letter = letter
        self._state = _ESCAPE
        return False

    def _between(self, letter: str) -> bool:
        if not letter:
            self._state = _END
            return True
        if letter in self.whitespace:
            return self._complete()
        if letter in self.commenters:
            self._skip_line()
            return False
        if self.posix and letter in self.escape:
            return self._begin_escape(letter, _WORD)
        if letter in self.wordchars:
            return self._take(letter, _WORD)
        if letter in self._punctuation:
            return self._take(letter, _PUNCTUATION)
        if letter in self.quotes:
            self._open = letter
            return self._take("" if self.posix else letter, _QUOTES)
        if self.whitespace_split:
            return self._take(letter, _WORD)
        self._take(letter, _BETWEEN)
        return True

    def _in_word(self, letter: str) -> bool:
        if not letter:
            self._state = _END
            return True
        if letter in self.whitespace:
            self._state = _BETWEEN
            return self._complete()
        if letter in self.commenters:
            self._skip_line()
            if not self.posix:
                return False
            self._state = _BETWEEN
            return self._complete()
        if self.posix and letter in self.quotes:
            self._open = letter
            self._state = _QUOTES
            return False
        if self.posix and letter in self.escape:
            return self._begin_escape(letter, _WORD)
        if letter in self.wordchars or letter in self.quotes or (
            self.whitespace_split and letter not in self._punctuation
        ):
            return self._take(letter, _WORD)
        if self._punctuation:
            self._unread.append(letter)
        else:
            self._ready.insert(0, letter)
        self._state = _BETWEEN
        return self._complete()

    def _in_punctuation(self, letter: str) -> bool:
        if not letter:
            self._state = _END
            return True
        if letter in self._punctuation:
            return self._take(letter, _PUNCTUATION)
        if letter in self.commenters:
            self._skip_line()
        elif letter not in self.whitespace:
            self._unread.append(letter)
        self._state = _BETWEEN
        return True

    def _in_quotes(self, letter: str) -> bool:
        self._quoted = True
        if not letter:
            raise ValueError("No closing quotation")
        if letter == self._open:
            if self.posix:
                self._state = _WORD
                return False
            self._take(letter, _BETWEEN)
            return True
        if self.posix and letter in self.escape and self._open in self.escapedquotes:
            return self._begin_escape(letter, _QUOTES)
        return self._take(letter, _QUOTES)

    def _escaped(self, letter: str) -> bool:
        if not letter:
            raise ValueError("No escaped character")
        if self._escaped_in and letter not in (self._escape_letter, self._escaped_in):
            letter = self._escape_letter + letter  # means nothing special inside quotes
        return self._take(letter, self._after)

    # -- sources

    def sourcehook(self, newfile: str) -> tuple[str, Any]:
        """(name, open stream) of a file that the text names with `source`."""
        name = newfile[1:-1] if newfile[:1] == '"' else newfile
        if isinstance(self.infile, str) and name[:1] != "/":
            import posixpath

            name = posixpath.join(posixpath.dirname(self.infile), name)
        return name, open(name)

    def push_source(self, newstream: Any, newfile: str | None = None) -> None:
        """Read another stream first."""
        import io

        self._streams.append((self.infile, self.instream, self.lineno))
        self.infile = newfile
        self.instream = io.StringIO(newstream) if isinstance(newstream, str) else newstream
        self.lineno = 1

    def pop_source(self) -> None:
        """Go on with the stream before."""
        self.instream.close()
        self.infile, self.instream, self.lineno = self._streams.pop()
        self._state = _BETWEEN

    def error_leader(self, infile: str | None = None, lineno: int | None = None) -> str:
        """The beginning of a message about the present place."""
        name = self.infile if infile is None else infile
        return f'"{name}", line {self.lineno if lineno is None else lineno}: '

    def __iter__(self) -> shlex:
        return self

    def __next__(self) -> Any:
        token = self.get_token()
        if token == self.eof:
            raise StopIteration
        return token


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("shlex", name)
