"""Time: the machine's clock as Python programmers know it. The time zone is UTC.

Differs from the host's: there is no `tzset` and no `clock_settime`; clock readings are the machine's, so a simulated
machine gives the same ones in every run.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from axis.guest import syscall

timezone = 0
altzone = 0
daylight = 0
tzname = ("UTC", "UTC")

CLOCK_REALTIME = 0
CLOCK_MONOTONIC = 1
CLOCK_PROCESS_CPUTIME_ID = 2
CLOCK_THREAD_CPUTIME_ID = 3

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


def thread_time_ns() -> int:
    return round(thread_time() * 1e9)


def clock_gettime(clk_id: int, /) -> float:
    """The reading of one of the CLOCK_ clocks."""
    if clk_id not in _CLOCKS:
        raise OSError(22, "Invalid argument")
    return _CLOCKS[clk_id]()


def clock_gettime_ns(clk_id: int, /) -> int:
    return round(clock_gettime(clk_id) * 1e9)


def clock_getres(clk_id: int, /) -> float:
    """The smallest step of a clock, in seconds."""
    clock_gettime(clk_id)
    return 1e-09


_CLOCKS = {
    CLOCK_REALTIME: time, CLOCK_MONOTONIC: monotonic, CLOCK_PROCESS_CPUTIME_ID: process_time,
    CLOCK_THREAD_CPUTIME_ID: thread_time,
}


class _ClockInfo:
    """What `get_clock_info` tells of a clock."""

    def __init__(self, call: str, monotonic: bool) -> None:
        self.implementation = call
        self.monotonic = monotonic
        self.adjustable = not monotonic
        self.resolution = 1e-09

    def __repr__(self) -> str:
        return (f"namespace(implementation={self.implementation!r}, monotonic={self.monotonic}, "
                f"adjustable={self.adjustable}, resolution={self.resolution})")


def get_clock_info(name: str) -> Any:
    """The system call behind a clock, whether it ever goes back, and its smallest step."""
    calls = {
        "time": "syscall time_get", "monotonic": "syscall time_get", "perf_counter": "syscall time_get",
        "process_time": "syscall process_info", "thread_time": "syscall process_cpu_stats",
    }
    if name not in calls:
        raise ValueError("unknown clock")
    return _ClockInfo(calls[name], name != "time")


def sleep(seconds: float, /) -> None:
    """Let *seconds* go by; the calling thread alone waits."""
    if not isinstance(seconds, (int, float)):
        if not hasattr(seconds, "__float__") and not hasattr(seconds, "__index__"):
            raise TypeError(f"'{type(seconds).__name__}' object cannot be interpreted as an integer")
        seconds = float(seconds)
    if seconds != seconds:
        raise ValueError("Invalid value NaN (not a number)")
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    syscall("process_sleep", float(seconds) * 1000)


class struct_time(tuple):  # type: ignore[type-arg]
    """Broken-down time: (year, month, day, hour, minute, second, weekday, day of the year, daylight saving)."""

    n_fields = 11
    n_sequence_fields = 9
    n_unnamed_fields = 0
    _zone: tuple[str | None, int | None] = ("UTC", 0)

    def __new__(cls, sequence: Sequence[Any]) -> struct_time:
        given = tuple(sequence)
        if not 9 <= len(given) <= 11:
            wanted = "at least 9" if len(given) < 9 else "at most 11"
            raise TypeError(f"time.struct_time() takes an {wanted}-sequence ({len(given)}-sequence given)")
        self = tuple.__new__(cls, given[:9])
        if len(given) > 9:
            self._zone = (*given[9:], None)[:2]
        return self

    @property
    def tm_zone(self) -> str | None:
        return self._zone[0]

    @property
    def tm_gmtoff(self) -> int | None:
        return self._zone[1]

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


def localtime(seconds: float | None = None) -> struct_time:
    """The same as `gmtime`: the time zone is UTC."""
    return gmtime(seconds)


def mktime(fields: Sequence[int], /) -> float:
    """Seconds since 1970 of broken-down time."""
    if not isinstance(fields, tuple) or len(fields) != 9:
        raise TypeError("Tuple or struct_time argument required" if not isinstance(fields, tuple)
                        else "mktime(): illegal time tuple argument")
    year, month, day, hour, minute, second = fields[:6]
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    return float(_days_from_civil(year, month, 1) * 86400 + (day - 1) * 86400 + hour * 3600 + minute * 60 + second)


def asctime(fields: Sequence[int] | None = None, /) -> str:
    """`Fri May 17 09:30:00 2024`."""
    t = gmtime() if fields is None else _checked(fields, "asctime")
    return strftime("%a %b %e %H:%M:%S ", t) + str(t[0])


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


def _iso_week_of(day: int) -> int:
    """The ISO week of a day since 1970."""
    date = gmtime(day * 86400)
    return _iso_week(date[0], date[7] - 1, date[6])[1]


def _length_of(year: int, month: int) -> int:
    """How many days a month has."""
    return (31, 29 if _leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


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
        "s": str(int(mktime(t))), "n": "\n", "t": "\t", "%": "%",
    }
    return simple.get(letter)


_COMPOUND = {
    "c": "%a %b %e %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S", "D": "%m/%d/%y", "F": "%Y-%m-%d", "T": "%H:%M:%S",
    "R": "%H:%M", "r": "%I:%M:%S %p",
}


_RANGES = (  # field, lowest, highest; a month or day of 0 counts as 1
    ("month", 1, 0, 12), ("day of month", 2, 0, 31), ("hour", 3, 0, 23), ("minute", 4, 0, 59), ("seconds", 5, 0, 61),
    ("day of week", 6, -1, None), ("day of year", 7, 0, 366),
)


def _checked(fields: Sequence[int], function: str) -> Sequence[int]:
    """Broken-down time whose fields make sense. Raises: TypeError, ValueError."""
    if not isinstance(fields, tuple):
        raise TypeError("Tuple or struct_time argument required")
    if len(fields) != 9:
        raise TypeError(f"{function}(): illegal time tuple argument")
    for name, place, low, high in _RANGES:
        if fields[place] < low or (high is not None and fields[place] > high):
            raise ValueError(f"{name} out of range")
    if not (fields[1] and fields[2] and fields[7]):
        return (*[value or 1 if place in (1, 2, 7) else value for place, value in enumerate(fields)],)
    return fields


def strftime(format: str, fields: Sequence[int] | None = None, /) -> str:
    """Text of broken-down time (now by default) by *format*; day and month names are English."""
    t = gmtime() if fields is None else _checked(fields, "strftime")
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


def strptime(data_string: str, format: str = "%a %b %d %H:%M:%S %Y", /) -> struct_time:
    """Broken-down time from text by *format*. Raises: ValueError if they do not fit."""
    import _timetext

    return _timetext.read(data_string, format)


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("time", name)


# Python's own functions here are of C, which no class binds to its objects: `clock = time.monotonic` in a class body is
# asked without the object. Ours behave so as static methods.
for _name, _value in list(globals().items()):
    if _name[0] != "_" and callable(_value) and not isinstance(_value, type):
        globals()[_name] = staticmethod(_value)
