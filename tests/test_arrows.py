"""The house keeps its arrows: who may import whom (docs, chapter 1). Imports for type checkers only do not count."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "axisos"
ROOTFS = SOURCE / "rootfs"
STDLIB = sys.stdlib_module_names

# What ring 0 may take from the host: nothing that brings in time, chance or input past the machine.
RING_0_HOST = {
    "__future__", "_thread", "abc", "ast", "bisect", "builtins", "collections", "contextlib", "dataclasses", "enum",
    "functools", "greenlet", "hashlib", "heapq", "hmac", "importlib", "itertools", "marshal", "math", "operator", "os",
    "re", "string", "struct", "sys", "tomllib", "traceback", "types", "typing", "unicodedata", "warnings", "weakref",
    "zlib", "binascii", "array", "cmath", "secrets", "locale", "inspect", "_ast", "_string",
}  # fmt: skip

# floor -> the packages of ours that it may import
FLOORS: dict[str, set[str]] = {
    "abi": {"abi"},
    "executive": {"abi", "executive"},
    "kernel.py": {"abi", "executive"},
    "system": {"abi", "axis", "system"},
    "drivers": {"abi", "axis", "tty", "internet"},
    "lib/axis": {"abi", "axis"},
    "lib/python": {"abi", "axis"},
    "bin": {"abi", "axis"},
    "usr": {"abi", "axis"},
    "boot": set(),
}
OURS = {"abi", "executive", "system", "axis", "axisos", "tty", "internet"}


def imports_of(path: Path) -> list[tuple[int, str]]:
    """(line, absolute module name) of every import that happens at run time."""
    found: list[tuple[int, str]] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for other in node.orelse:
                visit(other)
            return
        if isinstance(node, ast.Import):
            found.extend((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append((node.lineno, node.module or ""))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_bytes()))
    return found


def floor_of(path: Path) -> str | None:
    relative = path.relative_to(ROOTFS).as_posix()
    return next((floor for floor in FLOORS if relative == floor or relative.startswith(floor + "/")), None)


@pytest.mark.parametrize("path", sorted(ROOTFS.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOTFS)))
def test_the_disk_imports_downwards_only(path: Path) -> None:
    """A file of the system disk imports its own floor and those below it, and nothing of the host's side."""
    floor = floor_of(path)
    assert floor is not None, f"{path} stands on no floor that this test knows"
    for line, name in imports_of(path):
        top = name.partition(".")[0]
        if top in OURS:
            assert top in FLOORS[floor], f"{path}:{line}: {floor} may not import {name}"
        if floor in ("abi", "executive", "kernel.py") and "shims" not in path.parts:  # whose business the host is
            assert top in RING_0_HOST | OURS, f"{path}:{line}: ring 0 may not import {name} from the host"


@pytest.mark.parametrize("path", sorted((SOURCE / "machine").rglob("*.py")), ids=lambda p: p.name)
def test_the_machine_has_never_heard_of_the_system(path: Path) -> None:
    """The virtual computer imports itself, the firmware it is flashed with, greenlet and the standard library; the
    data card also an extra, which is not there on every host."""
    extra = {"cryptography"} if path.name == "data.py" else set()
    for line, name in imports_of(path):
        top = name.partition(".")[0]
        if top == "axisos":
            assert name.startswith(("axisos.machine", "axisos.firmware")), f"{path}:{line}: {name}"
        else:
            assert top in STDLIB | {"greenlet", "_frozen_importlib_external"} | extra, f"{path}:{line}: {name}"


def test_consoles_and_hosts_reach_the_machine_only() -> None:
    """The host's side never imports the disk: what runs there is the guest's business."""
    for path in [*SOURCE.glob("*.py"), *(SOURCE / "consoles").rglob("*.py"), *(SOURCE / "firmware").rglob("*.py")]:
        for line, name in imports_of(path):
            assert not name.startswith("axisos.rootfs"), f"{path}:{line}: {name}"
            assert name.partition(".")[0] not in OURS - {"axisos"}, f"{path}:{line}: {name}"
