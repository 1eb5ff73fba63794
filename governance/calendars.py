"""The working-day calendar as data: from the tables to a Calendar, from a sheet to the tables.

The national schedule is one for all counties; office hours are each county's own. A process
keeps the calendars it has built for as long as the calendar's stamp is the same, so that a page
pays one small query.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from governance import sheets
from governance.models.calendar import (
    CalendarDay,
    CalendarYear,
    OfficeHours,
    touch_calendar,
)
from governance.workdays import FIRST, LAST, Calendar, Season

PUBLISHED_DIR = Path(settings.BASE_DIR) / "fixtures" / "calendar"
HEADINGS = {"日期": "day", "类型": "kind", "名称": "name", "来源": "source"}
NEEDED = ("日期", "类型")
KINDS = {
    "放假": CalendarDay.Kind.REST,
    "休息": CalendarDay.Kind.REST,
    "调休上班": CalendarDay.Kind.WORK,
    "上班": CalendarDay.Kind.WORK,
    "补班": CalendarDay.Kind.WORK,
}
DATE_FORMS = re.compile(
    r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?(?:[T ]00:00(?::00)?)?"
    r"|(\d{4})(\d{2})(\d{2})"
)
WEEKDAYS = "一二三四五六日"
# days that every schedule gives off; a sheet without them is no complete schedule
LANDMARKS = {(1, 1): "1月1日(元旦)", (5, 1): "5月1日(劳动节)", (10, 1): "10月1日(国庆节)"}
HEADER_SEARCH = 20  # rows


class ScheduleError(ValueError):
    """A sheet that cannot be loaded; `errors` holds one Chinese sentence per wrong row."""

    def __init__(self, errors: list[str]):
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a schedule, with its row number as Excel counts."""

    row: int
    day: date
    kind: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a sheet holds and what loading it changes."""

    days: int  # rows of the sheet
    years: tuple[int, ...]  # years whose days or status change
    changed: frozenset[date]  # days that are added, altered or removed
    warnings: tuple[str, ...]

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last day on which something may count differently now; None if nothing."""
        edges = {date(year, month, day) for year in self.years for month, day in ((1, 1), (12, 31))}
        touched = edges | self.changed
        return (min(touched), max(touched)) if touched else None


# -- tables to Calendar -----------------------------------------------------------------------


class Calendars:
    """The calendars of all counties as of one stamp; reads the tables once, in `__init__`."""

    def __init__(self, token: str):
        self.token = token
        rows = tuple(CalendarDay.objects.values_list("day", "kind", "name"))
        years = CalendarYear.objects.filter(status=CalendarYear.Status.PUBLISHED)
        self.national = _with_days(rows, tuple(years.values_list("year", flat=True)))
        hours: dict[int, tuple[Season, ...]] = {}
        for row in OfficeHours.objects.all():
            hours[row.county_id] = (*hours.get(row.county_id, ()), season(row))
        self._of = {key: _with_hours(self.national, seasons) for key, seasons in hours.items()}

    def of(self, county) -> Calendar:
        """The calendar of a county (a Unit, its id or None), without a query."""
        return self._of.get(getattr(county, "pk", county), self.national)


_latest: Calendars | None = None


def current() -> Calendars:
    """The calendars in force, for work over many counties: one query, then `.of(county)`."""
    global _latest
    with connection.cursor() as cursor:  # on nearly every page: by hand, at a quarter of the cost
        cursor.execute("SELECT token FROM governance_calendarstamp WHERE id = 1")
        token = (cursor.fetchone() or ("",))[0]
    calendars = _latest  # another thread may replace it meanwhile
    if calendars is None or not token or calendars.token != token:
        calendars = _latest = Calendars(token)
    return calendars


def for_county(county=None) -> Calendar:
    """The calendar of a county (a Unit, or its id); without one, the default office hours."""
    return current().of(county)


