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
            super().__init__(msg if pos is None else f"{msg} at position {pos}")

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
                # Not `host.compile`, whose cache all share: the `groupindex` of a pattern shows its own dictionary.
                found = host._compiler.compile(pattern, int(flags))
            except host_error as problem:
                raise error(problem.msg, pattern, problem.pos) from None
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
