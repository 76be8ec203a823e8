"""find: walk through a directory tree."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Test = Callable[[str, str, dict[str, Any]], bool]

HELP = """\
Usage: find [PATH...] [-name GLOB] [-iname GLOB] [-path GLOB] [-type f|d|c] [-size [+-]N[ck]] [-empty]
            [-maxdepth N] [-mindepth N] [-delete] [-print] [-print0]

Print every path in the tree below each PATH (the working directory by default) that passes all tests.

  -name, -iname, -path GLOB  the name (-i: whatever its capitals), or the whole path, matches
  -type f, d, c              file, directory, device        -empty  without content
  -size N                    N bytes (c), or N KiB (k); +N more, -N less
  -maxdepth N, -mindepth N   not below, not above N levels  ! or -not  the next test turned round
  -delete                    delete instead of printing     -print0  end names with a zero byte
"""

_TYPES = {"f": "file", "d": "directory", "c": "device"}


class Walk:
    """What to look for, and how deep."""

    def __init__(self) -> None:
        self.tests: list[Test] = []
        self.least = 0
        self.most: int | None = None
        self.delete = False
        self.end = "\n"


def matches(text: str, pattern: str) -> bool:
    """`fnmatch.fnmatchcase`, loaded when a name is to be matched."""
    from fnmatch import fnmatchcase

    return fnmatchcase(text, pattern)


def name_test(value: str) -> Test:
    return lambda path, name, facts: matches(name, value)


def iname_test(value: str) -> Test:
    return lambda path, name, facts: matches(name.lower(), value.lower())


def path_test(value: str) -> Test:
    return lambda path, name, facts: matches(path, value)


def type_test(value: str) -> Test:
    if value not in _TYPES:
        cli.usage(f"-type {value}: is none of f, d, c")
    return lambda path, name, facts: facts["type"] == _TYPES[value]


def size_test(text: str) -> Test:
    sign = text[:1] if text[:1] in ("+", "-") else ""
    digits = text[len(sign):]
    unit = 1024 if digits[-1:] == "k" else 1
    wanted = cli.integer(digits[:-1] if digits[-1:] in ("c", "k") else digits, "-size", 0)

    def test(path: str, name: str, facts: dict[str, Any]) -> bool:
        units = -(-facts["size"] // unit)
        return bool(units > wanted if sign == "+" else units < wanted if sign == "-" else units == wanted)

    return test


def is_empty(path: str, name: str, facts: dict[str, Any]) -> bool:
    if facts["type"] == "directory":
        return not filesystem.list(path)
    return bool(facts["size"] == 0)


def turned_round(test: Test) -> Test:
    return lambda path, name, facts: not test(path, name, facts)


_WITH_VALUE = {"-name": name_test, "-iname": iname_test, "-path": path_test, "-type": type_test, "-size": size_test}


def parse(arguments: list[str]) -> tuple[list[str], Walk]:
    """(paths, what to look for) of the command line."""
    walk, paths = Walk(), []
    words = list(arguments)
    while words and words[0][:1] not in ("-", "!"):
        paths.append(words.pop(0))
    turned = False
    while words:
        word = words.pop(0)
        test: Test | None = None
        if word in ("-h", "--help"):
            cli.show_help()
        elif word in ("!", "-not"):
            turned = not turned
        elif word in _WITH_VALUE or word in ("-maxdepth", "-mindepth"):
            if not words:
                cli.usage(f"{word}: needs a value")
            value = words.pop(0)
            if word == "-maxdepth":
                walk.most = cli.integer(value, word, 0)
            elif word == "-mindepth":
                walk.least = cli.integer(value, word, 0)
            else:
                test = _WITH_VALUE[word](value)
        elif word == "-empty":
            test = is_empty
        elif word == "-delete":
            walk.delete = True
        elif word == "-print0":
            walk.end = "\0"
        elif word not in ("-print", "-a", "-and"):
            cli.usage(f"{word}: unknown test")
        if test is not None:
            walk.tests.append(turned_round(test) if turned else test)
            turned = False
    return paths or ["."], walk


def visit(path: str, walk: Walk, depth: int) -> None:
    try:
        facts = filesystem.stat(path)
        if not walk.delete:
            report(path, facts, walk, depth)
        if facts["type"] == "directory" and (walk.most is None or depth < walk.most):
            for name in sorted(filesystem.list(path)):
                visit(cli.join(path, name.rstrip("/")), walk, depth + 1)
        if walk.delete:
            report(path, facts, walk, depth)
    except (OSError, StatusError) as error:
        cli.warn(path, cli.why(error))


def report(path: str, facts: dict[str, Any], walk: Walk, depth: int) -> None:
    name = cli.basename(path)
    if depth < walk.least or not all(test(path, name, facts) for test in walk.tests):
        return
    if walk.delete:
        if path not in (".", "/"):
            filesystem.remove(path)
    else:
        cli.write(path + walk.end)


def main(options: cli.Options, operands: list[str]) -> None:
    paths, walk = parse(operands)
    for path in paths:
        visit(path, walk, 0)


cli.run(main, HELP, verbatim=True)
