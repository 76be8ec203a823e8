"""`printf`: a format, used again as long as arguments are left."""

from __future__ import annotations

from axis.shell.builtins import unescape

FLAGS = "-+ #0"
MOST_WIDTH = 1_000_000  # characters


def format_all(template: str, arguments: list[str]) -> tuple[str, list[str]]:
    """The text, and what was wrong with arguments (their place is taken by 0)."""
    problems: list[str] = []
    result: list[str] = []
    left = list(arguments)
    while True:
        before = len(left)
        stop = _format_once(template, left, result, problems)
        if stop or not left or len(left) == before:
            return "".join(result), problems


def _format_once(template: str, arguments: list[str], result: list[str], problems: list[str]) -> bool:
    """Use the format once, taking arguments from the front; whether `\\c` ended the output."""
    index = 0
    while index < len(template):
        percent = template.find("%", index)
        literal = template[index:] if percent < 0 else template[index:percent]
        text, stop = unescape(literal)
        result.append(text)
        if stop or percent < 0:
            return stop
        index = percent + 1
        if template.startswith("%", index):
            result.append("%")
            index += 1
            continue
        start = index
        while index < len(template) and template[index] in FLAGS:
            index += 1
        flags = template[start:index]
        width, index = _width(template, index, arguments, problems)
        precision: int | None = None
        if template.startswith(".", index):
            precision, index = _width(template, index + 1, arguments, problems)
        if index >= len(template):
            problems.append(f"%{flags}: a conversion is missing")
            return False
        kind = template[index]
        index += 1
        argument = arguments.pop(0) if arguments else ""
        if width < 0:
            flags, width = flags + "-", -width
        stop = _convert(kind, flags, width, precision, argument, result, problems)
        if stop:
            return True
    return False


def _width(template: str, index: int, arguments: list[str], problems: list[str]) -> tuple[int, int]:
    if template.startswith("*", index):
        return _integer(arguments.pop(0) if arguments else "0", problems), index + 1
    start = index
    while index < len(template) and template[index].isdigit():
        index += 1
    return min(int(template[start:index] or "0"), MOST_WIDTH), index


def _integer(text: str, problems: list[str]) -> int:
    stripped = text.strip()
    if stripped[:1] in ("'", '"'):
        return ord(stripped[1:2] or "\0")
    if not stripped:
        return 0
    sign = -1 if stripped[0] == "-" else 1
    digits = stripped.lstrip("+-")
    try:
        if digits[:2] in ("0x", "0X"):
            return sign * int(digits, 16)
        return sign * (int(digits, 8) if digits[:1] == "0" else int(digits))
    except ValueError:
        problems.append(f"{text}: a number is needed")
        return 0


def _convert(
    kind: str, flags: str, width: int, precision: int | None, argument: str, result: list[str], problems: list[str],
) -> bool:
    """One conversion; whether `\\c` in a `%b` ends the output."""
    stop = False
    sign = ""
    if kind == "s":
        body = argument if precision is None else argument[:precision]
    elif kind == "b":
        body, stop = unescape(argument)
        body = body if precision is None else body[:precision]
    elif kind == "c":
        body = argument[:1]
    elif kind == "q":
        from axis.shell.unparse import quote

        body = quote(argument)
    elif kind in "diuoxX":
        number = _integer(argument, problems)
        digits = {"o": f"{abs(number):o}", "x": f"{abs(number):x}", "X": f"{abs(number):X}"}.get(kind, str(abs(number)))
        body = digits.rjust(precision or 0, "0")
        if "#" in flags and number and kind in "oxX":
            body = {"o": "0", "x": "0x", "X": "0X"}[kind] + body
        sign = "-" if number < 0 else "+" if "+" in flags and kind in "di" else " " if " " in flags else ""
    elif kind in "feEgG":
        try:
            value = float(argument or "0")
        except ValueError:
            problems.append(f"{argument}: a number is needed")
            value = 0.0
        places = 6 if precision is None else precision
        text = {
            "f": f"{abs(value):.{places}f}", "e": f"{abs(value):.{places}e}", "E": f"{abs(value):.{places}E}",
            "g": f"{abs(value):.{places or 1}g}", "G": f"{abs(value):.{places or 1}G}",
        }[kind]
        body = text
        sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
    else:
        problems.append(f"%{kind}: no such conversion")
        return False
    if "-" in flags:
        result.append((sign + body).ljust(width))
    elif "0" in flags and kind in "diuoxXfeEgG":
        result.append(sign + body.rjust(width - len(sign), "0"))
    else:
        result.append((sign + body).rjust(width))
    return stop
