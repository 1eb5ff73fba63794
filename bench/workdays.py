"""Row 9 of the performance goals: adding working days, singly and a million at once.

`python -m bench.workdays` prints the figures; `measure()` gives them to `make bench`. The raw
marks stand beside each figure and are measured in the same run, rounds interleaved: numpy's look-up
in a ready table, once from dates to dates as an application holds them, once as a bare gather on
an integer array that is already there. No Django, no database.
"""

import csv
import json
import random
import statistics
import time
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

import numpy

from governance.workdays import BASE, DAYS, TZ, Calendar, Length, datetime

SCHEDULES = Path(__file__).resolve().parents[1] / "fixtures" / "calendar"
KINDS = {"放假": "rest", "调休上班": "work"}
ADDED, ROUNDS, SINGLE, MANY = 10, 5, 200_000, 1_000_000
SEED = 9


def shipped() -> Calendar:
    """The schedules that the product ships, as a calendar."""
    days = {}
    for path in SCHEDULES.glob("*.tsv"):
        with path.open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle, delimiter="\t"):
                days[date.fromisoformat(row["日期"])] = KINDS[row["类型"]]
    return Calendar(days, (int(path.stem) for path in SCHEDULES.glob("*.tsv")))


def seconds(work, *arguments) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def day_loop(calendar: Calendar, day: date, count: int) -> date:
    """What one would write first: walk day by day."""
    while count:
        day += timedelta(days=1)
        count -= calendar.is_workday(day)
    return day


def numpy_table(calendar: Calendar) -> numpy.ndarray:
    """For each indexed day the day number of its ADDED-th working day, where there is one."""
    opened = [calendar.is_workday(day) for day in DAYS]
    worked = [offset for offset, works in enumerate(opened) if works]
    ranks = accumulate(opened)
    last = len(worked) - 1
    return numpy.array([worked[min(rank + ADDED - 1, last)] for rank in ranks], dtype="int64")


def rounds(works: dict) -> dict[str, float]:
    """Median seconds of each work; one round runs them all, so that noise hits them alike."""
    taken = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, (work, *arguments) in works.items():
            taken[name].append(seconds(work, *arguments))
    return {name: statistics.median(values) for name, values in taken.items()}


def measure() -> dict:
    """The figures of row 9."""
    calendar, chance = shipped(), random.Random(SEED)
    days = [date(2019, 1, 1) + timedelta(days=chance.randrange(2_800)) for _ in range(MANY)]
    few = days[:SINGLE]
    starts = [datetime(d.year, d.month, d.day, 16, tzinfo=TZ) for d in few]
    length, table = Length(ADDED, "workdays"), numpy_table(calendar)
    base = numpy.datetime64(DAYS[0], "D")
    offsets = numpy.array([day.toordinal() - BASE for day in days], dtype="int64")

    def dates_by_numpy():
        numbers = (numpy.array(days, dtype="datetime64[D]") - base).astype("int64")
        return (base + table[numbers]).tolist()

    found = rounds(
        {
            "shift": (lambda: [calendar.workday_shift(day, ADDED) for day in few],),
            "due": (lambda: [calendar.due(start, length) for start in starts],),
            "loop": (lambda: [day_loop(calendar, day, ADDED) for day in few[:2_000]],),
            "many": (calendar.shift_many, days, ADDED),
            "numpy_dates": (dates_by_numpy,),
            "numpy_gather": (table.take, offsets),
        }
    )
    differ = sum(
        a != b for a, b in zip(calendar.shift_many(days, ADDED), dates_by_numpy(), strict=True)
    )
    span = DAYS[date(2019, 1, 1).toordinal() - BASE : date(2026, 12, 31).toordinal() - BASE]
    walked = sum(
        calendar.workday_shift(day, n) != day_loop(calendar, day, n)
        for day in span
        for n in (1, 5, 20)
    )
    return {
        "row": 9,
        "what": f"加 {ADDED} 个工作日",
        "call_us": round(found["shift"] / SINGLE * 1e6, 3),
        "due_us": round(found["due"] / SINGLE * 1e6, 3),
        "day_loop_us": round(found["loop"] / 2_000 * 1e6, 3),
        "million_s": round(found["many"], 4),
        "numpy_dates_s": round(found["numpy_dates"], 4),
        "numpy_gather_s": round(found["numpy_gather"], 4),
        "ratio_to_numpy_dates": round(found["many"] / found["numpy_dates"], 3),
        "ratio_to_bare_gather": round(found["many"] / found["numpy_gather"], 1),
        "disagreements": differ + walked,
        "goal": "每次 ≤ 3 µs;百万个日期 ≤ numpy 查表的 5 倍;与日历表 0 处不一致",
        "met": found["shift"] / SINGLE <= 3e-6
        and found["many"] <= 5 * found["numpy_dates"]
        and not differ + walked,
    }


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False, indent=2))
