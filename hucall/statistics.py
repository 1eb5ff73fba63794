"""Figures of 乡呼县应: rates with numerator and denominator, and satisfaction (GX-呼应-16; 附三 1).

Pure reads, each a constant number of grouped statements over (county, opened_at). An agency's
response counts for its parent department (decision 31); a department owes one response per call
(decision 6). Nothing is rounded before it is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Case, Count, DateTimeField, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from hucall.models import CallbackAnswer, Rating, Response

WEIGHTS = {"satisfied": Decimal(1), "mostly": Decimal("0.6"), "dissatisfied": Decimal("0.2")}
LEVELS = tuple(WEIGHTS)
LONGEST = timedelta(days=400)
"""How long before a period a part may have been opened on which something happens in it."""


def department_of(place: str = "") -> Case:
    """The unit for which a response counts: an agency's parent, else the unit itself.

    Args:
        place: how the response is reached from the rows that are read, e.g. "response__".
    """
    agency = {f"{place}unit__kind": "agency", f"{place}unit__parent__isnull": False}
    return Case(When(**agency, then=F(f"{place}unit__parent")), default=F(f"{place}unit"))


DEPARTMENT = department_of()


# ------------------------------------------------------------------ rates


@dataclass
class Rates:
    """What one department owed in a period and what became of it; all are numbers of calls.

    `owed` is without what was rightly returned, transferred, withdrawn, excluded by decision,
    only copied, or suspended; the last four numbers say how much that was.
    """

    department: int
    owed: int = 0
    signed: int = 0
    signed_late: int = 0
    finished: int = 0
    finished_late: int = 0
    silent: int = 0
    overdue: int = 0
    suspended: int = 0
    excluded: int = 0
    returned: int = 0
    refused: int = 0

    @property
    def signed_on_time(self) -> int:
        """Signed in before the limit."""
        return self.signed - self.signed_late

    @property
    def finished_on_time(self) -> int:
        """Finished before the limit, whatever the round."""
        return self.finished - self.finished_late

    def counted(self, on_time_only: bool) -> tuple[int, int]:
        """(signed, finished) as the county counts them (rulebook `rates.on_time_only`)."""
        if on_time_only:
            return self.signed_on_time, self.finished_on_time
        return self.signed, self.finished


NUMBERS = tuple(Rates.__dataclass_fields__)[1:]


def total(rows: Iterable[Rates]) -> Rates:
    """The sum over departments."""
    found = Rates(0)
    for row in rows:
        for name in NUMBERS:
            setattr(found, name, getattr(found, name) + getattr(row, name))
    return found


def opened(county: int, start: datetime, end: datetime):
    """The parts dispatched in a period, each with the department for which it counts."""
    rows = Response.objects.filter(county=county, opened_at__gte=start, opened_at__lt=end)
    return rows.annotate(department=DEPARTMENT)


COUNTED = Q(excluded=False) & Q(
    state__in=[state for state in Response.OWED if state != Response.State.SUSPENDED]
)
DONE = Q(state=Response.State.FINISHED)


def calls(*conditions: Q) -> Count:
    """The number of different calls among the rows that fit."""
    wanted = Q()
    for one in conditions:
        wanted &= one
    return Count("call", distinct=True, filter=wanted)


def rates(county: int, start: datetime, end: datetime, now: datetime) -> dict[int, Rates]:
    """The rates of every department that was called in a period; two statements.

    Args:
        county: id; start, end: the period of the dispatch, end excluded; now: for limits that
            have passed without a sweep having seen it.

    Returns:
        {department id: Rates}. 承接率 = signed ÷ owed, 办结率 = finished ÷ owed (decision 6).
    """
    rows = opened(county, start, end)
    refused = Q(state__in=["waiting", "working", "suspended", "finished"]) & ~Q(reason="")
    counted = rows.values("department").annotate(
        owed=calls(COUNTED),
        signed=calls(COUNTED, Q(signed_in_at__isnull=False)),
        unfinished=calls(COUNTED, ~DONE),
        suspended=calls(Q(excluded=False, state=Response.State.SUSPENDED)),
        excluded_calls=calls(Q(excluded=True, state__in=Response.OWED)),
        returned=Count("pk", filter=Q(state=Response.State.RETURNED)),
        refused=Count("pk", filter=refused),
    )
    found = {}
    for row in counted.order_by():
        unfinished, excluded = row.pop("unfinished"), row.pop("excluded_calls")
        found[row["department"]] = Rates(
            **row, finished=row["owed"] - unfinished, excluded=excluded
        )
    for row in lateness(rows, now):
        for name in ("signed_late", "finished_late", "silent", "overdue"):
            setattr(found[row["department"]], name, row[name])
    return found


def late(now: datetime) -> Q:
    """A promise that was broken, swept or not; one that was called off never counts."""
    broken = Q(clocks__breached_at__isnull=False)
    passed = Q(clocks__met_at=None, clocks__paused_at=None, clocks__due_at__lt=now)
    return Q(clocks__kind="promise", clocks__cancelled=False) & (broken | passed)


def lateness(rows, now: datetime):
    """By department: calls signed in late, finished late, never signed in, and overdue today."""
    unfinished = Response.objects.filter(COUNTED & ~DONE, call=OuterRef("call"))
    unfinished = unfinished.annotate(mine=DEPARTMENT).filter(mine=OuterRef("department"))
    sign_in, finish = Q(clocks__name="sign_in"), Q(clocks__name="finish")
    seen = Q(signed_in_at__isnull=False)
    rows = rows.filter(COUNTED & late(now) & (sign_in | finish))
    return (
        rows.alias(whole=~Exists(unfinished))
        .values("department")
        .annotate(
            signed_late=calls(sign_in, seen),
            silent=calls(sign_in, ~seen),
            finished_late=calls(finish, DONE, Q(whole=True)),
            overdue=calls(finish, ~DONE),
        )
        .order_by()
    )


# ------------------------------------------------------------------ satisfaction


@dataclass
class Tally:
    """Answers about one department: how many of each level, and from whom.

    `raters` are the townships whose calls the answers are about: they are what could be
    recognised.
    """

    satisfied: int = 0
    mostly: int = 0
    dissatisfied: int = 0
    raters: set[int] = field(default_factory=set)

    @property
    def answers(self) -> int:
        """How many valid answers."""
        return self.satisfied + self.mostly + self.dissatisfied

    @property
    def rate(self) -> Decimal | None:
        """满意率 = (满意×1.0 + 基本满意×0.6 + 不满意×0.2) ÷ answers, unrounded (GX-考评-08)."""
        if not self.answers:
            return None
        weighed = sum(WEIGHTS[level] * getattr(self, level) for level in LEVELS)
        return weighed / self.answers

    def add(self, level: str, number: int, rater: int) -> None:
        """Take up some answers of one township's calls."""
        setattr(self, level, getattr(self, level) + number)
        self.raters.add(rater)


