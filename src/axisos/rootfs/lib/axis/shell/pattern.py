"""Shell patterns: `*`, `?`, `[…]`, and a backslash in front of a character that stands for itself.

Called by   expand, for file names and `${name#pattern}`; run, for `case`; complete.
Always so   matching takes time proportional to text times pattern at most, whatever the pattern (no exponential
            backtracking).
"""

from __future__ import annotations

WILD = "*?["
CLASSES = {
    "alpha": str.isalpha, "digit": str.isdigit, "alnum": str.isalnum, "upper": str.isupper, "lower": str.islower,
    "space": str.isspace,
}


def escape(text: str) -> str:
    """*text* as a pattern that matches it alone."""
    for character in "\\*?[]":
        if character in text:
            text = text.replace(character, "\\" + character)
    return text


def is_wild(pattern: str) -> bool:
    """Whether anything in *pattern* can match more than itself."""
    index = 0
    while index < len(pattern):
        if pattern[index] == "\\":
            index += 1
        elif pattern[index] in WILD:
            return True
        index += 1
    return False


def unescape(pattern: str) -> str:
    """The text that a pattern without wild characters stands for."""
    if "\\" not in pattern:
        return pattern
    result = []
    index = 0
    while index < len(pattern):
        if pattern[index] == "\\" and index + 1 < len(pattern):
            index += 1
        result.append(pattern[index])
        index += 1
    return "".join(result)


def compile_pattern(pattern: str) -> list[tuple[str, str]]:
    """The pattern as items: ("=", character), ("?", ""), ("*", "") and ("[", members), ("!", members)."""
    items: list[tuple[str, str]] = []
    index, size = 0, len(pattern)
    while index < size:
        character = pattern[index]
        index += 1
        if character == "\\" and index < size:
            items.append(("=", pattern[index]))
            index += 1
        elif character == "*":
            if not items or items[-1][0] != "*":
                items.append(("*", ""))
        elif character == "?":
            items.append(("?", ""))
        elif character == "[":
            end = _end_of_set(pattern, index)
            if end < 0:
                items.append(("=", "["))
                continue
            members = pattern[index:end]
            if members[:1] in ("!", "^"):
                items.append(("!", members[1:]))
            else:
                items.append(("[", members))
            index = end + 1
        else:
            items.append(("=", character))
    return items


def _end_of_set(pattern: str, start: int) -> int:
    """Index of the `]` that ends a set whose members begin at *start*, -1 if there is none."""
    index = start
    if pattern[index:index + 1] in ("!", "^"):
        index += 1
    if pattern[index:index + 1] == "]":
        index += 1
    while index < len(pattern):
        if pattern[index] == "\\":
            index += 2
        elif pattern.startswith("[:", index):
            end = pattern.find(":]", index)
            index = index + 1 if end < 0 else end + 2
        elif pattern[index] == "]":
            return index
        else:
            index += 1
    return -1


def _in_set(character: str, members: str) -> bool:
    """Whether a set such as `a-z_[:digit:]` holds *character*."""
    index = 0
    while index < len(members):
        if members.startswith("[:", index):
            end = members.find(":]", index)
            test = CLASSES.get(members[index + 2:end]) if end > 0 else None
            if test is not None:
                if test(character):
                    return True
                index = end + 2
                continue
        if members[index] == "\\" and index + 1 < len(members):
            index += 1
        low = members[index]
        index += 1
        if members[index:index + 1] == "-" and index + 1 < len(members):
            index += 2 if members[index + 1] == "\\" and index + 2 < len(members) else 1
            if low <= character <= members[index]:
                return True
            index += 1
        elif character == low:
            return True
    return False


def _matches_one(item: tuple[str, str], character: str) -> bool:
    kind, value = item
    if kind == "=":
        return character == value
    if kind == "?":
        return True
    return _in_set(character, value) == (kind == "[")


def match(pattern: str, text: str) -> bool:
    """Whether *pattern* matches the whole of *text*."""
    return match_items(compile_pattern(pattern), text)


def match_items(items: list[tuple[str, str]], text: str) -> bool:
    """`match` with a compiled pattern."""
    item = index = 0
    star = restart = -1  # the last `*`, and where in the text the rest was last tried
    while index < len(text):
        if item < len(items) and items[item][0] == "*":
            star, restart = item, index
            item += 1
        elif item < len(items) and _matches_one(items[item], text[index]):
            item += 1
            index += 1
        elif star >= 0:
            restart += 1
            item, index = star + 1, restart
        else:
            return False
    while item < len(items) and items[item][0] == "*":
        item += 1
    return item == len(items)


def remove_prefix(text: str, pattern: str, longest: bool) -> str:
    """*text* without the shortest or longest beginning that matches."""
    items = compile_pattern(pattern)
    ends = range(len(text), -1, -1) if longest else range(len(text) + 1)
    for end in ends:
        if match_items(items, text[:end]):
            return text[end:]
    return text


def remove_suffix(text: str, pattern: str, longest: bool) -> str:
    """*text* without the shortest or longest end that matches."""
    items = compile_pattern(pattern)
    starts = range(len(text) + 1) if longest else range(len(text), -1, -1)
    for start in starts:
        if match_items(items, text[start:]):
            return text[:start]
    return text


def replace(text: str, pattern: str, replacement: str, everywhere: bool) -> str:
    """*text* with the first (or every) longest match replaced; a pattern that matches nothing replaces nothing."""
    items = compile_pattern(pattern)
    if not items:
        return text
    result = []
    index = 0
    while index < len(text):
        for end in range(len(text), index, -1):
            if match_items(items, text[index:end]):
                result.append(replacement)
                index = end
                break
        else:
            result.append(text[index])
            index += 1
            continue
        if not everywhere:
            break
    return "".join(result) + text[index:]


def replace_end(text: str, pattern: str, replacement: str, at_start: bool) -> str:
    """*text* with the longest match at its start, or at its end, replaced."""
    if at_start:
        rest = remove_prefix(text, pattern, True)
        return replacement + rest if len(rest) < len(text) or match(pattern, "") else text
    rest = remove_suffix(text, pattern, True)
    return rest + replacement if len(rest) < len(text) or match(pattern, "") else text
