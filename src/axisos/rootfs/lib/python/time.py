"""Time: the machine's clock as Python programmers know it. The time zone is UTC.

Differs from the host's: there is no `tzset`, `clock_settime` or thread clock; clock readings are the machine's, so a
simulated machine gives the same ones in every run.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from axis.guest import syscall

timezone = 0
altzone = 0
daylight = 0
tzname = ("UTC", "UTC")

CLOCK_REALTIME = 0
CLOCK_MONOTONIC = 1
CLOCK_PROCESS_CPUTIME_ID = 2

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)
_FIELDS = ("tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst")


def time() -> float:
    """Seconds since 1970 by the machine's clock."""
    return syscall("time_get")[1]  # type: ignore[no-any-return]


def time_ns() -> int:
    return round(time() * 1e9)


def monotonic() -> float:
    """Seconds since power-on; never goes back."""
    return syscall("time_get")[0]  # type: ignore[no-any-return]


def monotonic_ns() -> int:
    return round(monotonic() * 1e9)


perf_counter = monotonic
perf_counter_ns = monotonic_ns


def process_time() -> float:
    """Processor seconds that this process has used."""
    return syscall("process_info")["cpu_time"]  # type: ignore[no-any-return]


def process_time_ns() -> int:
    return round(process_time() * 1e9)


def thread_time() -> float:
    """Processor seconds that the calling thread has used."""
    return syscall("process_cpu_stats")["cpu_time"]  # type: ignore[no-any-return]


def clock_gettime(clock: int) -> float:
    """The reading of CLOCK_REALTIME, CLOCK_MONOTONIC or CLOCK_PROCESS_CPUTIME_ID."""
    readers = {CLOCK_REALTIME: time, CLOCK_MONOTONIC: monotonic, CLOCK_PROCESS_CPUTIME_ID: process_time}
    if clock not in readers:
        raise OSError(22, "Invalid argument")
    return readers[clock]()


def clock_gettime_ns(clock: int) -> int:
    return round(clock_gettime(clock) * 1e9)


def sleep(seconds: float) -> None:
    """Let *seconds* go by; the calling thread alone waits."""
    if not isinstance(seconds, (int, float)):
        as_float = getattr(seconds, "__float__", None)
        if as_float is None:
            raise TypeError(f"'{type(seconds).__name__}' object cannot be interpreted as a number")
        seconds = float(seconds)
    if seconds != seconds:
        raise ValueError("Invalid value NaN (not a number)")
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    syscall("process_sleep", float(seconds) * 1000)


class struct_time(tuple):  # type: ignore[type-arg]
    """Broken-down time: (year, month, day, hour, minute, second, weekday, day of the year, daylight saving)."""

    __slots__ = ()
    n_fields = 11
    n_sequence_fields = 9
    n_unnamed_fields = 0
    tm_zone = "UTC"
    tm_gmtoff = 0

    def __new__(cls, values: Sequence[int]) -> struct_time:
        fields = tuple(values)[:9]
        if len(fields) != 9:
            raise TypeError(f"time.struct_time() takes an at least 9-sequence ({len(fields)}-sequence given)")
        return tuple.__new__(cls, fields)

    @property
    def tm_year(self) -> int:
        return self[0]  # type: ignore[no-any-return]

    @property
    def tm_mon(self) -> int:
        return self[1]  # type: ignore[no-any-return]

    @property
    def tm_mday(self) -> int:
        return self[2]  # type: ignore[no-any-return]

    @property
    def tm_hour(self) -> int:
        return self[3]  # type: ignore[no-any-return]

    @property
    def tm_min(self) -> int:
        return self[4]  # type: ignore[no-any-return]

    @property
    def tm_sec(self) -> int:
        return self[5]  # type: ignore[no-any-return]

    @property
    def tm_wday(self) -> int:
        return self[6]  # type: ignore[no-any-return]

    @property
    def tm_yday(self) -> int:
        return self[7]  # type: ignore[no-any-return]

    @property
    def tm_isdst(self) -> int:
        return self[8]  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return "time.struct_time(" + ", ".join([f"{n}={v}" for n, v in zip(_FIELDS, self, strict=True)]) + ")"


