"""What is flashed into the EEPROM.

`boot.py` is the readable source, and is never imported: `plain_rom` packs it, and the machine runs the packed text as
the program of its EEPROM.

Image   "AXZ1", then the source as a zlib stream; 4,096 bytes at most, the size of the chip. What only readers and type
        checkers need is left out, line by line, so the same source gives the same image in every Python version.
"""

from __future__ import annotations

import os
import re
import zlib
from functools import cache

MAGIC = b"AXZ1"
ROM_SIZE_BYTES = 4096
TYPE = r"\w+(?:\[[\w, ]+\])?(?: \| \w+)?"  # int, list[Any], dict[str, Any], str | None


def strip(source: str) -> str:
    """The source below its `# ROM` line without comments, docstrings, blank lines and annotations.

    Works on lines, for the form in which this package's firmware is written: a signature fits one line, a docstring
    has its lines to itself, no text holds two spaces and a hash. A test compares the syntax trees. One space is one
    level of indentation.
    """
    rom = source.partition("\n# ROM")[2]
    kept = []
    in_docstring = False
    for line in rom.splitlines()[1:]:
        text = line.strip()
        if in_docstring or text.startswith('"""'):
            in_docstring = not text.endswith('"""') or (text == '"""' and not in_docstring)
        elif text and not text.startswith("#"):
            text = text.split("  # ")[0]
            if text.startswith("def "):
                text = re.sub(r"\) -> .*:$", "):", re.sub(rf"(\w+): {TYPE}", r"\1", text))
            else:
                text = re.sub(rf"^(\w+): {TYPE} = ", r"\1 = ", text)
            kept.append(" " * ((len(line) - len(line.lstrip())) // 4) + text)
    return "\n".join(kept) + "\n"


def pack(source: str) -> bytes:
    """The ROM image of a firmware source. AssertionError if it does not fit the chip."""
    image = MAGIC + zlib.compress(strip(source).encode(), 9)
    assert len(image) <= ROM_SIZE_BYTES, f"the firmware takes {len(image)} bytes, the EEPROM holds {ROM_SIZE_BYTES}"
    return image


@cache
def plain_rom() -> bytes:
    """The image of the plain firmware, built once per host process."""
    with open(os.path.join(os.path.dirname(__file__), "boot.py"), encoding="utf-8") as file:
        return pack(file.read())
