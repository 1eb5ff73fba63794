"""Dates, times and lengths in the words of a Chinese office; pure, without Django.

Every page, notice and paper reads its dates from here, so that they look the same everywhere.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
NEAR_DAYS = {-1: "昨天", 0: "今天", 1: "明天"}


def local(moment: datetime) -> datetime:
    """The moment on the wall clock of Asia/Shanghai; a naive one is taken as already there."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=ZONE)
    return moment.astimezone(ZONE)


def _day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def cn_date(value: date | datetime) -> str:
    """2026年11月25日."""
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日"


def date_words(value: date | datetime | None) -> str:
    """A date in words; nothing where there is none."""
    return cn_date(value) if value else ""


def cn_weekday(value: date | datetime) -> str:
    """周三."""
    return "周" + WEEKDAYS[_day(value).weekday()]


def cn_datetime(value: date | datetime) -> str:
    """2026年11月25日(周三) 17:30; a plain date without the time."""
    text = f"{cn_date(value)}({cn_weekday(value)})"
    if isinstance(value, datetime):
        text += f" {local(value):%H:%M}"
    return text


def _short_day(day: date, today: date) -> str:
    near = NEAR_DAYS.get((day - today).days)
    if near:
        return near
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def cn_short(value: date | datetime, now: datetime) -> str:
    """今天 17:30, 明天 09:00, 11月24日 16:05, 2025年3月2日 08:00: short beside `now`."""
    text = _short_day(_day(value), local(now).date())
    if isinstance(value, datetime):
        text += f" {local(value):%H:%M}"
    return text


def _last_instant(value: date | datetime) -> tuple[date, str]:
    """The day and time of a due moment, where midnight belongs to the day that it ends."""
    if not isinstance(value, datetime):
        return value, "24:00"
    moment = local(value)
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date() - timedelta(days=1), "24:00"
    if (moment.hour, moment.minute, moment.second) == (23, 59, 59):
        return moment.date(), "24:00"  # how calendar-day limits are stored (governance.workdays)
    return moment.date(), f"{moment:%H:%M}"


def cn_due(value: date | datetime) -> str:
    """A due moment in full; midnight ends a day: 11月25日 24:00, not the next day 00:00."""
    day, time = _last_instant(value)
    return f"{cn_date(day)}({cn_weekday(day)}) {time}"


def cn_due_short(value: date | datetime, now: datetime) -> str:
    """A due moment in short beside `now`: 今天 17:30, 12月1日 24:00."""
    day, time = _last_instant(value)
    return f"{_short_day(day, local(now).date())} {time}"


def cn_duration(value: timedelta | int | float) -> str:
    """A length of time (timedelta, or minutes as a number): 55 分钟, 3 小时 10 分, 2 天 4 小时."""
    minutes = value.total_seconds() / 60 if isinstance(value, timedelta) else value
    minutes = int(abs(minutes))
    if minutes < 1:
        return "不到 1 分钟"
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
    days, hours = divmod(hours, 24)
    return f"{days} 天 {hours} 小时" if hours else f"{days} 天"


def cn_size(size: int) -> str:
    """The size of a file, from bytes: 812 B, 56 KB, 3.2 MB."""
    if size < 1024:
        return f"{size} B"
    if size < 1024**2:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024**2:.1f} MB"


def cn_rate(numerator: int, denominator: int, digits: int = 1) -> str:
    """95.5%, or — where nothing was owed (never 0% or 100% of nothing)."""
    if not denominator:
        return "—"
    return f"{numerator * 100 / denominator:.{digits}f}%"
