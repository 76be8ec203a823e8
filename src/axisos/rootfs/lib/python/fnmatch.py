"""Names by pattern: * any text, ? one character, [abc] [a-z] one of these, [!abc] none of these."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

__all__ = ["filter", "fnmatch", "fnmatchcase", "translate"]


def fnmatch(name: str, pat: str) -> bool:
    """Whether the whole *name* matches; capitals count, as everywhere on this system."""
    return fnmatchcase(name, pat)


def fnmatchcase(name: str, pat: str) -> bool:
    """Whether the whole *name* matches."""
    at = place = 0
    star, resume = -1, 0  # the last * and where the text after it is tried next
    while at < len(name):
        step = _one(pat, place, name[at]) if place < len(pat) and pat[place] != "*" else 0
        if step:
            at += 1
            place += step
        elif place < len(pat) and pat[place] == "*":
            star, resume = place, at
            place += 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return not pat[place:].strip("*")


def _one(pat: str, place: int, letter: str) -> int:
    """The length of the pattern's piece at *place* if *letter* matches it, otherwise 0."""
    piece = pat[place]
    if piece == "?":
        return 1
    end = _end_of_set(pat, place) if piece == "[" else -1
    if end < 0:
        return 1 if piece == letter else 0
    start = place + 1
    negated = pat[start] == "!"
    start += negated
    return end + 1 - place if _in_set(pat[start:end], letter) is not negated else 0


def _end_of_set(pat: str, place: int) -> int:
    """Where the ] is that closes the [ at *place*; -1 if there is none."""
    start = place + 1
    if pat[start:start + 1] == "!":
        start += 1
    return pat.find("]", start + 1)


def _in_set(members: str, letter: str) -> bool:
    index = 0
    while index < len(members):
        if members[index + 1:index + 2] == "-" and index + 2 < len(members):
            if members[index] <= letter <= members[index + 2]:
                return True
            index += 3
        else:
            if members[index] == letter:
                return True
            index += 1
    return False


def filter(names: Iterable[str], pat: str) -> list[str]:
    """The names that match."""
    return [name for name in names if fnmatchcase(name, pat)]


def _set_as_regex(members: str) -> str:
    """What stands between [ and ] as a regular expression; a range that runs backwards is empty."""
    negated = members[:1] == "!"
    index = int(negated)
    out = []
    while index < len(members):
        first, last = members[index], members[index]
        if members[index + 1:index + 2] == "-" and index + 2 < len(members):
            last = members[index + 2]
            index += 2
        index += 1
        if first <= last:
            out.append(f"\\U{ord(first):08x}-\\U{ord(last):08x}")
    if not out:
        return "." if negated else "(?!)"
    return f"[{'^' if negated else ''}{''.join(out)}]"


def translate(pat: str) -> str:
    """The pattern as a regular expression for `re`."""
    out = []
    place = 0
    while place < len(pat):
        piece = pat[place]
        end = _end_of_set(pat, place) if piece == "[" else -1
        if piece == "*":
            out.append(".*")
        elif piece == "?":
            out.append(".")
        elif end >= 0:
            out.append(_set_as_regex(pat[place + 1:end]))
            place = end
        else:
            out.append(piece if piece.isalnum() or piece in "_/" else "\\" + piece)
        place += 1
    return f"(?s:{''.join(out)})\\Z"


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("fnmatch", name)
