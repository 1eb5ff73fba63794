"""Aggregates kept ready: the county's figures of a period, and a closed month's satisfaction.

A page reads one row. The running figures are computed by a task every few minutes, and by the page
when they are missing, too old, or so cheap that they may as well be live. Computing is a constant
number of grouped statements over (county, opened_at) and (county, raised_at).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from governance import rulebooks
from governance.models import Unit
from hucall import statistics
from hucall.models import Call, Digest, Response, Suspension
from hucall.periods import Period, read
from hucall.statistics import Rates, Tally, department_of

FRESH = timedelta(minutes=1)
STALE, STALE_CLOSED = timedelta(minutes=15), timedelta(days=1)
CHEAP_MS = 250
LISTED = 10
WEEKS = 12
IN_USE = timedelta(days=2)
SETTLED = timedelta(hours=1)
"""How long after its end a month's batch is drawn: no transaction of the month is open then."""

SELF_RECORDED = Q(state="self_handled", verified_at=None)
FILED = ~Q(number="") & ~Q(state="withdrawn") & ~SELF_RECORDED


# ------------------------------------------------------------------ reading


def running(county: Unit, period: Period, now: datetime, *, fresh: bool = False) -> Digest:
    """The county's figures of a period.

    Args:
        fresh: the reader asked for new ones; granted when they are older than a minute.
    """
    row = Digest.objects.filter(county=county, kind="running", period=period.key).first()
    if row and good_enough(row, now - row.computed_at, period.closed(now), fresh):
        note_reader(row, now)
        return row
    return refresh(county, period, now, asked=now)


def good_enough(row: Digest, age: timedelta, closed: bool, fresh: bool) -> bool:
    """Whether figures may be shown as they are: a minute old, or dear and kept up by the task."""
    if age < FRESH:
        return True
    return row.took_ms > CHEAP_MS and not fresh and age < (STALE_CLOSED if closed else STALE)


def note_reader(row: Digest, now: datetime) -> None:
    """Remember, once an hour, that somebody reads these figures, so that they are kept up."""
    if row.asked_at is None or now - row.asked_at > timedelta(hours=1):
        Digest.objects.filter(pk=row.pk).update(asked_at=now)


def refresh(county: Unit, period: Period, now: datetime, asked: datetime | None = None) -> Digest:
    """Compute the figures anew and keep them; two at once write the same row."""
    began = monotonic()
    data = build(county, period, now)
    took = round((monotonic() - began) * 1000)
    values = {"computed_at": now, "took_ms": took, "data": data}
    if asked:
        values["asked_at"] = asked
    row, _ = Digest.objects.update_or_create(
        county=county, kind=Digest.Kind.RUNNING, period=period.key, defaults=values
    )
    return row


def refresh_all(now: datetime) -> int:
    """Keep up the figures of running periods that somebody has looked at lately.

    Returns:
        How many were computed.
    """
    rows = Digest.objects.filter(kind="running", asked_at__gte=now - IN_USE)
    today, done = timezone.localdate(now), 0
    for row in rows.select_related("county").defer("data"):
        period = read(row.period, today)
        batches(row.county, period, now)
        if not period.closed(now) and now - row.computed_at >= FRESH:
            refresh(row.county, period, now)
            done += 1
    return done


# ------------------------------------------------------------------ computing


def build(county: Unit, period: Period, now: datetime) -> dict:
    """All figures of a period as plain values; a constant number of statements."""
    start, end = period.start, period.end
    found = statistics.rates(county.pk, start, end, now)
    return {
        "rates": [asdict(row) for row in found.values()],
        "townships": townships(county, start, end),
        "weeks": weeks(county, chart_start(period, now), end),
        "breaches": breaches(county, chart_start(period, now), end),
        "heat": heat(county, start, end),
        "oldest": oldest(county),
        "suspended": suspended(county),
        "answers": [
            [one.department, one.township, one.level, one.number]
            for one in statistics.answers(county.pk, dispatched=(start, end), asof=now)
        ],
    }


def chart_start(period: Period, now: datetime) -> datetime:
    """Charts by week cover the period, and at least twelve weeks up to its end."""
    last = min(period.end, now)
    return min(period.start, last - timedelta(weeks=WEEKS))


def townships(county: Unit, start: datetime, end: datetime) -> list[dict]:
    """By township: calls filed, urgent, open, recognised as over-calls, handled by itself."""
    rows = Call.objects.filter(county=county, raised_at__gte=start, raised_at__lt=end)
    return list(
        rows.values("owner")
        .annotate(
            filed=Count("pk", filter=FILED),
            urgent=Count("pk", filter=FILED & Q(kind="urgent")),
            open=Count("pk", filter=FILED & Q(state__in=Call.OPEN)),
            over=Count("pk", filter=Q(over_call=True)),
            own=Count("pk", filter=SELF_RECORDED),
        )
        .order_by("owner")
    )


def weeks(county: Unit, start: datetime, end: datetime) -> list[list]:
    """[Monday, township, calls filed, of these urgent] for every week and township."""
    rows = Call.objects.filter(FILED, county=county, raised_at__gte=start, raised_at__lt=end)
    grouped = (
        rows.annotate(week=TruncWeek("raised_at"))
        .values("week", "owner")
        .annotate(filed=Count("pk"), urgent=Count("pk", filter=Q(kind="urgent")))
        .order_by("week", "owner")
    )
    return [[monday(row["week"]), row["owner"], row["filed"], row["urgent"]] for row in grouped]