# built once for the same contents: a county's usual hours, a stamp that changed for nothing
@lru_cache(maxsize=4)
def _with_days(rows: tuple, published: tuple) -> Calendar:
    names = {day: name for day, _, name in rows}
    return Calendar({day: kind for day, kind, _ in rows}, published, names=names)


@lru_cache(maxsize=128)
def _with_hours(national: Calendar, hours: tuple) -> Calendar:
    return national.with_hours(hours)


def season(row: OfficeHours) -> Season:
    """Office hours of the arithmetic from a row of the table."""
    morning = (row.morning_opens, row.morning_closes)
    return Season(row.month, row.day, (morning, (row.afternoon_opens, row.afternoon_closes)))


# -- sheet to tables --------------------------------------------------------------------------


@transaction.atomic
def load(source, *, name: str = "", dry_run: bool = False) -> Loaded:
    """Load a year's schedule (放假 and 调休上班 days) from a .tsv, .csv, .xls or .xlsx sheet.

    A year whose 1 January is in the sheet is replaced as a whole and becomes published; other
    days amend the schedule they belong to. Loading the same sheet again changes nothing.

    source: path, bytes or binary file; name: the file's name when source is no path.
    Raises ScheduleError with every wrong row. Open clocks are the caller's: `clocks.recompute`.
    """
    entries = read(source, name or Path(str(source)).name)
    schedules = _by_schedule(entries)
    years, changed, warnings, errors = [], set(), [], []
    for year, rows in sorted(schedules.items()):
        present = {(entry.day.month, entry.day.day) for entry in rows if entry.day.year == year}
        whole = (1, 1) in present
        missing = [label for landmark, label in LANDMARKS.items() if landmark not in present]
        known = {row.day: row for row in CalendarDay.objects.filter(schedule_id=year)}
        gone = set(known) - {entry.day for entry in rows} if whole else set()
        if gone and missing:
            errors.append(
                f"{year}年已有放假安排,而文件缺少{'、'.join(missing)},载入会删去"
                f"{len(gone)}天;请提供完整的全年安排"
            )
            continue
        warnings += _warnings(year, whole, missing)
        different = gone | _different(rows)
        changed |= different
        if _settle(year, rows, gone, different, whole, dry_run):
            years.append(year)
    if errors:
        raise ScheduleError(errors)
    if years and not dry_run:
        touch_calendar()
    return Loaded(len(entries), tuple(years), frozenset(changed), tuple(warnings))


def load_published(directory: Path = PUBLISHED_DIR) -> list[int]:
    """Load the schedules shipped with the product, leaving alone every year already there."""
    there = set(CalendarYear.objects.filter(version__gt=0).values_list("year", flat=True))
    missing = [path for path in sorted(directory.glob("*.tsv")) if int(path.stem) not in there]
    return [year for path in missing for year in load(path).years]


def _by_schedule(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    """Rows by the year whose schedule names them.

    December days before a year that the sheet holds belong to that year's New Year holiday,
    unless the sheet holds the whole schedule of their own year too.
    """
    whole = {e.day.year for e in entries if (e.day.month, e.day.day) == (1, 1)}
    schedules: dict[int, list[Entry]] = {}
    for entry in entries:
        year = entry.day.year
        if entry.day.month == 12 and year not in whole and year + 1 in whole:
            year += 1
        schedules.setdefault(year, []).append(entry)
    return schedules


def _warnings(year: int, whole: bool, missing: list[str]) -> list[str]:
    if not whole:
        known = CalendarYear.objects.filter(pk=year, status=CalendarYear.Status.PUBLISHED)
        tail = "按补充安排载入" if known.exists() else "该年仍为暂定"
        return [f"文件没有{year}年1月1日(元旦),不是完整的全年安排,{tail}"]
    if missing:
        return [f"{year}年的安排缺少{'、'.join(missing)},请核对文件是否完整"]
    return []


def _different(rows: list[Entry]) -> set[date]:
    """Days of the sheet that the table does not yet hold exactly so."""
    stored = CalendarDay.objects.filter(day__in=[entry.day for entry in rows])
    known = {row.day: (row.kind, row.name) for row in stored}
    return {entry.day for entry in rows if known.get(entry.day) != (entry.kind, entry.name)}


def _settle(year, rows, gone, different, whole, dry_run) -> bool:
    """Write one schedule; whether anything of it changes."""
    stored = CalendarYear.objects.filter(pk=year).first()
    published = stored is not None and stored.status == CalendarYear.Status.PUBLISHED
    if not different and (published or not whole):
        return False
    if dry_run:
        return True
    sources = "；".join(dict.fromkeys(entry.source for entry in rows if entry.source))
    schedule, _ = CalendarYear.objects.get_or_create(pk=year)
    CalendarYear.objects.filter(pk=year).update(
        status=CalendarYear.Status.PUBLISHED if whole or published else schedule.status,
        version=F("version") + 1,
        source=(sources or schedule.source)[:300],
    )
    CalendarDay.objects.filter(day__in=gone | different).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=entry.day, kind=entry.kind, name=entry.name, schedule=schedule)
        for entry in rows
        if entry.day in different
    )
    return True


