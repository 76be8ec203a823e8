"""Reading times: the other half of `strftime`, for `time.strptime`.

A format becomes a regular expression with one group a directive; the groups become fields, and the fields that the
text left out are worked out from those that it gave. Names of days and months are English, the time zone is UTC.

Called by   `time`, when a program reads a time and not before.
Owns        constant tables.
"""

from __future__ import annotations

import time

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)
_PATTERNS = {
    "d": r"3[01]|[12]\d|0[1-9]|[1-9]| [1-9]",
    "f": r"\d{1,6}",
    "H": r"2[0-3]|[01]\d|\d",
    "I": r"1[0-2]|0[1-9]|[1-9]| [1-9]",
    "G": r"\d{4}",
    "j": r"36[0-6]|3[0-5]\d|[12]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9]",
    "m": r"1[0-2]|0[1-9]|[1-9]",
    "M": r"[0-5]\d|\d",
    "S": r"6[01]|[0-5]\d|\d",
    "U": r"5[0-3]|[0-4]\d|\d",
    "W": r"5[0-3]|[0-4]\d|\d",
    "w": r"[0-6]",
    "u": r"[1-7]",
    "V": r"5[0-3]|0[1-9]|[1-4]\d|\d",
    "y": r"\d\d",
    "Y": r"\d{4}",
    "z": r"[+-]\d\d:?[0-5]\d(?::?[0-5]\d(?:\.\d{1,6})?)?|Z",
    "Z": r"utc|gmt",
    "p": r"am|pm",
    "A": "|".join(_DAYS),
    "a": "|".join([day[:3] for day in _DAYS]),
    "B": "|".join(_MONTHS),
    "b": "|".join([month[:3] for month in _MONTHS]),
}
_COMPOUND = {"c": "%a %b %d %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S"}
_WEEKDAY = "a weekday directive ('%A', '%a', '%w', or '%u')."


def _pattern(form: str, whole: str) -> str:
    """The regular expression for a format."""
    out = []
    at = 0
    while at < len(form):
        letter = form[at]
        at += 1
        if letter.isspace():
            while at < len(form) and form[at].isspace():
                at += 1
            out.append(r"\s+")
        elif letter != "%":
            out.append(letter if letter.isalnum() else "\\" + letter)
        else:
            kind = form[at:at + 1]
            at += 1
            if kind in _PATTERNS:
                out.append(f"(?P<{kind}>{_PATTERNS[kind]})")
            elif kind in _COMPOUND:
                out.append(_pattern(_COMPOUND[kind], whole))
            elif kind == "%":
                out.append("%")
            elif kind:
                raise ValueError(f"'{kind}' is a bad directive in format '{whole}'")
            else:
                raise ValueError(f"stray % in format '{whole}'")
    return "".join(out)


def _matched(text: str, form: str) -> dict[str, str]:
    """What *text* holds for each directive."""
    import re

    for given, place in ((text, 0), (form, 1)):
        if not isinstance(given, str):
            raise TypeError(f"strptime() argument {place} must be str, not {type(given)}")
    match = re.compile(_pattern(form, form), re.IGNORECASE).match(text)
    if match is None:
        raise ValueError(f"time data {text!r} does not match format {form!r}")
    if match.end() != len(text):
        raise ValueError(f"unconverted data remains: {text[match.end():]}")
    return match.groupdict()  # type: ignore[no-any-return]


def _check_weeks(found: dict[str, str], weekday: int | None, year: int | None) -> None:
    """Which directives for weeks and years go together."""
    if year is None and "G" in found:
        if "j" in found:
            raise ValueError("Day of the year directive '%j' is not compatible with ISO year directive '%G'. "
                             "Use '%Y' instead.")
        if "V" not in found or weekday is None:
            raise ValueError(f"ISO year directive '%G' must be used with the ISO week directive '%V' and {_WEEKDAY}")
    elif "V" in found and "U" not in found and "W" not in found:
        if weekday is None:
            raise ValueError(f"ISO week directive '%V' must be used with the ISO year directive '%G' and {_WEEKDAY}")
        raise ValueError("ISO week directive '%V' is incompatible with the year directive '%Y'. "
                         "Use the ISO year '%G' instead.")


