"""Chinese working days: pure arithmetic over a precomputed index, without Django.

Counting follows the Civil Code, articles 201 to 203 (期间计算): the day of the trigger does
not count; a month ends on its corresponding day, or on its last day where there is none; a
calendar-day period that ends on a rest day runs to the next working day; the last day ends
at 24:00, or, where there are business hours, when business closes.

Representation chosen here:

* "24:00 of the last day" is stored as 23:59:59 of that day, so that the date of every due
  moment is the last day itself, on every page and in every filter.
* Working days and office hours end at the close of the last office window (17:30).
* Everything is Asia/Shanghai, which has kept one offset since 1992; days from 1992 to 2099
  are indexed. Days of years whose schedule is not published are guessed (Monday to Friday)
  and whatever rests on them is marked provisional (暂定).
"""

from array import array
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate, compress, pairwise
from zoneinfo import ZoneInfo

from . import daywords
from .daywords import REST, WORK, CountedDay, Remaining
from .lengths import Length

__all__ = [
    "DEFAULT_HOURS",
    "REST",
    "TZ",
    "WORK",
    "Calendar",
    "CountedDay",
    "Due",
    "Length",
    "Remaining",
    "Season",
    "local",
]

TZ = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(1992, 1, 1), date(2099, 12, 31)
BASE = FIRST.toordinal()
SIZE = LAST.toordinal() - BASE + 1
DAYS = [date.fromordinal(BASE + offset) for offset in range(SIZE)]
ONE_DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)
OUT_OF_RANGE = f"日期超出可计算的范围({FIRST.year}年至{LAST.year}年)"