@dataclass(frozen=True)
class Answers:
    """How often the people behind one township's calls said one thing of one department."""

    department: int
    township: int
    level: str
    number: int


def answers(
    county: int,
    *,
    dispatched: tuple[datetime, datetime] | None = None,
    given: tuple[datetime, datetime] | None = None,
    asof: datetime,
) -> list[Answers]:
    """The valid answers of a county; two statements.

    Of each response the last round that was rated is judged. The caller's callback answer goes
    before the township's own rating, which stands in where the caller was not reached; the people
    served have one answer of their own; no answer is no answer (decisions 7, 29).

    Args:
        dispatched: the responses by their dispatch (a year's assessment);
        given: or the answers by the moment at which they were given (a month's batch);
        asof: nothing that was said later is known.
    """
    first, last = dispatched or (given[0] - LONGEST, given[1])
    found = []
    for rows in (of_callers(asof), of_served(asof)):
        rows = rows.filter(county=county, opened_at__gte=first, opened_at__lt=last).filter(COUNTED)
        if given:
            rows = rows.filter(moment__gte=given[0], moment__lt=given[1])
        grouped = rows.values("department", "owner", "said").annotate(number=Count("pk"))
        found += [
            Answers(row["department"], row["owner"], row["said"], row["number"])
            for row in grouped.order_by()
        ]
    return found


