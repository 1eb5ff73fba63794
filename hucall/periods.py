"""Months and years as the figures use them; their edges are midnights in Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

FIRST_YEAR = 2015
WRITTEN = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Period:
    """A month or a year: `first` to `last` are days, `start` to `end` moments (end excluded)."""

    key: str
    label: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The midnight at which it begins."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The midnight at which it is over."""
        return midnight(self.last + timedelta(days=1))

    def closed(self, now: datetime) -> bool:
        """Whether it is over."""
        return now >= self.end

    def months(self) -> list[Period]:
        """Its months."""
        if len(self.key) > 4:
            return [self]
        return [month(self.first.year, number) for number in range(1, 13)]


def midnight(day: date) -> datetime:
    """The beginning of a day in Shanghai."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def month(year: int, number: int) -> Period:
    """A month; 0 and 13 are those of the years beside."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    first = date(year, number, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(f"{first:%Y-%m}", f"{year}年{number}月", first, last)


def year(number: int) -> Period:
    """A year."""
    return Period(f"{number}", f"{number}年", date(number, 1, 1), date(number, 12, 31))


def month_of(day: date) -> Period:
    """The month in which a day lies."""
    return month(day.year, day.month)


def last_month(day: date) -> Period:
    """The month before the one in which a day lies."""
    return month(day.year, day.month - 1)


def read(text: str, today: date, *, closed: bool = False) -> Period:
    """The period that an address asks for; nonsense and the future are the usual one.

    Args:
        text: "2026-11" or "2026"; closed: only what is over may be asked for (the usual one is
            then last month, else this year).
    """
    usual = last_month(today) if closed else year(today.year)
    match = WRITTEN.fullmatch(text or "")
    if not match or int(match[1]) < FIRST_YEAR:
        return usual
    found = month(int(match[1]), int(match[2])) if match[2] else year(int(match[1]))
    if found.first > today or (closed and found.last >= today):
        return usual
    return found