@dataclass(frozen=True, slots=True)
class Due:
    """The last moment of a period; provisional when it rests on an unpublished year."""

    at: datetime
    provisional: bool

    @property
    def date(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class Season:
    """Office hours from (month, day) of each year until the next season begins.

    windows: (opens, closes) pairs of a day in order, not overlapping.
    """

    month: int
    day: int
    windows: tuple[tuple[time, time], ...]

    def __post_init__(self):
        if not (1 <= self.month <= 12 and 1 <= self.day <= 31):
            raise ValueError("办公时间的起始日期无效")
        edges = [_seconds(edge) for window in self.windows for edge in window]
        if not edges or any(a >= b for a, b in pairwise(edges)):
            raise ValueError("办公时间应至少有一段,且各段依次不重叠")
        spans = tuple(zip(edges[::2], edges[1::2], strict=True))
        derived = {"spans": spans, "total": sum(b - a for a, b in spans)}
        derived |= {"opens": self.windows[0][0], "closes": self.windows[-1][1]}
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def elapsed(self, second: int) -> int:
        """Office seconds of a day that have passed at the given second of it."""
        return sum(min(max(second - opens, 0), closes - opens) for opens, closes in self.spans)

    def moment(self, elapsed: int) -> int:
        """Second of the day at which `elapsed` office seconds (1 … total) have passed."""
        for opens, closes in self.spans:
            if elapsed <= closes - opens:
                return opens + elapsed
            elapsed -= closes - opens
        raise ValueError("超过当日办公时间")

    def next_open(self, second: int) -> int | None:
        """The first office second at or after the given one, None after the close."""
        for opens, closes in self.spans:
            if second < closes:
                return max(second, opens)
        return None


def _seconds(moment: time | datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


# decision 27
DEFAULT_HOURS = (Season(1, 1, ((time(8, 30), time(12)), (time(14), time(17, 30)))),)


def local(moment: date | datetime) -> datetime:
    """An aware datetime (or a plain date: its first second) as Asia/Shanghai time."""
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day, tzinfo=TZ)
    if moment.tzinfo is TZ:
        return moment
    if moment.tzinfo is None:
        raise ValueError("时间缺少时区,无法计算")
    return moment.astimezone(TZ)


def _offset(day: date) -> int:
    offset = day.toordinal() - BASE
    if not 0 <= offset < SIZE:
        raise ValueError(OUT_OF_RANGE)
    return offset


class DayIndex:
    """Which days are worked, as tables over DAYS; shared by calendars of different hours."""

    def __init__(self, days: Mapping[date, str], published: Iterable[int], names):
        self.special = {day: kind for day, kind in days.items() if FIRST <= day <= LAST}
        self.names = dict(names or {})
        self.published = frozenset(published)
        opened = bytearray(day.weekday() < 5 for day in DAYS)
        for day, kind in self.special.items():
            opened[day.toordinal() - BASE] = kind == WORK
        self.opened = bytes(opened)
        # rank[i]: working days up to and including day i; worked[n]: the n-th working day
        self.rank = array("i", accumulate(opened))
        self.worked = list(compress(DAYS, opened))


class Calendar:
    """Working days and office hours of one county; immutable.

    days: exceptions to Monday-to-Friday, each "rest" or "work"; names: holiday of a rest day.
    published: years whose official schedule is contained in `days`.
    hours: the seasons of the office hours; one season holds all year round.
    """

    def __init__(
        self,
        days: Mapping[date, str],
        published: Iterable[int],
        hours: Sequence[Season] = DEFAULT_HOURS,
        names: Mapping[date, str] | None = None,
    ):
        self._adopt(DayIndex(days, published, names), hours)

    def _adopt(self, index: DayIndex, hours: Sequence[Season]):
        self._index = index
        self._rank, self._worked, self._opened = index.rank, index.worked, index.opened
        self.published = index.published
        self.hours = tuple(sorted(hours, key=lambda season: (season.month, season.day)))
        if not self.hours:
            raise ValueError("缺少办公时间")
        # season of each day of a year, at month * 32 + day; before the first, the last holds
        table, current, starts = [], self.hours[-1], {(s.month, s.day): s for s in self.hours}
        for slot in range(13 * 32):
            current = starts.get(divmod(slot, 32), current)
            table.append(current)
        self._seasons = table
        self._office = None

    def with_hours(self, hours: Sequence[Season]) -> "Calendar":
        """The same days with other office hours, sharing the index."""
        other = object.__new__(type(self))
        other._adopt(self._index, hours)
        return other

    # -- days ---------------------------------------------------------------------------

    def is_workday(self, day: date) -> bool:
        return bool(self._opened[_offset(day)])

    def is_published(self, first: date, last: date | None = None) -> bool:
        """Whether every day from first to last lies in a year with an official schedule."""
        years = self.published
        if last is None or first.year == last.year:
            return first.year in years
        return all(year in years for year in range(first.year, last.year + 1))

    def workday_shift(self, day: date, count: int) -> date:
        """The count-th working day after (or, negative, before) a day.

        Zero gives the day itself if it is worked, else the next working day.
        """
        offset = day.toordinal() - BASE
        if 0 <= offset < SIZE:
            passed = self._rank[offset]
            if count <= 0:
                passed -= self._opened[offset]
            place = passed + count - (count > 0)
            if 0 <= place < len(self._worked):
                return self._worked[place]
        raise ValueError(OUT_OF_RANGE)

    def shift_many(self, days: Iterable[date], count: int) -> list[date]:
        """workday_shift of many days at once; for lists far longer than a few thousand."""
        worked, top = self._worked, len(self._worked)
        places = (rank + count - 1 for rank in self._rank)
        if count <= 0:
            places = (r - o + count for r, o in zip(self._rank, self._opened, strict=True))
        table = {
            BASE + offset: worked[place] for offset, place in enumerate(places) if 0 <= place < top
        }
        try:
            return list(map(table.__getitem__, map(date.toordinal, days)))
        except KeyError:
            raise ValueError(OUT_OF_RANGE) from None

    def workdays_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative the other way."""
        return self._rank[_offset(last)] - self._rank[_offset(first)]

    # -- due dates ----------------------------------------------------------------------

    def due(self, start: date | datetime, length: Length) -> Due:
        """When a length that starts at `start` (aware, or a date) ends.

        ValueError with a Chinese sentence when the end lies outside the indexed years.
        """
        try:
            return RULES[length.unit](self, local(start), length.amount)
        except OverflowError:
            raise ValueError(OUT_OF_RANGE) from None

    def _after_workdays(self, start: datetime, amount: int) -> Due:
        day = start.date()
        last = self.workday_shift(day, amount)
        closes = self._seasons[last.month * 32 + last.day].closes
        at = datetime.combine(last, closes, TZ)
        return Due(at, not self.is_published(day + ONE_DAY, last))

    def _end_of(self, day: date) -> Due:
        last = self.workday_shift(day, 0)
        at = datetime.combine(last, LAST_SECOND, TZ)
        return Due(at, not self.is_published(day, last))

    def last_day(self, start: date | datetime, length: Length) -> date:
        """The last day of a length of days, weeks or months before a rest day moves it."""
        return LAST_DAY[length.unit](local(start).date(), length.amount)

    # -- office time --------------------------------------------------------------------

    def _office_seconds(self) -> array:
        """Office seconds before each day of the index, and after the last one."""
        if self._office is None:
            totals = [season.total for season in self._seasons]
            each = (
                totals[day.month * 32 + day.day] if opened else 0
                for day, opened in zip(DAYS, self._opened, strict=True)
            )
            self._office = array("q", accumulate(each, initial=0))
        return self._office

    def _passed(self, moment: datetime) -> int:
        offset = _offset(moment)
        passed = self._office_seconds()[offset]
        if self._opened[offset]:
            passed += self.season(moment).elapsed(_seconds(moment))
        return passed

    def season(self, day: date) -> Season:
        """The office hours in force on a day."""
        return self._seasons[day.month * 32 + day.day]

    def worktime(self, start: datetime, end: datetime) -> int:
        """Whole minutes of office time from start to end; negative when end is earlier."""
        seconds = self._passed(local(end)) - self._passed(local(start))
        return seconds // 60 if seconds >= 0 else -(-seconds // 60)

    def add_worktime(self, start: datetime, minutes: int) -> Due:
        """The moment at which `minutes` (≥ 0) of office time have passed since start.

        Filling a window exactly ends at its close, not at the next opening.
        """
        start = local(start)
        if minutes < 0:
            raise ValueError("办公时间的分钟数不能为负")
        if not minutes:
            return Due(start, not self.is_published(start))
        target = self._passed(start) + minutes * 60
        office = self._office_seconds()
        offset = bisect_left(office, target) - 1
        if offset >= SIZE:
            raise ValueError(OUT_OF_RANGE)
        day = DAYS[offset]
        second = self.season(day).moment(target - office[offset])
        return Due(_at(day, second), not self.is_published(start, day))

    def resumed(self, due: datetime, paused: datetime, again: datetime, *, wall=False) -> Due:
        """The due moment after a pause: what was left at `paused` runs on from `again`.

        wall: measure what was left round the clock. A period already over when it was
        paused keeps its due moment.
        """
        due, paused, again = local(due), local(paused), local(again)
        if paused >= due:
            return Due(due, not self.is_published(due))
        if wall:
            return Due(again + (due - paused), False)
        return self.add_worktime(again, self.worktime(paused, due))

    def next_office_moment(self, at: datetime) -> datetime:
        """`at` itself within office hours, else the next opening."""
        at = local(at)
        if self.is_workday(at):
            second = self.season(at).next_open(_seconds(at))
            if second == _seconds(at):
                return at
            if second is not None:
                return _at(at.date(), second)
        day = self.workday_shift(at.date(), 1)
        return datetime.combine(day, self.season(day).opens, TZ)

    # -- in words -----------------------------------------------------------------------

    def reason(self, day: date) -> str:
        """Why a day is worked or not: 周末, 国庆节放假, 调休上班 …"""
        kind, name = self._index.special.get(day), self._index.names.get(day)
        return daywords.reason(day, kind, name, day.year in self.published)

    def explain(self, start: date | datetime, length: Length) -> list[CountedDay]:
        """Each day from the trigger to the due date, counted or skipped, and why."""
        return daywords.explain(self, local(start), length, self.due(start, length))

    def remaining(self, now: datetime, due: datetime | Due, *, wall=False) -> Remaining:
        """What is left until `due` (or has passed since) in words, by office time.

        wall: round the clock instead, for lengths that are not Length.by_worktime.
        """
        end = due.at if isinstance(due, Due) else due
        return daywords.remaining(self, local(now), local(end), wall)


def _at(day: date, second: int) -> datetime:
    hours, rest = divmod(second, 3600)
    return datetime(day.year, day.month, day.day, hours, *divmod(rest, 60), tzinfo=TZ)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > LAST.year:
        raise ValueError(OUT_OF_RANGE)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# unit -> the last day of a period before a rest day moves it
LAST_DAY: dict[str, Callable[[date, int], date]] = {
    "days": lambda day, amount: day + timedelta(days=amount),
    "weeks": lambda day, amount: day + timedelta(weeks=amount),
    "months": _months_later,
}
RULES: dict[str, Callable[[Calendar, datetime, int], Due]] = {
    "minutes": lambda c, start, amount: Due(start + timedelta(minutes=amount), False),
    "hours": lambda c, start, amount: Due(start + timedelta(hours=amount), False),
    "workhours": lambda c, start, amount: c.add_worktime(start, amount * 60),
    "workdays": Calendar._after_workdays,
    "days": lambda c, start, amount: c._end_of(LAST_DAY["days"](start.date(), amount)),
    "weeks": lambda c, start, amount: c._end_of(LAST_DAY["weeks"](start.date(), amount)),
    "months": lambda c, start, amount: c._end_of(LAST_DAY["months"](start.date(), amount)),
}