def judged(asof: datetime):
    """The round of a response that was rated last."""
    rows = Rating.objects.filter(response=OuterRef("pk"), state="rated", rated_at__lt=asof)
    return rows.order_by("-round")


def heard(who: str, asof: datetime):
    """What `who` answered in the callback on the judged round, if reached."""
    return CallbackAnswer.objects.filter(
        callback__response=OuterRef("pk"),
        callback__round=OuterRef("judged"),
        callback__state="done",
        callback__done_at__lt=asof,
        who=who,
        reached=True,
    )


def of_callers(asof: datetime):
    """Responses with what the caller said: by callback, else by the township's own rating."""
    rows, said = judged(asof), heard(CallbackAnswer.Who.CALLER, asof)
    return (
        Response.objects.alias(judged=Subquery(rows.values("round")[:1]))
        .filter(judged__isnull=False)
        .annotate(
            department=DEPARTMENT,
            said=Coalesce(Subquery(said.values("level")[:1]), Subquery(rows.values("level")[:1])),
            moment=Coalesce(
                Subquery(said.values("callback__done_at")[:1], output_field=DateTimeField()),
                Subquery(rows.values("rated_at")[:1]),
            ),
        )
    )


def of_served(asof: datetime):
    """Responses with what the people served said."""
    rows, said = judged(asof), heard(CallbackAnswer.Who.SERVED, asof)
    return (
        Response.objects.alias(judged=Subquery(rows.values("round")[:1]))
        .annotate(
            department=DEPARTMENT,
            said=Subquery(said.values("level")[:1]),
            moment=Subquery(said.values("callback__done_at")[:1]),
        )
        .filter(said__isnull=False)
    )


def tallies(found: Iterable[Answers]) -> dict[int, Tally]:
    """The answers by department."""
    cells: dict[int, Tally] = defaultdict(Tally)
    for one in found:
        cells[one.department].add(one.level, one.number, one.township)
    return dict(cells)


def summed(cells: Iterable[Tally]) -> Tally:
    """The answers of some departments together."""
    found = Tally()
    for cell in cells:
        for level in LEVELS:
            setattr(found, level, getattr(found, level) + getattr(cell, level))
        found.raters |= cell.raters
    return found


@dataclass(frozen=True)
class Published:
    """What may be shown: the departments by id, those withheld, and the sum or None."""

    shown: dict[int, Tally]
    withheld: frozenset[int]
    total: Tally | None


def publish(cells: Mapping[int, Tally], min_group: int) -> Published:
    """Leave out what too few have answered, also what a subtraction would reveal.

    A department with fewer than `min_group` raters is withheld. What is withheld can be had
    together, as the sum less what is shown: so it is enlarged, smallest first, until it holds two
    departments and `min_group` raters; where that cannot be, the sum is withheld too.
    """
    cells = {key: cell for key, cell in cells.items() if cell.answers}
    hidden = {key for key, cell in cells.items() if len(cell.raters) < min_group}
    rest = sorted(set(cells) - hidden, key=lambda key: (cells[key].answers, key))
    while hidden and rest and not covered(cells, hidden, min_group):
        hidden.add(rest.pop(0))
    whole = summed(cells.values())
    safe = not hidden or covered(cells, hidden, min_group)
    enough = safe and len(whole.raters) >= min_group
    return Published(
        {key: cell for key, cell in cells.items() if key not in hidden},
        frozenset(hidden),
        whole if enough else None,
    )


def covered(cells: Mapping[int, Tally], hidden: set[int], min_group: int) -> bool:
    """Whether the withheld departments taken together reveal nobody."""
    return len(hidden) > 1 and len(summed(cells[key] for key in hidden).raters) >= min_group


# ------------------------------------------------------------------ showing


def two_places(value: Decimal) -> str:
    """Two places, half up (decision 8)."""
    return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def percent(numerator: int, denominator: int) -> str:
    """95.00%, or — where nothing was owed (never 0% or 100% of nothing)."""
    if not denominator:
        return "—"
    return two_places(Decimal(numerator) * 100 / Decimal(denominator)) + "%"
