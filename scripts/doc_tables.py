"""The tables of the documentation that are made from the code: a page cannot say anything else than the code does.

A page has the place of a table between two comments, the first with the table's name:

    <!-- table: policy-rules -->
    <!-- end -->

`python scripts/doc_tables.py` says which pages are not up to date; with `--write` it brings them up to date. A test
compares and changes nothing.
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import syscall_reference

ROOT = Path(__file__).resolve().parent.parent
DISK = ROOT / "src" / "axisos" / "rootfs"
PLACE = re.compile(r"(?P<begin><!-- table: (?P<name>[\w-]+) -->\n).*?(?P<end>^<!-- end -->$)", re.DOTALL | re.MULTILINE)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@cache
def calls() -> dict[str, syscall_reference.Call]:
    """The system calls of a machine that is booted for this."""
    from axisos import Machine

    with Machine(seed=7, boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.run_until("login:")
        return syscall_reference.calls(machine.kernel)


def policy_rules() -> Iterable[str]:
    """Each rule of the checker, why it is there, what to write instead."""
    from executive.policy import RULES

    yield "| Rule | Refused, because | Write instead |"
    yield "|---|---|---|"
    for name, (reason, hint) in RULES.items():
        yield f"| `{name}` | {cell(reason)} | {cell(hint)} |"


def cell(text: str) -> str:
    """Text that stands in one cell of a table."""
    return text.replace("_", "\\_").replace("*", "\\*").replace("|", "\\|")


TABLES: dict[str, Callable[[], Iterable[str]]] = {
    "policy-rules": policy_rules,
    "calls-index": lambda: syscall_reference.index(calls()),
    "calls": lambda: syscall_reference.reference(calls()),
    "calls-missing": syscall_reference.missing,
}


def refreshed(page: str) -> str:
    """A page's text with every table in it as the code has it now."""

    def made(found: re.Match[str]) -> str:
        lines = "\n".join(TABLES[found["name"]]()).strip("\n")
        return f"{found['begin']}\n{lines}\n\n{found['end']}"

    return PLACE.sub(made, page)


def pages() -> list[Path]:
    """Every page that has a table of the code in it."""
    return [path for path in sorted((ROOT / "docs").rglob("*.md")) if "<!-- table: " in path.read_text()]


def main(arguments: list[str]) -> int:
    if os.environ.get("PYTHONHASHSEED") != "0":  # seeded machines need it
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    sys.path[:0] = [str(ROOT / "src"), str(DISK)]
    stale = 0
    for path in pages():
        text = refreshed(path.read_text())
        if text != path.read_text():
            stale += 1
            if "--write" in arguments:
                path.write_text(text)
            print(f"{path.relative_to(ROOT)}: {'brought' if '--write' in arguments else 'not'} up to date")
    return 1 if stale and "--write" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