def breaches(county: Unit, start: datetime, end: datetime) -> list[list]:
    """[Monday, department, limit, how many broke] of the parts that are owed."""
    rows = statistics.opened(county.pk, start - timedelta(days=120), end)
    rows = rows.filter(
        excluded=False,
        state__in=Response.OWED,
        clocks__kind="promise",
        clocks__cancelled=False,
        clocks__name__in=["sign_in", "arrive", "finish"],
        clocks__breached_at__gte=start,
        clocks__breached_at__lt=end,
    )
    grouped = (
        rows.annotate(week=TruncWeek("clocks__breached_at"))
        .values("week", "department", "clocks__name")
        .annotate(number=Count("clocks"))
        .order_by("week", "department", "clocks__name")
    )
    return [
        [monday(row["week"]), row["department"], row["clocks__name"], row["number"]]
        for row in grouped
    ]


def monday(moment) -> str:
    """The day with which a week begins."""
    return f"{timezone.localdate(moment):%Y-%m-%d}"


def heat(county: Unit, start: datetime, end: datetime) -> list[list]:
    """[township, department, calls] for every pair that met."""
    rows = statistics.opened(county.pk, start, end).filter(state__in=Response.OWED)
    grouped = rows.values("owner", "department").annotate(number=Count("call", distinct=True))
    return [
        [row["owner"], row["department"], row["number"]]
        for row in grouped.order_by("owner", "department")
    ]


def oldest(county: Unit) -> list[int]:
    """The ids of the calls that have been open for longest."""
    rows = Call.objects.filter(FILED, county=county, state__in=Call.OPEN)
    return list(rows.order_by("raised_at", "pk").values_list("pk", flat=True)[:LISTED])


def suspended(county: Unit) -> list[list]:
    """[suspension, department] of all that is suspended today, soonest review first."""
    units = Unit.objects.filter(county=county).values("pk")
    parts = Response.objects.filter(unit__in=units, state=Response.State.SUSPENDED)
    rows = Suspension.objects.filter(response__in=parts.values("pk"), decision="granted")
    found = rows.annotate(department=department_of("response__")).order_by("review_on", "pk")
    return [list(row) for row in found.values_list("pk", "department")]


# ------------------------------------------------------------------ what was computed


def rates_of(data: dict) -> list[Rates]:
    """The departments' rates from a running digest."""
    return [Rates(**row) for row in data["rates"]]


def answers_of(data: dict) -> list[statistics.Answers]:
    """The answers from a running digest; for the platform's eyes alone."""
    return [statistics.Answers(*row) for row in data["answers"]]


# ------------------------------------------------------------------ a closed month's satisfaction


def batches(county: Unit, period: Period, now: datetime, *, missing: bool = True) -> list[dict]:
    """The batches of the closed months of a period; each is drawn once and stands from then on.

    Args:
        missing: draw those that are not there yet; a page of a large county leaves it to the task.

    Returns:
        By month {"shown": {department: [satisfied, mostly, dissatisfied]}, "withheld":
        [departments], "total": […] or None, "min_group": n}.
    """
    months = [one for one in period.months() if now >= one.end + SETTLED]
    rows = Digest.objects.filter(county=county, kind="batch", period__in=[m.key for m in months])
    known = {row.period: row.data for row in rows}
    return [
        known.get(one.key) or keep(county, one, now)
        for one in months
        if missing or one.key in known
    ]


def keep(county: Unit, period: Period, now: datetime) -> dict:
    """Draw a month's batch; of two at once the first one stands."""
    data = draw(county, period, now)
    row, _ = Digest.objects.get_or_create(
        county=county,
        kind=Digest.Kind.BATCH,
        period=period.key,
        defaults={"computed_at": now, "data": data},
    )
    return row.data


def draw(county: Unit, period: Period, now: datetime) -> dict:
    """What was said in a month, without what too few have said."""
    least = rulebooks.in_force(county, timezone.localdate(now)).value("min_group")
    found = statistics.answers(county.pk, given=(period.start, period.end), asof=period.end)
    cells = statistics.publish(statistics.tallies(found), least)
    return {
        "shown": {str(key): numbers(cell) for key, cell in sorted(cells.shown.items())},
        "withheld": sorted(cells.withheld),
        "total": numbers(cells.total) if cells.total else None,
        "min_group": least,
    }


def numbers(cell: Tally) -> list[int]:
    """Satisfied, mostly, dissatisfied."""
    return [cell.satisfied, cell.mostly, cell.dissatisfied]


def together(found: list[dict]) -> tuple[dict[int, Tally], Tally]:
    """What some months' batches show, by department and in all.

    Only what each month shows on its own is added up, so that months cannot be subtracted.
    """
    cells: dict[int, Tally] = defaultdict(Tally)
    whole = Tally()
    for data in found:
        for key, (satisfied, mostly, bad) in data["shown"].items():
            cell = cells[int(key)]
            cell.satisfied += satisfied
            cell.mostly += mostly
            cell.dissatisfied += bad
        for name, number in zip(statistics.LEVELS, data["total"] or (0, 0, 0), strict=True):
            setattr(whole, name, getattr(whole, name) + number)
    return dict(cells), whole
