"""Brace expansion: `a{b,c}d` is two words, `{1..9}`, `{01..10..3}` and `{a..e}` are the words of a range.

Called by   expand, before anything else is expanded; quoted braces and commas are text.
Always so   braces without a comma or a range inside stay as they are, so `{}` and `${x}` are safe.
"""

from __future__ import annotations

from axis.shell.syntax import Text, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.syntax import Part

    Atom = str | Part  # one unquoted character, or a part that is as it is

MOST_WORDS = 100_000


class TooManyWordsError(Exception):
    """The braces would make more words than anybody wants."""


def expand_braces(word: Word) -> list[Word]:
    """The words that *word* stands for, itself if there is nothing to expand. Raises TooManyWordsError."""
    atoms: list[Atom] = []
    for part in word.parts:
        if type(part) is Text and not part.quoted:
            atoms.extend(part.text)
        else:
            atoms.append(part)
    return [Word(_parts(found)) for found in _expanded(atoms)]


def _parts(atoms: list[Atom]) -> list[Part]:
    """Atoms as parts again."""
    parts: list[Part] = []
    text: list[str] = []
    for atom in atoms:
        if isinstance(atom, str):
            text.append(atom)
            continue
        if text:
            parts.append(Text("".join(text)))
            text = []
        parts.append(atom)
    if text:
        parts.append(Text("".join(text)))
    return parts


def _expanded(atoms: list[Atom]) -> list[list[Atom]]:
    for start, atom in enumerate(atoms):
        if atom != "{":
            continue
        found = _alternatives(atoms, start)
        if found is None:
            continue
        alternatives, end = found
        heads = [head for alternative in alternatives for head in _expanded(alternative)]
        tails = _expanded(atoms[end + 1:])
        if len(heads) * len(tails) > MOST_WORDS:
            raise TooManyWordsError(f"braces that make more than {MOST_WORDS} words")
        return [atoms[:start] + head + tail for head in heads for tail in tails]
    return [atoms]


def _alternatives(atoms: list[Atom], start: int) -> tuple[list[list[Atom]], int] | None:
    """What stands between the brace at *start* and the one that closes it, and where that is."""
    depth = 0
    borders = [start]
    for index in range(start, len(atoms)):
        atom = atoms[index]
        if atom == "{":
            depth += 1
        elif atom == "}":
            depth -= 1
            if depth == 0:
                if len(borders) == 1:
                    numbers = _range(atoms[start + 1:index])
                    return None if numbers is None else (numbers, index)
                borders.append(index)
                return [atoms[borders[at] + 1:borders[at + 1]] for at in range(len(borders) - 1)], index
        elif atom == "," and depth == 1:
            borders.append(index)
    return None


def _range(atoms: list[Atom]) -> list[list[Atom]] | None:
    """`first..last` or `first..last..step`, of numbers or of letters."""
    if not all(isinstance(atom, str) for atom in atoms):
        return None
    ends = "".join([atom for atom in atoms if isinstance(atom, str)]).split("..")
    if len(ends) not in (2, 3):
        return None
    first, last = ends[0], ends[1]
    step = 1
    if len(ends) == 3:
        if not _is_number(ends[2]):
            return None
        step = abs(int(ends[2])) or 1
    if _is_number(first) and _is_number(last):
        low, high = int(first), int(last)
        padded = max(len(first), len(last)) if first.lstrip("-")[:1] == "0" or last.lstrip("-")[:1] == "0" else 0
        padded = padded if max(len(first), len(last)) > 1 else 0
    elif len(first) == 1 and len(last) == 1 and first.isalpha() and last.isalpha():
        low, high, padded = ord(first), ord(last), -1
    else:
        return None
    if abs(high - low) // step > MOST_WORDS:
        raise TooManyWordsError(f"braces that make more than {MOST_WORDS} words")
    numbers = range(low, high + 1, step) if low <= high else range(low, high - 1, -step)
    return [list(chr(number) if padded < 0 else str(number).zfill(padded)) for number in numbers]


def _is_number(text: str) -> bool:
    digits = text[1:] if text[:1] == "-" else text
    return digits.isascii() and digits.isdigit()