# -- reading ----------------------------------------------------------------------------------


def read(source, name: str) -> list[Entry]:
    """Rows of a schedule sheet, checked; ScheduleError lists every wrong row."""
    try:
        book = sheets.read(source, name)
        rows = [
            (number, [str(cell).strip() for cell in cells])
            for number, cells in book.visible()[0].rows()
        ]
    except sheets.SheetError as problem:
        raise ScheduleError([str(problem)]) from problem
    except IndexError:
        raise ScheduleError(["文件里没有可见的工作表"]) from None
    except OSError:
        raise ScheduleError([f"打不开文件“{source}”,请检查路径"]) from None
    columns, body = _columns(rows)
    entries, errors, seen = [], [], {}
    for number, cells in body:
        fields = {key: cells[place] for key, place in columns.items() if place < len(cells)}
        if not any(fields.values()):
            continue
        try:
            entry = _entry(number, fields)
            if entry.day in seen:
                raise ValueError(f"日期 {entry.day} 与第 {seen[entry.day]} 行重复")
        except ValueError as problem:
            errors.append(f"第 {number} 行:{problem}")
        else:
            seen[entry.day] = number
            entries.append(entry)
    if errors:
        raise ScheduleError(errors)
    if not entries:
        raise ScheduleError(["文件里没有任何放假或调休上班的日期"])
    return entries


def _columns(rows: list[tuple[int, list[str]]]) -> tuple[dict[str, int], list]:
    """Where each column stands, found by its heading, and the rows below the headings."""
    for place, (_, cells) in enumerate(rows[:HEADER_SEARCH]):
        if all(heading in cells for heading in NEEDED):
            found = {key: cells.index(h) for h, key in HEADINGS.items() if h in cells}
            return found, rows[place + 1 :]
    raise ScheduleError([f"前 {HEADER_SEARCH} 行里找不到表头“日期”“类型”(另可有“名称”“来源”)"])


def _entry(number: int, fields: dict[str, str]) -> Entry:
    day = _day(fields.get("day", ""))
    written = fields.get("kind", "")
    kind = KINDS.get(written)
    if kind is None:
        raise ValueError(f"类型“{written}”无法识别,应为“放假”或“调休上班”")
    if kind == CalendarDay.Kind.WORK and day.weekday() < 5:
        raise ValueError(f"{day} 是周{WEEKDAYS[day.weekday()]},本来就上班,不应标为调休上班")
    return Entry(number, day, str(kind), fields.get("name", "")[:40], fields.get("source", ""))


def _day(text: str) -> date:
    found = DATE_FORMS.fullmatch(text)
    try:
        day = date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(f"日期“{text}”无法识别,应写成 2027-01-01 这样的形式")
    if not FIRST <= day <= LAST:
        raise ValueError(f"日期 {day} 超出可用的范围({FIRST.year}年至{LAST.year}年)")
    return day
