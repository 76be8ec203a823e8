"""A new driver from a template: `axisos driver new NAME --type kmd|cmd|umd`.

What is written works as it stands: a driver, `<name>.sys.py`, and beside it `test_<name>.py`, which loads it into a
machine and uses it.

Called by   the command line.
Always so   nothing that exists is overwritten; either both files are written or none.
"""

from __future__ import annotations

import os
from keyword import iskeyword

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("kmd", "cmd", "umd")
IMPORTED = frozenset({"dk", "umd"})  # by what is written


class CannotWrite(Exception):
    """One line for the user."""


def write(name: str, kind: str, directory: str) -> list[str]:
    """Write the two files of a new driver.

    Args:    name: letters, digits and `_`, a letter first. kind: one of KINDS.
    Returns: the paths of what was written, the driver first.
    Raises:  CannotWrite.
    """
    if not (name.isascii() and name.isidentifier() and name[0].isalpha()):
        raise CannotWrite(f"{name!r} is no name for a driver: letters, digits and _, with a letter first")
    words = {"@name@": name.lower(), "@Name@": "".join(word[:1].upper() + word[1:] for word in name.split("_"))}
    if any(iskeyword(word) or word in IMPORTED for word in words.values()):
        raise CannotWrite(f"{name!r} is no name for a driver: its file needs that word for something else")
    files = {
        os.path.join(directory, f"{name.lower()}.sys.py"): _filled(f"{kind}.txt", words),
        os.path.join(directory, f"test_{name.lower()}.py"): _filled(f"test_{kind}.txt", words),
    }
    for path in files:
        if os.path.lexists(path):
            raise CannotWrite(f"{path} exists already; nothing was written")
    written: list[str] = []
    try:
        for path, text in files.items():
            with open(path, "x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            os.unlink(path)
        raise CannotWrite(f"{error.filename or directory}: {error.strerror}") from None
    return written


def _filled(template: str, words: dict[str, str]) -> str:
    with open(os.path.join(HERE, template), encoding="utf-8") as file:
        text = file.read()
    for place, word in words.items():
        text = text.replace(place, word)
    return text
