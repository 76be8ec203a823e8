"""find: walk through a directory tree."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

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


def fnmatchcase(name, pattern):
    """`fnmatch.fnmatchcase`, loaded when a name is to be matched."""
    from fnmatch import fnmatchcase as match

    return match(name, pattern)


class Walk:
    """What to look for, and how deep."""

    def __init__(self):
        self.tests = []  # functions (path, name, facts) -> bool
        self.least, self.most = 0, None
        self.delete = False
        self.end = "\n"


def size_test(text):
    sign = text[:1] if text[:1] in "+-" else ""
    digits = text[len(sign):]
    unit = 1
    if digits[-1:] in ("c", "k"):
        unit = 1024 if digits[-1] == "k" else 1
        digits = digits[:-1]
    wanted = cli.integer(digits, "-size", 0)

    def test(path, name, facts):
        units = -(-facts["size"] // unit)
        return units > wanted if sign == "+" else units < wanted if sign == "-" else units == wanted

    return test


def is_empty(path, name, facts):
    if facts["type"] == "directory":
        return not filesystem.list(path)
    return facts["size"] == 0


def parse(arguments):
    """(paths, Walk) of the command line."""
    walk, paths = Walk(), []
    words = list(arguments)
    while words and words[0][:1] not in ("-", "!"):
        paths.append(words.pop(0))
    turned = False
    while words:
        word = words.pop(0)
        if word in ("-h", "--help"):
            cli.show_help()
        if word in ("!", "-not"):
            turned = not turned
            continue
        test = None
        if word in ("-name", "-iname", "-path", "-type", "-size", "-maxdepth", "-mindepth"):
            if not words:
                cli.usage(f"{word}: needs a value")
            value = words.pop(0)
            if word == "-name":
                def test(path, name, facts, value=value):
                    return fnmatchcase(name, value)
            elif word == "-iname":
                def test(path, name, facts, value=value):
                    return fnmatchcase(name.lower(), value.lower())
            elif word == "-path":
                def test(path, name, facts, value=value):
                    return fnmatchcase(path, value)
            elif word == "-type":
                if value not in _TYPES:
                    cli.usage(f"-type {value}: is none of f, d, c")

                def test(path, name, facts, value=_TYPES[value]):
                    return facts["type"] == value
            elif word == "-size":
                test = size_test(value)
            elif word == "-maxdepth":
                walk.most = cli.integer(value, word, 0)
            else:
                walk.least = cli.integer(value, word, 0)
        elif word == "-empty":
            test = is_empty
        elif word == "-delete":
            walk.delete = True
        elif word == "-print0":
            walk.end = "\0"
        elif word not in ("-print", "-a", "-and"):
            cli.usage(f"{word}: unknown test")
        if test is not None:
            if turned:
                def test(path, name, facts, inner=test):
                    return not inner(path, name, facts)
            walk.tests.append(test)
            turned = False
    return paths or ["."], walk


def visit(path, walk, depth):
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


def report(path, facts, walk, depth):
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
