"""What the bulk calls are made of: moments, texts and search terms, prepared once as text."""

import random
import tomllib
from datetime import datetime, time, timedelta
from itertools import product
from pathlib import Path

from django.conf import settings
from django.db import connection

from governance.search import BREAK, coded, terms
from governance.workdays import TZ, Calendar
from hucall.models import Call

PHRASES = Path(settings.FIXTURES_ROOT) / "seed" / "phrases.toml"
VARIANTS = 20_000
"""Different texts; each call adds its own number to one of them."""
SLOT = 10  # minutes
SLOTS_A_DAY = 42
WINDOWS = ((time(8, 30), 21), (time(14, 0), 21))
"""Office hours as (begin, slots); the bulk counties keep the default hours."""
NUMBER_TOKENS, TASK_PLACE = 6, 80
"""Positions before the texts: 甲呼〔2026〕15号 gives five tokens and a break; room for a title."""


class Grid:
    """Office moments ten minutes apart, oldest first, as the database takes them."""

    def __init__(self, calendar: Calendar, now: datetime, back: int, ahead: int):
        """`back` and `ahead` in working days around the working day at or before now."""
        today = now.astimezone(TZ).date()
        last = today if calendar.is_workday(today) else calendar.workday_shift(today, -1)
        self.days = [calendar.workday_shift(last, shift) for shift in range(-back, ahead + 1)]
        self.moments = [
            moment
            for day in self.days
            for begin, slots in WINDOWS
            for moment in slots_from(datetime.combine(day, begin, TZ), slots)
        ]
        self.text = [written(moment) for moment in self.moments]
        self.close = [written(datetime.combine(day, time(17, 30), TZ)) for day in self.days]
        self.now = sum(moment <= now for moment in self.moments) - 1
        self.now_text = written(now.astimezone(TZ))  # texts of moments sort as moments do
        self.years = [moment.year for moment in self.moments]

    def workdays(self, start: int, count: int) -> tuple[str, int]:
        """The end of a limit in working days: as text, and the first slot after it."""
        day = start // SLOTS_A_DAY + count
        return self.close[day], (day + 1) * SLOTS_A_DAY

    def workhours(self, start: int, count: int) -> tuple[str, int]:
        """The end of a limit in working hours."""
        slot = start + count * 60 // SLOT
        return self.text[slot], slot


def slots_from(begin: datetime, slots: int) -> list[datetime]:
    return [begin + timedelta(minutes=SLOT * count) for count in range(slots)]


def written(moment: datetime) -> str:
    """UTC as text: PostgreSQL wants the zone, SQLite keeps none."""
    text = (moment - moment.utcoffset()).strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}+00" if connection.vendor == "postgresql" else text


class Texts:
    """Titles, texts and places with their search terms."""

    def __init__(self, dice: random.Random):
        words = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
        known = list(product(words["places"], words["problems"], words["details"]))
        chosen = dice.sample(known, min(VARIANTS, len(known)))
        self.title = [place + problem for place, problem, _ in chosen]
        self.text = [f"{place}{problem}:{detail}" for place, problem, detail in chosen]
        self.place = [place for place, _, _ in chosen]
        rows = zip(self.title, self.text, self.place, strict=True)
        self.call_terms = [packed(NUMBER_TOKENS, *row, "") for row in rows]  # no self-check reason
        self.title_terms = [packed(NUMBER_TOKENS, title) for title in self.title]
        self.tasks, self.results = words["tasks"], words["results"]
        self.reasons = words["reasons"]
        self.part_terms = {
            (task, result): packed(TASK_PLACE, task, result)
            for task in self.tasks
            for result in ("", *self.results)
        }

    def __len__(self):
        return len(self.title)


def packed(before: int, *texts: str) -> str:
    """The search column's text for some texts that stand after `before` other tokens."""
    value = terms(*texts)
    if connection.vendor == "postgresql":
        value = f"{BREAK} " * before + value
    field = Call._meta.get_field("terms")
    return field.get_db_prep_value(value, connection)


def number_terms(mark: str, year: int, place: int) -> str:
    """The search column's text for a document number."""
    if connection.vendor == "postgresql":
        return f"'{mark}呼':1 '呼':2 '{year}':3 '{place}':4 '号':5 "
    return " ".join(map(coded, terms(f"{mark}呼〔{year}〕{place}号").split())) + " "
