"""准入经费公开: what was given to whom for which duty, and on what it was spent (GX-准入-14).

No names, no vouchers, nothing of whoever has entered it: sums by purpose alone.
"""

from __future__ import annotations

from functools import partial

from django.db.models import Sum
from django.shortcuts import render
from django.views.decorators.http import require_safe

from admission.models import AdmittedDuty, FundEntry
from admission.presenting import yuan
from checklist.views.public import FRESH, frame, public
from governance.models import Unit

PAGE = 30


@require_safe
@partial(public, switch="admission.public")
def funds(request, county, book):
    """Duties with money, the newest first; perhaps of one township."""
    rows = AdmittedDuty.objects.filter(county=county, entries__kind=FundEntry.Kind.ALLOT)
    rows = rows.exclude(state="new").distinct().order_by("-pk")
    towns = Unit.objects.filter(pk__in=rows.order_by().values("unit")).order_by("code")
    unit, after = digits(request.GET.get("unit")), digits(request.GET.get("after"))
    if unit:
        rows = rows.filter(unit=unit)
    sums = totals(rows)
    if after:
        rows = rows.filter(pk__lt=after)
    page = list(rows.select_related("unit", "department")[: PAGE + 1])
    context = frame(
        county, book,
        duties=told(page[:PAGE]), townships=towns, unit=unit, sums=sums,
        more=page[PAGE - 1].pk if len(page) > PAGE else None, start=after,
    )  # fmt: skip
    answer = render(request, "public/funds.html", context)
    answer.headers["Cache-Control"] = FRESH
    return answer


def digits(text: str | None) -> int:
    """A number of the address; 0 for nonsense."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def totals(rows) -> dict:
    """The sums over all that is shown."""
    found = AdmittedDuty.objects.filter(pk__in=rows.order_by().values("pk"))
    sums = found.aggregate(allotted=Sum("allotted"), spent=Sum("spent"))
    allotted, spent = sums["allotted"] or 0, sums["spent"] or 0
    return {
        "count": found.count(),
        "allotted": f"{allotted:,.2f}",
        "spent": f"{spent:,.2f}",
        "balance": f"{allotted - spent:,.2f}",
    }


def told(duties: list) -> list[dict]:
    """Each duty with its money by purpose: one query for the page."""
    purposes: dict[int, list] = {}
    spent = FundEntry.objects.filter(duty__in=duties, kind=FundEntry.Kind.SPEND)
    rows = spent.order_by().values_list("duty", "purpose").annotate(sum=Sum("amount"))
    for duty, purpose, total in sorted(rows, key=lambda row: (-row[2], row[1])):
        purposes.setdefault(duty, []).append({"purpose": purpose, "sum": yuan(total)})
    return [
        {
            "duty": one,
            "allotted": yuan(one.allotted),
            "spent": yuan(one.spent),
            "balance": yuan(one.balance),
            "purposes": purposes.get(one.pk, []),
        }
        for one in duties
    ]
