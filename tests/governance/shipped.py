"""The shipped schedules as a Calendar, without a database; shared by the tests of working days."""

import csv
from datetime import date, datetime
from pathlib import Path

from governance.workdays import TZ, Calendar, Length

ROOT = Path(__file__).resolve().parents[2]
KINDS = {"放假": "rest", "调休上班": "work"}
KNOWN = range(2019, 2027)


def shipped_rows():
    for path in sorted((ROOT / "fixtures" / "calendar").glob("*.tsv")):
        with path.open(encoding="utf-8") as handle:
            yield from csv.DictReader(handle, delimiter="\t")


ROWS = list(shipped_rows())
CALENDAR = Calendar(
    {date.fromisoformat(row["日期"]): KINDS[row["类型"]] for row in ROWS},
    KNOWN,
    names={date.fromisoformat(row["日期"]): row["名称"] for row in ROWS},
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


def due(start: str, length: str):
    return CALENDAR.due(at(start), Length.parse(length))
