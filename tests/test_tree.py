"""Cheap guards over the whole tree: what every command, driver and text file owes its reader."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from test_arrows import ROOTFS, imports_of

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = sorted((ROOTFS / "usr" / "commands").glob("*.py"))
DRIVERS = sorted((ROOTFS / "drivers").glob("*.sys.py"))
TEXTS = {".py", ".pyi", ".md", ".toml", ".txt", ".out", ".console", ""}
OURS = ("src", "tests", "docs", "scripts", "benchmarks", "changes", ".ci")  # built and installed things are not
KEPT = (".ci", ".gitignore", ".keep")
# What would bring in time, chance, input or a second thread past the machine.
UNDETERMINED = {
    "asyncio", "datetime", "io", "multiprocessing", "os", "random", "secrets", "select", "signal", "socket",
    "subprocess", "tempfile", "threading", "time", "uuid",
}  # fmt: skip


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_files() -> list[Path]:
    """Every text of ours."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in OURS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [path for path in found if path.suffix in TEXTS and not any(map(left_behind, path.relative_to(ROOT).parts))]


def left_behind(part: str) -> bool:
    """Whether a part of a path says that no person wrote what is there: the caches of Python and of our tools."""
    return part == "__pycache__" or part.endswith(".egg-info") or (part[:1] == "." and part not in KEPT)


def constant(tree: ast.Module, name: str) -> object:
    """The value of a module's constant, or None if it has none of that name."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            return ast.literal_eval(node.value)
    return None


def test_no_file_knows_where_it_was_written() -> None:
    """No path of this checkout or of this Python's environment, and nothing that was put off, stands in any file."""
    put_off = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
    places = [str(ROOT), *([sys.prefix] if len(Path(sys.prefix).parts) > 2 else [])]
    for path in text_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for place in places:
            assert not re.search(rf"{re.escape(place)}\b", text), f"{relative(path)} names {place}"
        assert not put_off.search(text), f"{relative(path)} puts something off"


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_a_command_says_what_it_is_for(path: Path) -> None:
    """`help` lists the first line of its docstring; `-h` prints its HELP, which begins with how it is used."""
    tree = ast.parse(path.read_bytes())
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    assert re.fullmatch(rf"{path.stem}: [^A-Z].*\.", first), first
    text = constant(tree, "HELP")
    assert isinstance(text, str) and text.endswith("\n")
    assert re.match(rf"Usage: {path.stem}\b", text)
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("path", DRIVERS, ids=lambda path: path.name)
def test_a_driver_says_who_it_is(path: Path) -> None:
    """DKMS reads DRIVER_INFO without running the file; the names of drivers are all different."""
    info = constant(ast.parse(path.read_bytes()), "DRIVER_INFO")
    assert isinstance(info, dict)
    assert {"driver_name", "driver_type", "load_priority", "version"} <= info.keys()
    others = [constant(ast.parse(other.read_bytes()), "DRIVER_INFO") for other in DRIVERS if other != path]
    assert info["driver_name"] not in [other["driver_name"] for other in others if isinstance(other, dict)]


@pytest.mark.parametrize("folder", ["abi", "boot", "system", "drivers", "lib/axis/dk"])
def test_rings_up_to_two_take_time_and_chance_from_the_machine(folder: str) -> None:
    """Or a run could not be repeated; ring 0 has a list of its own in `test_arrows`."""
    for path in sorted((ROOTFS / folder).rglob("*.py")):
        for line, name in imports_of(path):
            assert name.partition(".")[0] not in UNDETERMINED, f"{relative(path)}:{line}: {name}"


def test_a_change_is_told_in_a_file_of_its_number_and_kind() -> None:
    """One paragraph, as changes/README.md asks for."""
    fragments = [path for path in (ROOT / "changes").glob("*") if path.name != "README.md"]
    assert fragments
    for path in fragments:
        assert re.fullmatch(r"\d+[a-z]?\.(feature|change|fix|removal)\.md", path.name), path.name
        text = path.read_text().strip()
        assert text and "\n\n" not in text, f"{path.name} is not one paragraph"


def kept_names(tree: ast.Module) -> Iterator[str]:
    """The private names that a file defines or stores: of functions, classes, constants and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            name = node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id.isupper():
            name = node.id
        else:
            continue
        if name.startswith("_") and not name.endswith("__"):
            yield name


def test_nothing_is_kept_that_nobody_reads() -> None:
    """A private name stands in our sources once more than where it is defined, but in Python's own modules."""
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")}
    words = Counter(word for text in texts.values() for word in re.findall(r"\w+", text))
    unread = [
        f"{relative(path)}: {name}"
        for path, text in texts.items()
        if ROOTFS / "lib" / "python" not in path.parents
        for name in kept_names(ast.parse(text))
        if words[name] == 1
    ]
    assert unread == []
