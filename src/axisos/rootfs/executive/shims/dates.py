"""`datetime` for one process: the host's types, but what is now comes from the machine, and local time is UTC.

The C module reads the host's clock and time zone by itself, and fetches `time` and `_strptime` out of the host's
table of modules. So `date` and `datetime` are classes of the process's own, derived from the C types; all arithmetic
stays in C and gives them back.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

OFFERED = frozenset({"time", "timedelta", "timezone", "tzinfo", "MINYEAR", "MAXYEAR", "UTC"})


def make(world: World) -> dict[str, Any]:
    host = world.host_module("datetime")
    names = {name: getattr(host, name) for name in OFFERED if hasattr(host, name)}
    utc, timedelta, timezone = host.timezone.utc, host.timedelta, host.timezone
    second = timedelta(seconds=1)
    epoch = host.datetime(1970, 1, 1)
    methods = vars(host.datetime)

    def real_fromtimestamp(cls: Any, timestamp: Any, tz: Any) -> Any:
        return methods["fromtimestamp"].__get__(None, cls)(timestamp, tz)

    class date(host.date):  # type: ignore[misc, name-defined]
        __doc__ = host.date.__doc__
        __module__ = "datetime"
        __qualname__ = "date"
        __slots__ = ()

        @classmethod
        def today(cls) -> Any:
            """The current date of the machine, in UTC."""
            now = datetime.now()
            return cls(now.year, now.month, now.day)

        @classmethod
        def fromtimestamp(cls, timestamp: Any, /) -> Any:
            """The date of a time in seconds since 1970, in UTC."""
            then = datetime.fromtimestamp(timestamp)
            return cls(then.year, then.month, then.day)

        def __repr__(self) -> str:
            text = str(host.date.__repr__(self))
            return "datetime." + text if type(self) is date else text

    class datetime(host.datetime, date):  # type: ignore[misc, name-defined]
        __doc__ = host.datetime.__doc__
        __module__ = "datetime"
        __qualname__ = "datetime"
        __slots__ = ()

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            """The current time of the machine, in UTC or in *tz*."""
            nanoseconds = world.library("time").time_ns()
            found = cls.fromtimestamp(nanoseconds // 1_000_000_000, tz)
            return found.replace(microsecond=nanoseconds // 1000 % 1_000_000)

        @classmethod
        def today(cls) -> Any:
            """The current time of the machine, in UTC."""
            return cls.now()

        @classmethod
        def utcnow(cls) -> Any:
            """The current time of the machine, in UTC, without a time zone."""
            return cls.now()

        @classmethod
        def fromtimestamp(cls, timestamp: Any, tz: Any = None) -> Any:
            """The time of *timestamp*, in seconds since 1970, in UTC or in *tz*."""
            found = real_fromtimestamp(cls, timestamp, utc if tz is None else tz)
            return found.replace(tzinfo=None) if tz is None else found

        @classmethod
        def utcfromtimestamp(cls, timestamp: Any, /) -> Any:
            """The time of *timestamp*, in seconds since 1970, in UTC, without a time zone."""
            return cls.fromtimestamp(timestamp)

        @classmethod
        def strptime(cls, text: str, form: str, /) -> Any:
            """The time that *text* says in the form *form*."""
            for argument in (text, form):
                if not isinstance(argument, str):
                    raise TypeError(f"strptime() argument must be str, not {type(argument).__name__}")
            return world.library("_strptime")._strptime_datetime(cls, text, form)

        def timestamp(self) -> float:
            """Seconds since 1970."""
            if self.utcoffset() is not None:
                return float(super().timestamp())
            since = self.replace(tzinfo=None) - epoch
            return float(since // second + since.microseconds / 1e6)

        def astimezone(self, tz: Any = None) -> Any:
            """The same time in another time zone."""
            aware = self if self.utcoffset() is not None else self.replace(tzinfo=utc)
            return host.datetime.astimezone(aware, timezone(timedelta(0), "UTC") if tz is None else tz)

        def date(self) -> Any:
            """The date of it."""
            return date(self.year, self.month, self.day)

        def __repr__(self) -> str:
            text = str(host.datetime.__repr__(self))
            return "datetime." + text if type(self) is datetime else text

    date.min, date.max = date(1, 1, 1), date(9999, 12, 31)
    datetime.min, datetime.max = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)
    for kind in (date, datetime):
        world.own(kind)
    names.update(date=date, datetime=datetime, __all__=[*sorted(OFFERED & set(names)), "date", "datetime"])
    return names
