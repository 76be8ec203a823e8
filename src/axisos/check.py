"""`axisos check`: would the ring-3 sandbox take these programs? Answered without booting a machine.

The rules are the system disk's own: `/executive/preempt.py` and what it needs are executed as the firmware would have
it, through `/boot/importer.py` and the same code cache, and nothing else of a machine is made. So what is refused here
is refused there, in the same words.

A finding is an offence, which the sandbox refuses to compile, or a note: something that would only show when the
program runs there, and that the source shows plainly.

Called by   the command line.
Owns        nothing.
"""

from __future__ import annotations

import ast
import os
import sys

from axisos.machine.codecache import CodeCache, default_directory
from axisos.machine.disk import HIDDEN, packaged_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

CLEAN_EXIT, REFUSED_EXIT, UNREADABLE_EXIT = 0, 1, 2
STANDARD_INPUT = "-"
GUEST_PATH = "/tmp/program.py"  # where `axisos run` puts a program: below /lib more names are admitted
SYNTAX = "syntax"
SYNTAX_RULE = (
    "Python itself does not take this text",
    "correct it; python -m py_compile FILE says the same",
)
# Note -> (why it will not work, what to write instead).
NOTES = {
    "import": (
        "the import raises ModuleNotFoundError when the program gets there",
        "do without it, catch ModuleNotFoundError, or put a module of that name beside the program",
    ),
    "import-name": (
        "the import raises ImportError when the program gets there: this name leads out of the program",
        "do without it",
    ),
    "computed-name": (
        "the call raises AttributeError when the program gets there: computed names obey the rules of the source",
        "see what the rule says of the attribute: axisos check --rules",
    ),
    "format-field": (
        "the call raises AttributeError when the program gets there: the text of a format reads attributes",
        "pass the value itself: '{}'.format(x.name)",
    ),
}
BY_NAME = {"getattr": False, "setattr": True, "delattr": True}  # builtins that take a name -> whether it is a store


class Finding:
    """One thing to say about one place of one file."""

    __slots__ = ("column", "file", "hint", "line", "reason", "refused", "rule", "said")

    def __init__(
        self, file: str, line: int, column: int, rule: str, said: str, why: tuple[str, str], refused: bool
    ) -> None:
        self.file = file
        self.line = line
        self.column = column  # in characters, the first is 1
        self.rule = rule
        self.said = said
        self.reason, self.hint = why
        self.refused = refused

    def text(self) -> str:
        """As people read it: one line that editors can follow, the reason and the way out below."""
        kind = self.rule if self.refused else f"note: {self.rule}"
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {kind}: {self.said}\n    why: {self.reason}\n    instead: {self.hint}\n"

    def record(self) -> dict[str, object]:
        """As tools read it."""
        names = ("file", "line", "column", "refused", "rule", "said", "reason", "hint")
        return {name: getattr(self, name) for name in names}


