"""`test` and `[`: questions about texts, numbers and files.

    -n s  -z s  s = t  s != t  s < t  s > t      a -eq b  -ne -lt -le -gt -ge      ! x  x -a y  x -o y  ( x )
    -e f  -f f  -d f  -c f  -s f  -r f  -w f  -x f  f -nt g  f -ot g      -t descriptor      -v name
"""

from __future__ import annotations

from axis.shell.run import ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.run import Shell, Streams

UNARY = ("-n", "-z", "-e", "-f", "-d", "-c", "-b", "-s", "-r", "-w", "-x", "-t", "-v", "-L", "-h", "-o", "-O")
BINARY = ("=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef")


def evaluate(words: list[str], shell: Shell, streams: Streams) -> bool:
    """The answer. Raises ShellError (status 2) for a malformed question."""
    if not words:
        return False
    if len(words) == 1:
        return words[0] != ""
    if len(words) == 3 and words[1] in BINARY:
        return _Question(words, shell, streams).binary(*words)
    question = _Question(words, shell, streams)
    answer = question.either()
    if question.index < len(words):
        raise ShellError(f"{words[question.index]}: unexpected", 2)
    return answer


class _Question:
    """One evaluation, from left to right."""

    def __init__(self, words: list[str], shell: Shell, streams: Streams) -> None:
        self.words = words
        self.index = 0
        self._shell = shell
        self._streams = streams

    def _next(self) -> str:
        if self.index >= len(self.words):
            raise ShellError("an argument is missing at the end", 2)
        self.index += 1
        return self.words[self.index - 1]

    def _take(self, word: str) -> bool:
        if self.index < len(self.words) and self.words[self.index] == word:
            self.index += 1
            return True
        return False

    def either(self) -> bool:
        answer = self._both()
        while self._take("-o"):
            answer = self._both() or answer
        return answer

    def _both(self) -> bool:
        answer = self._one()
        while self._take("-a"):
            answer = self._one() and answer
        return answer

    def _one(self) -> bool:
        word = self._next()
        left = len(self.words) - self.index
        if left >= 2 and self.words[self.index] in BINARY:
            return self.binary(word, self._next(), self._next())
        if word == "!":
            return not self._one()
        if word == "(":
            answer = self.either()
            if not self._take(")"):
                raise ShellError("')' expected", 2)
            return answer
        if word in UNARY and left >= 1:
            return self._unary(word, self._next())
        return word != ""

    def _number(self, text: str) -> int:
        stripped = text.strip()
        if not stripped.lstrip("+-").isdigit():
            raise ShellError(f"{text}: a whole number is needed", 2)
        return int(stripped)

    def _unary(self, operator: str, value: str) -> bool:
        if operator == "-n":
            return value != ""
        if operator == "-z":
            return value == ""
        if operator == "-v":
            return self._shell.lookup(value) is not None
        if operator == "-o":
            return self._shell.option(value)
        if operator == "-t":
            handle = self._streams.get(self._number(value))
            return isinstance(handle, (str, int)) and self._shell.system.is_terminal(handle)
        found = self._shell.system.stat(self._shell.absolute(value)) if value else None
        if found is None:
            return False
        if operator in ("-f", "-d"):
            return bool(found["type"] == {"-f": "file", "-d": "directory"}[operator])
        if operator in ("-c", "-b"):
            return bool(found["type"] == "device")
        if operator == "-s":
            return bool(found["size"] > 0)
        if operator in ("-L", "-h"):
            return False
        if operator == "-O":
            return bool(found["uid"] == self._shell.system.info()["uid"])
        if operator in ("-r", "-w", "-x"):
            return self._shell.permitted(found, {"-r": 4, "-w": 2, "-x": 1}[operator])
        return True

    def binary(self, left: str, operator: str, right: str) -> bool:
        """A question about two words."""
        if operator in ("=", "=="):
            return left == right
        if operator == "!=":
            return left != right
        if operator in ("<", ">"):
            return left < right if operator == "<" else left > right
        if operator in ("-nt", "-ot", "-ef"):
            return self._compare_files(left, operator, right)
        first, second = self._number(left), self._number(right)
        return {
            "-eq": first == second, "-ne": first != second, "-lt": first < second, "-le": first <= second,
            "-gt": first > second, "-ge": first >= second,
        }[operator]

    def _compare_files(self, left: str, operator: str, right: str) -> bool:
        if operator == "-ef":
            return self._shell.absolute(left) == self._shell.absolute(right)
        first = self._shell.system.stat(self._shell.absolute(left))
        second = self._shell.system.stat(self._shell.absolute(right))
        if operator == "-ot":
            first, second = second, first
        if first is None:
            return False
        return second is None or bool(first["mtime"] > second["mtime"])
