from datetime import date, datetime, time, timedelta, timezone, tzinfo, UTC
import calendar

d = date(2024, 2, 29)
print(d, d.weekday(), d.isoweekday(), d.isocalendar(), d.strftime("%d/%m/%y %a %j %U"), d.replace(year=2023, day=1), d.toordinal(), date.fromordinal(738000), date.fromisoformat("2024-12-25"), d.ctime(), d.timetuple().tm_yday, repr(d))
dt = datetime(2024, 3, 10, 14, 30, 15, 123456)
print(dt, dt.date(), dt.time(), dt.isoformat(" ", "minutes"), dt.isoformat(timespec="milliseconds"), repr(dt), dt.strftime("%Y-%m-%dT%H:%M:%S.%f %p %I %B %b %A"), dt.replace(microsecond=0))
print(datetime.strptime("21 Jun 2023 05:06 PM", "%d %b %Y %I:%M %p"), datetime.fromisoformat("2024-01-01T10:00:00+02:00"), datetime.strptime("2024-060", "%Y-%j").date(), datetime.combine(d, time(1, 2)), datetime.fromisoformat("20240102T030405Z"))
a, b = timedelta(days=1, hours=2, minutes=3), timedelta(seconds=-90)
print(a, b, a + b, a - b, a * 2, a / 2, a // timedelta(hours=1), a % timedelta(hours=5), divmod(a, timedelta(hours=5)), -a, abs(b), a.total_seconds(), a.days, b.days, b.seconds, repr(b), a > b, timedelta(weeks=1, milliseconds=5), timedelta.max, a / timedelta(minutes=1), bool(timedelta(0)))
print(d + timedelta(365), d - date(2024, 1, 1), dt - timedelta(hours=15), dt - datetime(2024, 1, 1), date(2024, 1, 31) < d, max(date(2023, 1, 1), d), sorted([dt, dt - a])[0], (date(2025, 1, 1) - date(2024, 1, 1)).days)
cet = timezone(timedelta(hours=1), "CET")
z = datetime(2024, 7, 1, 12, tzinfo=timezone.utc)
print(z, z.astimezone(cet), z.astimezone(timezone(timedelta(hours=-5, minutes=-30))), z.utcoffset(), cet, cet.utcoffset(None), z.tzname(), z == z.astimezone(cet), z.timestamp(), datetime.fromtimestamp(0, timezone.utc), datetime.fromtimestamp(1.5, UTC), repr(z), z.strftime("%z %Z"), datetime.utcfromtimestamp(86400))
class EST(tzinfo):
    def utcoffset(self, dt): return timedelta(hours=-5)
    def dst(self, dt): return timedelta(0)
    def tzname(self, dt): return "EST"
print(z.astimezone(EST()), datetime(2024, 1, 1, tzinfo=EST()).isoformat(), time(1, 2, 3, tzinfo=timezone.utc), time.fromisoformat("04:05:06.789"), time(23, 59) > time(1), datetime.min, date.max, date.resolution)
for bad in (lambda: date(2023, 2, 29), lambda: datetime(2024, 13, 1), lambda: z - dt, lambda: z < dt, lambda: datetime.strptime("x", "%Y"), lambda: date.fromisoformat("nope"), lambda: date.max + timedelta(1), lambda: time(25), lambda: timedelta(days=10 ** 10), lambda: timezone(timedelta(hours=25)), lambda: datetime.strptime("2024-01-01 x", "%Y-%m-%d")):
    try:
        print(bad())
    except (ValueError, TypeError, OverflowError) as e:
        print(type(e).__name__, e)
print(calendar.month(2024, 2), calendar.isleap(1900), calendar.leapdays(2000, 2025), calendar.monthrange(2024, 2), calendar.weekday(2024, 2, 29), calendar.day_name[0], calendar.month_abbr[12], list(calendar.day_abbr), sep="\n")
print(calendar.TextCalendar(calendar.SUNDAY).formatmonth(2023, 9), [w for w in calendar.monthcalendar(2024, 2)][-1], list(calendar.Calendar().itermonthdays(2024, 2))[:5], calendar.timegm((1970, 1, 2, 0, 0, 0)))
def add_months(day, n):
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))
def age(born, today): return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
print([str(add_months(date(2024, 1, 31), n)) for n in range(4)], age(date(1990, 5, 15), date(2024, 5, 14)))
day, out = date(2024, 1, 1), []
while len(out) < 5:
    if day.weekday() < 5 and day not in {date(2024, 1, 1)}: out.append(day.strftime("%a%d"))
    day += timedelta(1)
print(out, {d: 1}[date(2024, 2, 29)], isinstance(dt, date), hash(d) == hash(date(2024, 2, 29)))