class _DiskSources(dict[str, tuple[str, bytes]]):
    """Ring 0's modules on the packaged disk, for /boot/importer.py: each read when it is first asked for."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or self._place(str(name)) is not None

    def __missing__(self, name: str) -> tuple[str, bytes]:
        place = self._place(name)
        if place is None:
            raise KeyError(name)
        with open(place, "rb") as file:
            found = self[name] = os.path.realpath(place), file.read()
        return found

    def _place(self, name: str) -> str | None:
        if name.partition(".")[0] not in ("abi", "executive"):
            return None
        base = os.path.join(packaged_root(), *name.split("."))
        return next((place for place in (base + ".py", base + "/__init__.py") if os.path.isfile(place)), None)


class Rules:
    """The sandbox's own judgement, taken from the system disk."""

    def __init__(self) -> None:
        cache = CodeCache(default_directory())
        path = os.path.join(packaged_root(), "boot", "importer.py")
        with open(path, "rb") as file:
            source = file.read()
        code = cache.get("ring0", source, path)
        if code is None:
            code = compile(source, path, "exec", dont_inherit=True)
            cache.put("ring0", source, path, code)
        space: dict[str, Any] = {"__name__": "importer", "__file__": path}
        exec(code, space)
        self._import = space["make_import"](_DiskSources(), {}, cache)
        self.policy = self._module("policy")

    def _module(self, name: str) -> Any:
        """A module of ring 0's executive."""
        return self._import(f"executive.{name}", None, None, ("*",))

    # What is refused.

    def offences(self, source: bytes, file: str) -> list[Finding]:
        """Everything for which the sandbox would not compile the program."""
        columns = _Columns(source)
        found = []
        for error in self._module("preempt").offences(source, GUEST_PATH):
            line = error.lineno or 1
            rule = getattr(error, "rule", SYNTAX)
            if rule == SYNTAX:
                found.append(Finding(file, line, max(error.offset or 1, 1), rule, error.msg, SYNTAX_RULE, True))
            else:
                column = columns.of(line, error.offset or 1)
                found.append(Finding(file, line, column, rule, error.what, (error.reason, error.hint), True))
        return found

    # What would show when the program runs.

    def notes(self, source: bytes, file: str) -> list[Finding]:
        """What the program would meet at run time, where its source shows it plainly; it must have no offence."""
        columns = _Columns(source)
        directory = os.path.dirname(file) if file != STANDARD_INPUT else ""
        found = []
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        for node in _running(tree):
            if isinstance(node, ast.Import):
                said = [self._import_note(name.name, (), directory) for name in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                said = [self._import_note(node.module, [name.name for name in node.names], directory)]
            elif isinstance(node, ast.Call):
                said = [self._call_note(node)]
            else:
                continue
            for note in said:
                if note is not None:
                    column = columns.of(node.lineno, node.col_offset + 1)
                    found.append(Finding(file, node.lineno, column, note[0], note[1], NOTES[note[0]], False))
        return sorted(found, key=lambda note: (note.line, note.column))

    def _import_note(self, name: str, wanted: Sequence[str], directory: str) -> tuple[str, str] | None:
        vetted = self._module("vetted")
        top, _, rest = name.partition(".")
        if _is_module(os.path.join(directory, top)) and top not in vetted.PUBLIC_C | {"sys", "time", "builtins"}:
            return None  # the program's own
        on_disk = packaged_root()
        if top == "axis":
            parts = [rest] if rest else wanted
            for part in parts:
                if not _is_module(os.path.join(on_disk, "lib/axis", *part.split("."))):
                    return "import", f"there is no module axis.{part}"
            return None
        if top in ("abi", "__future__", "__main__", "sys", "builtins"):
            return None
        library = vetted.LIBRARY - vetted.PRIVATE_LIBRARY
        if top in vetted.PUBLIC_C | vetted.PUBLIC_SHIMS | library:
            if rest and top in library and name not in library:
                return "import", f"No module named {name!r}{vetted.not_offered(name) if name in vetted.INSTEAD else ''}"
            withheld = [one for one in wanted if one in vetted.WITHHELD.get(name, ())]
            return ("import-name", f"cannot import name {withheld[0]!r} from {name!r}") if withheld else None
        if any(_is_module(os.path.join(on_disk, place, top)) for place in ("lib/python", "usr/lib")):
            return None
        known = vetted.not_offered(name) if top in sys.stdlib_module_names else ""
        return "import", f"No module named {top!r}{known}"

    def _call_note(self, node: ast.Call) -> tuple[str, str] | None:
        function, arguments = node.func, node.args
        if isinstance(function, ast.Name) and function.id in BY_NAME and len(arguments) > 1:
            name = _text(arguments[1])
            if name is not None and self.policy.attribute_rule(name, store=BY_NAME[function.id]) is not None:
                return "computed-name", f"{function.id} of the attribute {name!r}"
        if isinstance(function, ast.Attribute) and function.attr in ("format", "format_map"):
            template = _text(function.value)
            if template is not None:
                try:
                    self._module("safe_format").check_template(template)
                except AttributeError as error:
                    return "format-field", str(error)
                except ValueError:
                    return None  # Python says the same of it everywhere
        return None

    # The table.

    def table(self) -> dict[str, Any]:
        """Every rule with its reason and what to write, and the syntax that is admitted and refused."""
        policy = self.policy
        rules = {**policy.RULES, SYNTAX: SYNTAX_RULE}
        return {
            "rules": [{"rule": rule, "reason": why, "hint": instead} for rule, (why, instead) in rules.items()],
            "notes": [{"rule": rule, "reason": why, "hint": instead} for rule, (why, instead) in NOTES.items()],
            "admitted": [
                {"python": ".".join(map(str, version)), "nodes": {kind: sorted(nodes[kind]) for kind in sorted(nodes)}}
                for version, nodes in policy.NODES.items()
            ],
            "refused": [{"node": kind, "rule": rule} for kind, rule in sorted(policy.REFUSED_NODES.items())],
        }


class _Columns:
    """Characters for bytes: Python counts columns of its tree in UTF-8."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._lines: list[str] | None = None

    def of(self, line: int, offset: int) -> int:
        if self._source.isascii():
            return offset
        if self._lines is None:
            from io import BytesIO
            from tokenize import detect_encoding

            encoding, _ = detect_encoding(BytesIO(self._source).readline)
            self._lines = self._source.decode(encoding, "replace").splitlines()
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return len(text.encode()[: offset - 1].decode("utf-8", "replace")) + 1


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes except what is for type checkers only."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.If) and getattr(node.test, "attr", getattr(node.test, "id", "")) == "TYPE_CHECKING":
            stack += node.orelse
            continue
        yield node
        stack += ast.iter_child_nodes(node)


def _text(node: ast.expr) -> str | None:
    """The text that an expression is, if it is a literal one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_module(base: str) -> bool:
    return os.path.isfile(base + ".py") or os.path.isfile(base + "/__init__.py")


def _programs(places: Sequence[str]) -> Iterator[tuple[str, bytes | OSError]]:
    """Each program that the operands mean, with its source or why it cannot be read."""
    for place in places:
        if place == STANDARD_INPUT:
            yield place, sys.stdin.buffer.read()
            continue
        files = sorted(_files_below(place)) if os.path.isdir(place) else [place]
        if not files:
            yield place, FileNotFoundError(0, "No Python files in it")
        for file in files:
            try:
                with open(file, "rb") as stream:
                    yield file, stream.read()
            except OSError as error:
                yield file, error


def _files_below(directory: str) -> Iterator[str]:
    for folder, folders, files in os.walk(directory):
        folders[:] = [name for name in folders if name[:1] != "." and name not in HIDDEN]
        yield from (os.path.join(folder, name) for name in files if name.endswith(".py"))


def check(places: Sequence[str], as_json: bool) -> int:
    """Check programs and print what is found. Returns the exit code."""
    rules = Rules()
    code = CLEAN_EXIT
    records: list[dict[str, object]] = []
    for file, source in _programs(places):
        if isinstance(source, OSError):
            print(f"axisos check: {file}: {source.strerror}", file=sys.stderr)
            code = UNREADABLE_EXIT
            continue
        findings = rules.offences(source, file)
        if findings:
            code = max(code, REFUSED_EXIT)
        if not any(finding.rule in (SYNTAX, "too-deep", "too-large") for finding in findings):
            findings = sorted(findings + rules.notes(source, file), key=lambda one: (one.line, one.column))
        for finding in findings:
            if as_json:
                records.append(finding.record())
            else:
                print(finding.text(), end="")
    if as_json:
        _print_json(records)
    return code


def show_rules(as_json: bool) -> int:
    """Print the table of rules and of the syntax that is admitted. Returns the exit code."""
    table = Rules().table()
    if as_json:
        _print_json(table)
        return CLEAN_EXIT
    for title, key in (("Rules: what a program may not say", "rules"), ("Notes: what shows when it runs", "notes")):
        print(f"{title}\n")
        for row in table[key]:
            _print_wrapped(row["rule"], "")
            _print_wrapped(f"why: {row['reason']}", "    ")
            _print_wrapped(f"instead: {row['hint']}", "    ")
    print("\nSyntax that is admitted, by the version of Python that brought it: nodes of its tree, and their fields\n")
    for row in table["admitted"]:
        print(f"Python {row['python']}")
        nodes = [f"{kind}({', '.join(fields)})" if fields else kind for kind, fields in row["nodes"].items()]
        _print_wrapped(", ".join(nodes), "    ")
    print("\nSyntax that is refused, and by which rule\n")
    for rule in dict.fromkeys(row["rule"] for row in table["refused"]):
        print(rule)
        _print_wrapped(", ".join(row["node"] for row in table["refused"] if row["rule"] == rule), "    ")
    return CLEAN_EXIT


def _print_wrapped(text: str, indent: str) -> None:
    from textwrap import fill

    print(fill(text, 100, initial_indent=indent, subsequent_indent=indent, break_long_words=False))


def _print_json(value: object) -> None:
    import json

    print(json.dumps(value, indent=2, ensure_ascii=False))
