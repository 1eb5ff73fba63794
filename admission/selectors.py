"""Figures about what townships have taken on: read by the 负荷台账 and by later apps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from admission.ledger_filters import GIVEN, IN_FORCE
from admission.models import AdmittedDuty, Support
from governance.models import Unit

NOTHING = Decimal(0)


@dataclass
class Load:
    """What one township carries by admission, and what it has received for it.

    Attributes:
        unit: the township. duties: duties that bind it; departments: the same by department, as
        (unit, number), the most first; lapsed: duties past their end that still await their exit.
        staff: people who have come; confirmed: of these confirmed by the township.
        asked: money (yuan) that the requests behind the duties name, each for all its townships;
        allotted, spent: money (yuan) of the duties that bind.
        support: promises of these duties; given: of these delivered; overdue: not come in time;
        strained: duties with at least one of the latter.
    """

    unit: Unit
    duties: int = 0
    departments: list[tuple[Unit, int]] = field(default_factory=list)
    lapsed: int = 0
    staff: int = 0
    confirmed: int = 0
    asked: Decimal = NOTHING
    allotted: Decimal = NOTHING
    spent: Decimal = NOTHING
    support: int = 0
    given: int = 0
    overdue: int = 0
    strained: int = 0

    @property
    def balance(self) -> Decimal:
        """What is left of the money, in yuan."""
        return self.allotted - self.spent


FIGURES = (
    *("duties", "lapsed", "staff", "confirmed", "allotted", "spent"),
    *("support", "given", "overdue", "strained"),
)
"""Attributes that may be added up over townships (`asked` may not: it is named per request)."""


def townships_of(county: Unit | int) -> list[Unit]:
    """The townships of a county, in the order of its register."""
    rows = Unit.objects.active().filter(county=county, kind=Unit.Kind.TOWNSHIP)
    return list(rows.order_by("code"))


def loads(duties, townships: list[Unit], today: date) -> list[Load]:
    """The load of each township: four queries, however many townships and duties there are.

    Args:
        duties: the duties that count, as a queryset (all of a county, or what somebody may see);
            townships: one row each, those without duties as well; today: for what is overdue.
    """
    found = {unit.pk: Load(unit) for unit in townships}
    duties = duties.filter(unit__in=list(found)).order_by()
    count_duties(found, duties)
    bound = duties.filter(state__in=IN_FORCE)
    count_departments(found, bound)
    count_support(found, bound, today)
    return list(found.values())


def load_of(county: Unit, today: date) -> list[Load]:
    """The load of every township of a county, for other apps."""
    return loads(AdmittedDuty.objects.filter(county=county), townships_of(county), today)


def count_duties(found: dict[int, Load], duties) -> None:
    """Numbers and money, from the duties themselves."""
    bound = Q(state__in=IN_FORCE)
    rows = duties.values("unit").annotate(
        duties=Count("pk", bound),
        lapsed=Count("pk", Q(state="lapsed")),
        asked=Sum("request__funds", filter=bound),
        allotted=Sum("allotted", filter=bound),
        spent=Sum("spent", filter=bound),
    )
    for row in rows:
        load = found[row.pop("unit")]
        for name, value in row.items():
            setattr(load, name, value or getattr(load, name))


def count_departments(found: dict[int, Load], bound) -> None:
    """Who has handed down how much: two queries."""
    rows = list(bound.values_list("unit", "department").annotate(n=Count("pk")))
    units = Unit.objects.in_bulk({department for _, department, _ in rows})
    for unit, department, number in sorted(rows, key=lambda row: (-row[2], units[row[1]].code)):
        found[unit].departments.append((units[department], number))


def count_support(found: dict[int, Load], bound, today: date) -> None:
    """What was promised with the duties, and what has come."""
    given, late = Q(state__in=GIVEN), Q(state="promised", due_on__lt=today)
    rows = (
        Support.objects.filter(duty__in=bound.values("pk"))
        .order_by()
        .values("unit")
        .annotate(
            support=Count("pk"),
            given=Count("pk", given),
            overdue=Count("pk", late),
            strained=Count("duty", late, distinct=True),
            staff=Sum("people", filter=given & Q(kind="staff")),
            confirmed=Sum("people", filter=Q(state="confirmed", kind="staff")),
        )
    )
    for row in rows:
        load = found[row.pop("unit")]
        for name, value in row.items():
            setattr(load, name, value or 0)


def total(rows: list[Load]) -> dict:
    """The sums over townships."""
    return {name: sum(getattr(row, name) for row in rows) for name in FIGURES}
