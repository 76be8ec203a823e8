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
import tomllib
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


def policy_names() -> Iterable[str]:
    """The double-underscore names that a program may use, and what for."""
    from executive import policy

    def dunders(names: Iterable[str]) -> str:
        return " ".join(f"`{name}`" for name in sorted(set(names)) if policy.is_dunder(name))

    yield "| A program may | Names |"
    yield "|---|---|"
    yield f"| define as a method, and read | {dunders(policy.METHODS)} |"
    yield f"| bind in a module or class body | {dunders(policy.BINDABLE - policy.METHODS)} |"
    yield f"| read as a variable | {dunders(policy.READABLE - policy.BINDABLE)} |"
    yield f"| read as an attribute | {dunders(policy.ATTRIBUTES - policy.METHODS)} |"
    yield f"| set or delete as an attribute | {dunders(policy.STORABLE)} |"
    yield ""
    prefixes = ", ".join(f"`{prefix}...`" for prefix in policy.FRAME_PREFIXES)
    closed = " ".join(f"`{name}`" for name in sorted(policy.FRAME_NAMES) if not name.startswith(policy.FRAME_PREFIXES))
    yield f"Closed without underscores: {prefixes} {closed}."


def modules_offered() -> Iterable[str]:
    """What a program may import beside its own files and the system's libraries, by the form in which it gets it."""
    from executive import vetted

    def modules(names: Iterable[str]) -> str:
        return " ".join(f"`{name}`" for name in sorted(names) if name[0] != "_" or name == "__future__")

    guests_own = {path.stem for path in (DISK / "lib" / "python").glob("*.py")}
    library = vetted.LIBRARY - vetted.PRIVATE_LIBRARY
    yield "| Form | Modules |"
    yield "|---|---|"
    yield f"| Python's own source, executed anew in each process | {modules(library)} |"
    yield f"| a module of the process's own over shared functions of C | {modules(vetted.PUBLIC_C)} |"
    yield f"| a stand-in of the same interface | {modules(vetted.PUBLIC_SHIMS)} |"
    yield f"| the system's own, `/lib/python`, on top of system calls | {modules(guests_own)} |"


def names_withheld() -> Iterable[str]:
    """Public names of these modules that a program does not get."""
    from executive import vetted

    yield "| Module | Without |"
    yield "|---|---|"
    for module, names in sorted(vetted.WITHHELD.items()):
        yield f"| `{module}` | {' '.join(f'`{name}`' for name in sorted(names))} |"


def plain_limits() -> Iterable[str]:
    """How large what crosses a ring may be."""
    from executive import plain

    yield "| Limit of one value | |"
    yield "|---|---:|"
    yield f"| levels of nesting | {plain.MAX_DEPTH} |"
    yield f"| items in all | {plain.MAX_ITEMS:,} |"
    yield f"| characters and bytes of all texts and bytes | {plain.MAX_BYTES:,} |"
    yield f"| bits of an integer | {plain.MAX_INT_BITS:,} |"


# What a program meets at a limit; the tables of statuses and limits do not say it.
AT_THE_LIMIT = {
    "handles": "HANDLE_TABLE_FULL 701",
    "syscalls_per_second": "the program ends, 137",
    "output_bytes_per_second": "the writer waits until the second is over",
    "recursion": "a wish for more is taken as this, or what the stack holds",
    "memory_percent": "MemoryError; 137 for who takes still more",
    "user_memory_percent": "the same, for the user's largest program",
}
QUOTA = "QUOTA_EXCEEDED 609"


def limits() -> Iterable[str]:
    """The limits of the shipped /etc/limits.toml, what they count, and what happens there."""
    from executive.limits import KNOWN

    tables = tomllib.loads((DISK / "etc" / "limits.toml").read_text())
    root = tables["users"]["0"]
    yield "| Limit | Everybody | uid 0 | Counts | At the limit |"
    yield "|---|---:|---:|---|---|"
    for name, (_, counts) in KNOWN.items():
        shipped = tables["limits"][name]
        yield f"| `{name}` | {shipped:,} | {root.get(name, shipped):,} | {counts} | {AT_THE_LIMIT.get(name, QUOTA)} |"


def cell(text: str) -> str:
    """Text that stands in one cell of a table."""
    return text.replace("_", "\\_").replace("*", "\\*").replace("|", "\\|")


TABLES: dict[str, Callable[[], Iterable[str]]] = {
    "policy-rules": policy_rules,
    "policy-names": policy_names,
    "modules-offered": modules_offered,
    "names-withheld": names_withheld,
    "plain-limits": plain_limits,
    "limits": limits,
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
