"""`re` for one process: the host's matcher, with flags as plain numbers and an error class of the process's own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

FLAGS = {
    "A": 256, "ASCII": 256, "I": 2, "IGNORECASE": 2, "L": 4, "LOCALE": 4, "M": 8, "MULTILINE": 8, "S": 16,
    "DOTALL": 16, "U": 32, "UNICODE": 32, "X": 64, "VERBOSE": 64, "DEBUG": 0, "T": 1, "TEMPLATE": 1, "NOFLAG": 0,
}
MAX_PATTERN = 20_000  # characters of a pattern
CACHE = 128
FEW_SETS = 16  # sets of characters in a pattern that are never looked at
TABLE = 1 << 16  # steps of the compiler for a set beyond Latin-1
FOLDING = 8  # steps for a character of a set, where the pattern may ignore the case
MAX_STEPS = 1 << 25


def make(world: World) -> dict[str, Any]:
    host = world.host_module("re")
    host_error = host.error
    pattern_type, match_type = host.Pattern, host.Match
    compiled: dict[Any, Any] = {}

    class error(Exception):
        """A pattern that is not one."""

        __module__ = "re"

        def __init__(self, msg: str, pattern: Any = None, pos: int | None = None) -> None:
            self.msg, self.pattern, self.pos = msg, pattern, pos
            self.lineno = self.colno = None
            text = msg
            if pattern is not None and pos is not None:
                newline = "\n" if isinstance(pattern, str) else b"\n"
                self.lineno = pattern.count(newline, 0, pos) + 1
                self.colno = pos - pattern.rfind(newline, 0, pos)
                text = f"{msg} at position {pos}"
                if newline in pattern:
                    text += f" (line {self.lineno}, column {self.colno})"
            super().__init__(text)

    class RegexFlag(int):
        """A set of flags."""

        __module__ = "re"

        def __or__(self, other: Any) -> Any:
            return RegexFlag(int(self) | int(other))

        __ror__ = __or__

        def __and__(self, other: Any) -> Any:
            return RegexFlag(int(self) & int(other))

        def __xor__(self, other: Any) -> Any:
            return RegexFlag(int(self) ^ int(other))

        def __invert__(self) -> Any:
            return RegexFlag(~int(self))

        def __repr__(self) -> str:
            names = [name for name, bit in FLAGS.items() if len(name) > 1 and bit and int(self) & bit]
            return "|".join("re." + name for name in names) or "re.NOFLAG"

    world.own(error)
    world.own(RegexFlag)

    def has_too_many_sets(pattern: Any, flags: int) -> bool:
        """Whether the compiler would make tables of the sets of characters in a pattern for seconds."""
        may_fold = flags & FLAGS["I"] or ("(?" if isinstance(pattern, str) else b"(?") in pattern
        steps = 0
        stack: list[Any] = [host._parser.parse(pattern, flags)]
        while stack:
            item = stack.pop()
            if type(item) is tuple and len(item) == 2 and item[0] is host._constants.IN:
                ranges = [part[1] for part in item[1] if part[0] is host._constants.RANGE]
                steps += TABLE * any(last > 255 for _, last in ranges)
                steps += (FOLDING if may_fold else 1) * sum(last - first for first, last in ranges)
            elif isinstance(item, (tuple, list)):
                stack.extend(item)
            elif isinstance(item, host._parser.SubPattern):
                stack.extend(item.data)
        return steps > MAX_STEPS

    def compile(pattern: Any, flags: int = 0) -> Any:
        if type(pattern) is pattern_type:
            if flags:
                raise ValueError("cannot process flags argument with a compiled pattern")
            return pattern
        if isinstance(pattern, str):
            pattern = str.__str__(pattern)
        elif isinstance(pattern, (bytes, bytearray)):
            pattern = bytes(pattern)
        else:
            raise TypeError("first argument must be string or compiled pattern")
        key = (type(pattern), pattern, int(flags))
        found = compiled.get(key)
        if found is None:
            if len(pattern) > MAX_PATTERN:
                raise error(f"the pattern is longer than {MAX_PATTERN} characters", pattern)
            try:
                sets = pattern.count("[" if isinstance(pattern, str) else b"[")
                if sets > FEW_SETS and has_too_many_sets(pattern, int(flags)):
                    raise error("the pattern has too many large sets of characters", pattern)
                # Not `host.compile`, whose cache all share: the `groupindex` of a pattern shows its own dictionary.
                found = host._compiler.compile(pattern, int(flags))
            except host_error as problem:
                raise error(problem.msg, problem.pattern, problem.pos) from None
            except RecursionError:
                raise error("the pattern is nested too deeply", pattern) from None
            if len(compiled) >= CACHE:
                del compiled[next(iter(compiled))]
            compiled[key] = found
        return found


    def sub(pattern: Any, repl: Any, string: Any, count: int = 0, flags: int = 0) -> Any:
        try:
            return compile(pattern, flags).sub(repl, string, count)
        except host_error as problem:
            raise error(problem.msg, problem.pattern, problem.pos) from None

    def subn(pattern: Any, repl: Any, string: Any, count: int = 0, flags: int = 0) -> Any:
        try:
            return compile(pattern, flags).subn(repl, string, count)
        except host_error as problem:
            raise error(problem.msg, problem.pattern, problem.pos) from None

    special = {ord(character): "\\" + character for character in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"}

    def escape(pattern: Any) -> Any:
        if isinstance(pattern, str):
            return pattern.translate(special)
        return str(pattern, "latin1").translate(special).encode("latin1")

    names: dict[str, Any] = {
        "error": error, "PatternError": error, "RegexFlag": RegexFlag, "compile": compile, "sub": sub, "subn": subn,
        "escape": escape, "Pattern": pattern_type, "Match": match_type,
        "match": lambda pattern, string, flags=0: compile(pattern, flags).match(string),
        "fullmatch": lambda pattern, string, flags=0: compile(pattern, flags).fullmatch(string),
        "search": lambda pattern, string, flags=0: compile(pattern, flags).search(string),
        "split": lambda pattern, string, maxsplit=0, flags=0: compile(pattern, flags).split(string, maxsplit),
        "findall": lambda pattern, string, flags=0: compile(pattern, flags).findall(string),
        "finditer": lambda pattern, string, flags=0: compile(pattern, flags).finditer(string),
        "purge": compiled.clear,
    }
    for name, bit in FLAGS.items():
        names[name] = RegexFlag(bit)
    names["__all__"] = [name for name in names if name[0] != "_"]
    return names
