"""The oracle behind due_dates.tsv: counts days and minutes one by one on another calendar.

It knows nothing of the product: the days come from the `holidays` library, every length is
walked step by step. Run once (`python tests/governance/make_due_dates.py`), read through,
committed; the tests only read the table. Run it again only to add cases.
"""

import itertools
import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import holidays

TABLE = Path(__file__).with_name("due_dates.tsv")
KNOWN = range(2019, 2027)
CHINA = holidays.country_holidays("CN", years=KNOWN)
NAMES = "一二三四五六日"

# dates worth looking at; each year's eves, breaks and make-up days are added by `interesting`
FIXED = re.findall(
    r"\S+",
    """
2019-12-31 2020-01-01 2020-01-18 2020-01-19 2020-01-23 2020-02-01 2020-02-02 2020-02-28
2020-02-29 2020-03-31 2021-01-29 2021-01-30 2021-01-31 2021-02-28 2021-12-31 2022-12-30
2022-12-31 2023-01-31 2023-02-28 2024-01-29 2024-01-30 2024-01-31 2024-02-28 2024-02-29
2024-03-30 2024-03-31 2024-05-31 2024-08-31 2024-10-31 2024-11-30 2024-12-30 2024-12-31
2025-01-31 2025-02-28 2025-06-30 2025-12-30 2025-12-31 2026-01-30 2026-01-31 2026-02-09
2026-02-13 2026-02-14 2026-02-27 2026-02-28 2026-03-31 2026-05-08 2026-05-09 2026-06-30
2026-09-18 2026-09-19 2026-09-20 2026-09-21 2026-09-30 2026-10-01 2026-10-04 2026-10-10
2026-11-30 2026-12-24 2026-12-28 2026-12-30 2026-12-31 2027-01-01 2027-02-28 2027-12-31
2028-02-28 2028-02-29 2030-06-28
""",
)
CLOCK = "00:30|08:00|08:30|10:15|11:59|12:00|13:10|14:00|15:45|16:00|17:29|17:30|20:00|23:59"
LENGTHS = """
1 workdays|10 workdays|4 workhours|5 workdays|7 days|30 minutes|1 months|2 workdays|1 workhours
|15 days|3 workdays|24 hours|1 weeks|20 workdays|9 workhours|2 months|30 days|60 workdays|3 days
|2 weeks|12 months|16 workhours|1 days|5 workdays|10 workdays|3 months|60 minutes|7 workhours
"""
LENGTHS = [text.strip() for text in LENGTHS.split("|")]


def works(day: date) -> bool:
    return CHINA.is_working_day(day) if day.year in KNOWN else day.weekday() < 5


def in_office(moment: datetime) -> bool:
    clock = moment.time()
    return works(moment.date()) and (
        time(8, 30) <= clock < time(12) or time(14) <= clock < time(17, 30)
    )


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def by_workdays(start: datetime, amount: int):
    day = start.date()
    while amount:
        day += timedelta(days=1)
        if works(day):
            amount -= 1
    return datetime.combine(day, time(17, 30)), start.date() + timedelta(days=1)


def by_workhours(start: datetime, amount: int):
    moment, minutes = start, amount * 60
    while minutes:
        if in_office(moment):
            minutes -= 1
        moment += timedelta(minutes=1)
    return moment, start.date()


def by_days(start: datetime, amount: int):
    last = start.date()
    for _ in range(amount):
        last += timedelta(days=1)
    return to_workday(last)


def by_months(start: datetime, amount: int):
    year, month = start.year, start.month
    for _ in range(amount):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    for day in (start.day, 30, 29, 28):
        try:
            return to_workday(date(year, month, min(day, start.day)))
        except ValueError:
            continue
    raise AssertionError(start)


def to_workday(last: date):
    first = last
    while not works(last):
        last += timedelta(days=1)
    return datetime.combine(last, time(23, 59, 59)), first


def count(start: datetime, text: str) -> tuple[datetime, bool]:
    number, unit = text.split()
    amount = int(number)
    if unit in ("minutes", "hours"):
        step = timedelta(minutes=1) if unit == "minutes" else timedelta(hours=1)
        return sum(itertools.repeat(step, amount), timedelta()) + start, False
    rule = {"workdays": by_workdays, "workhours": by_workhours, "months": by_months}
    if unit == "weeks":
        unit, amount = "days", amount * 7
    due, first = rule.get(unit, by_days)(start, amount)
    return due, any(day.year not in KNOWN for day in days_from(first, due.date()))


def interesting() -> list[date]:
    """Each break's eve, second day and last day, and each make-up day, 2019 to 2026."""
    found = {date.fromisoformat(text) for text in FIXED}
    for day in days_from(date(2019, 1, 2), date(2026, 12, 30)):
        weekend, free = day.weekday() > 4, not works(day)
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        odd = free and not weekend  # a holiday that falls on a weekday
        if weekend and not free:
            found.add(day)
        if odd and works(before):
            found |= {before, after}
        if odd and works(after):
            found.add(day)
    return sorted(found)


def weekday(moment: datetime) -> str:
    return "周" + NAMES[moment.weekday()]


def rows():
    lengths, clocks = itertools.cycle(LENGTHS), itertools.cycle(CLOCK.split("|"))
    for day in interesting():
        for _ in range(3):
            text = next(lengths)
            hour, minute = map(int, next(clocks).split(":"))
            start = datetime.combine(day, time(hour, minute))
            due, guessed = count(start, text)
            note = f"{weekday(start)}→{weekday(due)}"
            yield f"{start:%Y-%m-%dT%H:%M}", text, due.isoformat(), "01"[guessed], note


if __name__ == "__main__":
    lines = ["\t".join(("start", "length", "due_at", "provisional", "weekdays"))]
    lines += ["\t".join(row) for row in rows()]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
