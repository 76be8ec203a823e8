"""Integer expressions of `$((…))`: the operators of C, variables by name, assignments.

Called by   expand, with a way to read and to set variables.
Always so   division rounds towards zero as in C; the numbers themselves have no upper end.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

OPERATORS = (
    "<<=", ">>=", "**", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "++", "--", "+", "-", "*", "/", "%", "<", ">", "=", "!", "~", "&", "|", "^", "?", ":", "(", ")", ",",
)
BINARY = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7, ">=": 7, "<<": 8, ">>": 8,
    "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, "**": 12,
}
ASSIGNING = ("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^=")
LARGEST_SHIFT = 4096


class ExpressionError(Exception):
    """The expression is malformed or cannot be computed."""


class Evaluator:
    """Computes one expression while reading it."""

    def __init__(
        self, text: str, lookup: Callable[[str], str | None], assign: Callable[[str, str], None],
    ) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._index = 0
        self._lookup = lookup
        self._assign = assign
        self._skipping = 0  # > 0 in the branch of && || ?: that does not count

    def evaluate(self) -> int:
        """The value; 0 for an empty expression."""
        if not self._tokens:
            return 0
        value = self._comma()
        if self._index < len(self._tokens):
            raise self._error(f"unexpected {self._tokens[self._index]!r}")
        return value

    def _error(self, problem: str) -> ExpressionError:
        return ExpressionError(f"{self._text.strip()}: {problem}")

    def _peek(self) -> str:
        return self._tokens[self._index] if self._index < len(self._tokens) else ""

    def _take(self, token: str) -> bool:
        if self._peek() == token:
            self._index += 1
            return True
        return False

    def _comma(self) -> int:
        value = self._assignment()
        while self._take(","):
            value = self._assignment()
        return value

    def _assignment(self) -> int:
        name = self._peek()
        following = self._tokens[self._index + 1] if self._index + 1 < len(self._tokens) else ""
        if not name.isidentifier() or following not in ASSIGNING:
            return self._choice()
        self._index += 2
        value = self._assignment()
        if following != "=":
            value = self._binary_value(following[:-1], self._variable(name), value)
        self._store(name, value)
        return value

    def _choice(self) -> int:
        condition = self._binary(1)
        if not self._take("?"):
            return condition
        self._skipping += not condition
        first = self._assignment()
        self._skipping += bool(condition) - (not condition)
        if not self._take(":"):
            raise self._error("':' expected")
        second = self._assignment()
        self._skipping -= bool(condition)
        return first if condition else second

    def _binary(self, lowest: int) -> int:
        left = self._unary()
        while True:
            operator = self._peek()
            strength = BINARY.get(operator, 0)
            if strength < lowest:
                return left
            self._index += 1
            if operator in ("&&", "||"):
                decided = bool(left) == (operator == "||")
                self._skipping += decided
                right = self._binary(strength + 1)
                self._skipping -= decided
                left = int(bool(left)) if decided else int(bool(right))
            else:
                right = self._binary(strength if operator == "**" else strength + 1)
                left = self._binary_value(operator, left, right)

    def _binary_value(self, operator: str, left: int, right: int) -> int:
        if self._skipping:
            return 0
        if operator in ("/", "%"):
            if right == 0:
                raise self._error("division by 0")
            quotient = abs(left) // abs(right)
            quotient = quotient if (left < 0) == (right < 0) else -quotient
            return quotient if operator == "/" else left - quotient * right
        if operator == "**":
            return self._power(left, right)
        if operator in ("<<", ">>"):
            if not 0 <= right <= LARGEST_SHIFT:
                raise self._error(f"shift by {right}: 0 to {LARGEST_SHIFT} is possible")
            return left << right if operator == "<<" else left >> right
        return _SIMPLE[operator](left, right)

    def _power(self, base: int, exponent: int) -> int:
        if exponent < 0:
            raise self._error("exponent less than 0")
        if exponent * max(1, base.bit_length()) > LARGEST_SHIFT:
            raise self._error("the result is too large")
        result = 1
        for _ in range(exponent):
            result *= base
        return result

    def _unary(self) -> int:
        token = self._peek()
        if token in ("++", "--"):
            self._index += 1
            name = self._peek()
            if not name.isidentifier():
                raise self._error("a variable expected after " + token)
            self._index += 1
            value = self._variable(name) + (1 if token == "++" else -1)
            self._store(name, value)
            return value
        if token in ("-", "+", "!", "~"):
            self._index += 1
            value = self._unary()
            return {"-": -value, "+": value, "!": int(not value), "~": ~value}[token]
        return self._primary()

    def _primary(self) -> int:
        token = self._peek()
        if not token:
            raise self._error("a value expected at the end")
        self._index += 1
        if token == "(":
            value = self._comma()
            if not self._take(")"):
                raise self._error("')' expected")
            return value
        if token[0].isdigit():
            return self._number(token)
        if token.isidentifier():
            value = self._variable(token)
            for operator, step in (("++", 1), ("--", -1)):
                if self._take(operator):
                    self._store(token, value + step)
            return value
        raise self._error(f"a value expected, not {token!r}")

    def _number(self, token: str) -> int:
        try:
            if token[:2] in ("0x", "0X"):
                return int(token, 16)
            return int(token, 8) if len(token) > 1 and token[0] == "0" else int(token)
        except ValueError:
            raise self._error(f"{token!r} is no number") from None

    def _variable(self, name: str) -> int:
        """The number in a variable; unset and empty ones are 0, others may hold an expression."""
        text = (self._lookup(name) or "").strip()
        if not text:
            return 0
        if text.lstrip("-").isdigit():
            return -self._number(text[1:]) if text[0] == "-" else self._number(text)
        if text == name:
            raise self._error(f"{name!r} refers to itself")
        try:
            return Evaluator(text, self._lookup, self._assign).evaluate()
        except RecursionError:
            raise self._error(f"{name!r} refers to itself") from None

    def _store(self, name: str, value: int) -> None:
        if not self._skipping:
            self._assign(name, str(value))


_SIMPLE: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "|": lambda left, right: left | right,
    "^": lambda left, right: left ^ right,
    "&": lambda left, right: left & right,
    "==": lambda left, right: int(left == right),
    "!=": lambda left, right: int(left != right),
    "<": lambda left, right: int(left < right),
    "<=": lambda left, right: int(left <= right),
    ">": lambda left, right: int(left > right),
    ">=": lambda left, right: int(left >= right),
}


def _tokens(text: str) -> list[str]:
    """Numbers, names and operators of an expression."""
    tokens = []
    index = 0
    while index < len(text):
        character = text[index]
        if character.isspace():
            index += 1
            continue
        end = index
        while end < len(text) and text[end].isascii() and (text[end].isalnum() or text[end] == "_"):
            end += 1
        if end > index:
            tokens.append(text[index:end])
            index = end
            continue
        for operator in OPERATORS:
            if text.startswith(operator, index):
                tokens.append(operator)
                index += len(operator)
                break
        else:
            raise ExpressionError(f"{text.strip()}: {character!r} is not allowed here")
    return tokens
