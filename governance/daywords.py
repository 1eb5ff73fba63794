"""The words around working days: why a day counts, and how much time is left.

Reads a workdays.Calendar that it is handed and computes nothing of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

REST, WORK = "rest", "work"
START = "起算日不计"
ROUND_THE_CLOCK = "昼夜连续计算,不扣除节假日"
GUESS = "暂按周一至周五推定(节假日安排尚未公布)"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One line of an explanation. `nth` numbers the counted days from 1; 0 when skipped."""

    date: date
    counted: bool
    reason: str
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Remaining:
    """Time left to a due moment, or passed since, in words."""

    text: str
    late: bool


def reason(day: date, kind: str | None, name: str | None, published: bool) -> str:
    """Why a day is worked or not; kind and name come from the calendar table."""
    if kind == REST:
        return f"{name or '法定节假日'}放假"
    if kind == WORK:
        return "调休上班"
    weekend = day.weekday() > 4
    if published:
        return "周末" if weekend else "工作日"
    return f"周末,{GUESS}" if weekend else GUESS


# -- day by day -----------------------------------------------------------------------------


def explain(calendar, start: datetime, length, due) -> list[CountedDay]:
    """Each day from the trigger to `due`, in order; see Calendar.explain."""
    lines = EXPLAINERS[length.unit](calendar, start, length, due)
    numbered, nth = [], 0
    for day, counted, why in lines:
        nth += counted
        numbered.append(CountedDay(day, counted, why, nth if counted else 0))
    return numbered


def _span(first: date, last: date) -> Iterator[date]:
    for passed in range((last - first).days + 1):
        yield first + timedelta(days=passed)


def _by_clock(calendar, start, length, due):
    for day in _span(start.date(), due.date):
        yield day, True, ROUND_THE_CLOCK


def _by_workdays(calendar, start, length, due):
    yield start.date(), False, START
    for day in _span(start.date() + ONE_DAY, due.date):
        yield day, calendar.is_workday(day), calendar.reason(day)


def _by_office_hours(calendar, start, length, due):
    for day in _span(start.date(), due.date):
        begins = datetime.combine(day, time(), start.tzinfo)
        spent = calendar.worktime(max(start, begins), min(due.at, begins + ONE_DAY))
        why = calendar.reason(day)
        if spent:
            yield day, True, f"{why},计 {clock_words(spent)}"
        else:
            yield day, False, f"{why},办公时间已过" if calendar.is_workday(day) else why


def _by_calendar_days(calendar, start, length, due):
    last = calendar.last_day(start, length)
    yield start.date(), False, START
    for day in _span(start.date() + ONE_DAY, due.date):
        if day < last:
            yield day, True, "按日历日计算"
        elif day == due.date:
            why = "期满日" if day == last else "顺延后的期满日"
            yield day, day == last, f"{why},{calendar.reason(day)}"
        else:
            why = "期满日遇休息日,顺延至下一工作日:" if day == last else "顺延:"
            yield day, day == last, why + calendar.reason(day)


EXPLAINERS = {
    "minutes": _by_clock,
    "hours": _by_clock,
    "workhours": _by_office_hours,
    "workdays": _by_workdays,
    "days": _by_calendar_days,
    "weeks": _by_calendar_days,
    "months": _by_calendar_days,
}


# -- time left ------------------------------------------------------------------------------


def clock_words(minutes: int) -> str:
    """Minutes as "3 小时 10 分", with days of 24 hours in front from 24 hours on."""
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
    return f"{rest} 分"


INSTANT = "不足 1 分钟"
"""For less than a minute; a figure stands apart from the word before it, this does not."""


def after(word: str, words: str) -> str:
    """A word and the length that follows it: "剩 3 小时", "剩不足 1 分钟"."""
    return f"{word}{words}" if words == INSTANT else f"{word} {words}"


def day_words(minutes: int, day_minutes: int) -> str:
    """Office minutes as working days with one decimal, half up: "2.5 个工作日"."""
    tenths = (minutes * 20 + day_minutes) // (2 * day_minutes)
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth} 个工作日" if tenth else f"{whole} 个工作日"


def remaining(calendar, now: datetime, due: datetime, wall: bool) -> Remaining:
    """See Calendar.remaining.

    Within one day, and for less than a working day still to come, hours and minutes say
    more than a fraction of a day; outside office hours no working time may be left at all,
    then the clock on the wall speaks.
    """
    late = now > due
    first, last = (due, now) if late else (now, due)
    word = "超期" if late else "剩"
    by_clock = int((last - first).total_seconds()) // 60
    if wall:
        return Remaining(after(word, clock_words(by_clock) if by_clock else INSTANT), late)
    minutes = calendar.worktime(first, last)
    if not minutes:
        text = "已超期" if late else after("剩", clock_words(by_clock) if by_clock else INSTANT)
        return Remaining(text, late)
    day_minutes = calendar.season(now).total // 60
    short = minutes * 20 < day_minutes if late else minutes < day_minutes
    if short or now.date() == due.date():
        return Remaining(f"{word} {clock_words(minutes)}", late)
    return Remaining(f"{word} {day_words(minutes, day_minutes)}", late)