def _weekday_in(found: dict[str, str]) -> int | None:
    """The day of the week that the text names, 0 = Monday; the last directive counts."""
    weekday = None
    for kind, value in found.items():
        if kind == "A":
            weekday = _DAYS.index(value.lower())
        elif kind == "a":
            weekday = [day[:3] for day in _DAYS].index(value.lower())
        elif kind == "w":
            weekday = (int(value) - 1) % 7
        elif kind == "u":
            weekday = int(value) - 1
    return weekday


def _month_in(found: dict[str, str]) -> int:
    month = 1
    for kind, value in found.items():
        if kind == "B":
            month = _MONTHS.index(value.lower()) + 1
        elif kind == "b":
            month = [name[:3] for name in _MONTHS].index(value.lower()) + 1
        elif kind == "m":
            month = int(value)
    return month


def _offset(text: str) -> int:
    """Seconds east of UTC, from `+hh:mm:ss.f` or `Z`."""
    if text in ("Z", "z"):
        return 0
    digits = text[1:].replace(":", "").partition(".")[0]
    if text[3:4] == ":" and len(digits) > 4 and text[6:7] != ":":
        raise ValueError(f"Inconsistent use of : in {text}")
    seconds = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:6] or 0)
    return -seconds if text[0] == "-" else seconds


def _read(text: str, form: str) -> tuple[list[int], str | None, int | None]:
    """(the nine fields of `struct_time`, name of the zone, its offset)."""
    found = _matched(text, form)
    weekday = _weekday_in(found)
    year = None
    for kind in found:
        if kind == "Y":
            year = int(found["Y"])
        elif kind == "y":
            year = int(found["y"]) + (1900 if int(found["y"]) > 68 else 2000)
    _check_weeks(found, weekday, year)
    month, day = _month_in(found), int(found.get("d", 1))
    hour = int(found.get("H", 0))
    if "I" in found:
        afternoon = found.get("p", "").lower() == "pm"
        hour = int(found["I"]) % 12 + (12 if afternoon else 0)
    leap_day = year is None and month == 2 and day == 29
    counted = 1904 if leap_day else 1900 if year is None else year  # a year that has the day
    first = time._days_from_civil(counted, 1, 1)
    days = None
    if "j" in found:
        days = first + int(found["j"]) - 1
    elif weekday is not None and ("U" in found or "W" in found):
        days = _day_of_week(first, int(found.get("U", found.get("W", 0))), weekday, "U" in found)
    elif year is None and "G" in found:
        fourth = time._days_from_civil(int(found["G"]), 1, 4)  # is in week 1
        days = fourth - (fourth + 3) % 7 + (int(found["V"]) - 1) * 7 + (weekday or 0)
        if int(found["V"]) == 53 and time._iso_week_of(days) != 53:
            raise ValueError("Invalid week: 53")
    if days is None:
        if day > time._length_of(counted, month):
            raise ValueError("day is out of range for month")
        days = time._days_from_civil(counted, month, day)
    date = time.gmtime(days * 86400)
    year_shown = 1900 if leap_day else date[0]
    fields = [
        year_shown, date[1], date[2], hour, int(found.get("M", 0)), int(found.get("S", 0)),
        date[6] if weekday is None else weekday, date[7], 0 if found.get("Z") else -1,
    ]
    return fields, found.get("Z"), _offset(found["z"]) if "z" in found else None


def _day_of_week(first: int, week: int, weekday: int, from_sunday: bool) -> int:
    """The day (since 1970) of a week of the year that begins on day *first*; weeks begin on Sunday or Monday."""
    start = (first + 4) % 7 if from_sunday else (first + 3) % 7  # days from the week's beginning to 1 January
    place = (weekday + 1) % 7 if from_sunday else weekday
    if week == 0:  # the week of 1 January, also where that is a whole one
        return first + place - start
    before_week_1 = (7 - start) % 7
    return first + before_week_1 + 7 * (week - 1) + place


def read(text: str, form: str) -> time.struct_time:
    """Broken-down time from *text*. Raises: ValueError."""
    fields, zone, offset = _read(text, form)
    return time.struct_time((*fields, zone.upper() if zone else None, offset))
