"""The map of the house: how many lines each floor has, as the table in README.md.

`python scripts/floor_sizes.py` prints the table; with `--write` it replaces the one in README.md. A test compares.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "src/axisos/"
DISK = SOURCE + "rootfs/"
FLOORS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("The virtual computer", "`machine/`", (SOURCE + "machine",)),
    ("The EEPROM's program, phase 1", "`firmware/`, `boot/`", (SOURCE + "firmware", DISK + "boot")),
    ("Ring 0: the kernel", "`kernel.py`, `executive/`", (DISK + "kernel.py", DISK + "executive")),
    ("What all rings agree on", "`abi/`", (DISK + "abi",)),
    ("Ring 1: file system, drivers, logon", "`system/`", (DISK + "system",)),
    ("Ring 2: the drivers", "`drivers/`", (DISK + "drivers",)),
    ("Ring 3: the system's own libraries", "`lib/axis/`", (DISK + "lib/axis",)),
    ("Ring 3: the names of Python's library", "`lib/python/`", (DISK + "lib/python",)),
    ("Ring 3: init, shell and commands", "`bin/`, `usr/`", (DISK + "bin", DISK + "usr")),
    ("Consoles and the command line", "`consoles/`, `cli.py`, ...", (
        SOURCE + "consoles", SOURCE + "tracing", SOURCE + "verify", SOURCE + "driver_template",
        *(f"{SOURCE}{name}.py" for name in (
            "check", "cli", "explore", "heartbeat", "host", "job_command", "supervisor",
        )),
    )),
    ("Benchmarks", "`bench/`, `benchmarks/`", (SOURCE + "bench", "benchmarks")),
    ("Tests", "`tests/`", ("tests",)),
)  # fmt: skip
ROW = re.compile(r"^\| (?P<floor>[^|]+?) +\| (?P<where>[^|]+?) +\| +(?P<lines>[\d,]+) \|$", re.MULTILINE)
TABLE = re.compile(r"^\| Floor .*?(?=^[^|]|\Z)", re.DOTALL | re.MULTILINE)


def lines_of(place: str) -> int:
    """The lines of a Python file, or of all below a folder; comments and blank lines count."""
    path = ROOT / place
    files = [path] if path.is_file() else path.rglob("*.py")
    return sum(file.read_bytes().count(b"\n") for file in files)


def sizes() -> dict[str, int]:
    """Lines by floor, from the hardware up."""
    return {floor: sum(map(lines_of, places)) for floor, _, places in FLOORS}


def table() -> str:
    """The table as it should stand in README.md."""
    counted = sizes()
    rows = [("Floor", "Where", "Lines"), *((floor, where, f"{counted[floor]:,}") for floor, where, _ in FLOORS)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    texts = [f"| {a:{widths[0]}} | {b:{widths[1]}} | {c:>{widths[2]}} |" for a, b, c in rows]
    texts.insert(1, f"|{'-' * (widths[0] + 2)}|{'-' * (widths[1] + 2)}|{'-' * (widths[2] + 1)}:|")
    return "\n".join(texts) + "\n"


def stated(text: str) -> dict[str, int]:
    """Lines by floor, as a text says."""
    return {found["floor"]: int(found["lines"].replace(",", "")) for found in ROW.finditer(text)}


def main(arguments: list[str]) -> int:
    if "--write" not in arguments:
        print(table(), end="")
        return 0
    readme = ROOT / "README.md"
    text = readme.read_text()
    assert len(TABLE.findall(text)) == 1, "README.md has one table that begins with | Floor"
    readme.write_text(TABLE.sub(lambda _: table(), text))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