def _days_from_civil(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the Gregorian calendar."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468


def gmtime(seconds: float | None = None) -> struct_time:
    """Broken-down UTC of *seconds* since 1970, now by default."""
    moment = time() if seconds is None else seconds
    if not -62135596800 <= moment < 253402300800 * 1000:
        raise OverflowError("timestamp out of range for platform time_t")
    days, rest = divmod(int(moment // 1), 86400)
    z = days + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    day = doy - (153 * mp + 2) // 5 + 1
    month = mp + (3 if mp < 10 else -9)
    year = yoe + era * 400 + (month <= 2)
    yday = days - _days_from_civil(year, 1, 1) + 1
    return struct_time((year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 3) % 7, yday, 0))


localtime = gmtime


def mktime(fields: Sequence[int]) -> float:
    """Seconds since 1970 of broken-down time."""
    year, month, day, hour, minute, second = fields[:6]
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    return float(_days_from_civil(year, month, 1) * 86400 + (day - 1) * 86400 + hour * 3600 + minute * 60 + second)


def asctime(fields: Sequence[int] | None = None) -> str:
    """`Fri May 17 09:30:00 2024`."""
    return strftime("%a %b %e %H:%M:%S %Y", gmtime() if fields is None else fields)


def ctime(seconds: float | None = None) -> str:
    """`asctime` of *seconds* since 1970."""
    return asctime(gmtime(seconds))


def _week(yday: int, wday: int, first: int) -> int:
    """Number of the week that day *yday* (from 0) lies in, weeks beginning at weekday *first* (0 = Monday)."""
    return (yday + 7 - (wday - first) % 7) // 7


def _iso_week(year: int, yday: int, wday: int) -> tuple[int, int]:
    """(year, week) by ISO 8601; *yday* from 0."""
    week = (yday - wday + 10 - 1 + 1) // 7
    if week < 1:
        before = year - 1
        length = 366 if _leap(before) else 365
        return _iso_week(before, yday + length, wday)
    if week == 53 and (_days_from_civil(year + 1, 1, 1) + 3) % 7 <= 3:
        return year + 1, 1
    return year, week


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _field(letter: str, t: Sequence[int]) -> str | None:
    """What %*letter* stands for; None for an unknown one."""
    year, month, day, hour, minute, second, wday, yday = t[:8]
    if letter in _COMPOUND:
        return strftime(_COMPOUND[letter], t)
    if letter in "GVg":
        iso_year, week = _iso_week(year, yday - 1, wday)
        return {"G": str(iso_year), "V": f"{week:02}", "g": f"{iso_year % 100:02}"}[letter]
    simple: dict[str, Any] = {
        "Y": str(year), "m": f"{month:02}", "d": f"{day:02}", "e": f"{day:2}", "H": f"{hour:02}", "M": f"{minute:02}",
        "S": f"{second:02}", "y": f"{year % 100:02}", "C": f"{year // 100:02}", "j": f"{yday:03}",
        "I": f"{(hour + 11) % 12 + 1:02}", "k": f"{hour:2}", "l": f"{(hour + 11) % 12 + 1:2}",
        "p": "AM" if hour < 12 else "PM", "P": "am" if hour < 12 else "pm", "a": _DAYS[wday % 7][:3],
        "A": _DAYS[wday % 7], "b": _MONTHS[(month - 1) % 12][:3], "h": _MONTHS[(month - 1) % 12][:3],
        "B": _MONTHS[(month - 1) % 12], "u": str(wday % 7 + 1), "w": str((wday + 1) % 7),
        "U": f"{_week(yday - 1, wday, 6):02}", "W": f"{_week(yday - 1, wday, 0):02}", "Z": "UTC", "z": "+0000",
        "s": str(int(mktime(t))), "n": "\n", "t": "\t", "%": "%", "f": "000000",
    }
    return simple.get(letter)


_COMPOUND = {
    "c": "%a %b %e %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S", "D": "%m/%d/%y", "F": "%Y-%m-%d", "T": "%H:%M:%S",
    "R": "%H:%M", "r": "%I:%M:%S %p",
}


def strftime(format: str, fields: Sequence[int] | None = None) -> str:
    """Text of broken-down time (now by default) by *format*; day and month names are English."""
    t = gmtime() if fields is None else fields
    if len(t) < 9:
        raise TypeError("Tuple or struct_time argument required")
    pieces = format.split("%")
    out = [pieces[0]]
    index = 1
    while index < len(pieces):
        piece = pieces[index]
        if not piece:  # "%%"; the text after it begins in the next piece
            following = pieces[index + 1] if index + 1 < len(pieces) else ""
            out.append("%" + following)
            index += 2
            continue
        plain = piece[0] == "-" and len(piece) > 1
        letter = piece[1] if plain else piece[0]
        value = _field(letter, t)
        if value is None:
            out.append("%" + piece)
        else:
            value = value.lstrip("0 ") or "0" if plain else value
            out.append(value + piece[2 if plain else 1:])
        index += 1
    return "".join(out)


def strptime(text: str, format: str = "%a %b %d %H:%M:%S %Y") -> struct_time:
    """Broken-down time from *text*; knows %Y %m %d %H %M %S %y %b %B %a %A %j %I %p %f %T %D %F %R %Z %z %%."""
    found: dict[str, int] = {"Y": 1900, "m": 1, "d": 1, "H": 0, "M": 0, "S": 0}
    rest = _match(text, format, found)
    if rest is None:
        raise ValueError(f"time data {text!r} does not match format {format!r}")
    if rest:
        raise ValueError(f"unconverted data remains: {rest}")
    if "I" in found:
        found["H"] = found["I"] % 12 + 12 * found.get("p", 0)
    if "j" in found:
        return gmtime(mktime((found["Y"], 1, found["j"], found["H"], found["M"], found["S"])))
    last = (31, 29 if _leap(found["Y"]) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[found["m"] - 1]
    if found["d"] > last:
        raise ValueError("day is out of range for month")
    fields = gmtime(mktime((found["Y"], found["m"], found["d"], found["H"], found["M"], found["S"])))
    return struct_time((*fields[:8], -1))


_LIMITS = {
    "Y": (4, 0, 9999), "m": (2, 1, 12), "d": (2, 1, 31), "H": (2, 0, 23), "M": (2, 0, 59), "S": (2, 0, 61),
    "y": (2, 0, 99), "j": (3, 1, 366), "I": (2, 1, 12), "f": (6, 0, 999999),
}


def _match(text: str, form: str, found: dict[str, int]) -> str | None:
    """What is left of *text* after *form* has been matched; None if it does not match."""
    at = 0
    letters: Iterator[str] = iter(form)
    for letter in letters:
        if letter.isspace():
            while at < len(text) and text[at].isspace():
                at += 1
            continue
        if letter != "%":
            if at >= len(text) or text[at] != letter:
                return None
            at += 1
            continue
        kind = next(letters, "")
        if kind in _COMPOUND or kind == "e":
            rest = _match(text[at:].lstrip(), "%d", found) if kind == "e" else _match(text[at:], _COMPOUND[kind], found)
            if rest is None:
                return None
            at = len(text) - len(rest)
        elif kind in _LIMITS:
            width, least, most = _LIMITS[kind]
            end = at
            while end < len(text) and end - at < width and text[end].isdecimal() and text[end].isascii():
                end += 1
            if end == at or not least <= int(text[at:end]) <= most:
                return None
            value = int(text[at:end])
            found[kind if kind != "y" else "Y"] = value + (2000 if value < 69 else 1900) if kind == "y" else value
            at = end
        elif kind in "bBhaA":
            names = _MONTHS if kind in "bBh" else _DAYS
            words = [name if kind in "BA" else name[:3] for name in names]
            found_at = [i for i, word in enumerate(words) if text[at:at + len(word)].lower() == word.lower()]
            if not found_at:
                return None
            at += len(words[found_at[0]])
            if names is _MONTHS:
                found["m"] = found_at[0] + 1
        elif kind == "p" and text[at:at + 2].upper() in ("AM", "PM"):
            found["p"] = int(text[at:at + 2].upper() == "PM")
            at += 2
        elif kind == "Z" and text[at:at + 3].upper() in ("UTC", "GMT"):
            at += 3
        elif kind == "z" and text[at:at + 1] == "Z":
            at += 1
        elif kind == "z" and text[at:at + 5].replace(":", "")[1:5] == "0000":
            at += 6 if text[at + 3:at + 4] == ":" else 5
        elif kind == "%" and text[at:at + 1] == "%":
            at += 1
        else:
            return None
    return text[at:]


def get_clock_info(name: str) -> Any:
    raise NotImplementedError("time.get_clock_info: time() and monotonic() are what syscall time_get gives")
