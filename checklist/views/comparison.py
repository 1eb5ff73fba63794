"""Any two editions side by side: item by item or column by column, on the page and as a sheet."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from checklist import comparing, resources
from checklist.models import Edition
from checklist.views.common import county_of, edition_or_404, query_without, send_file

VIEWS = (("item", "按事项"), ("column", "按栏目"))


@login_required
@require_GET
def choose(request):
    """Any two editions of the own county, chosen in a form."""
    county = county_of(request)
    pair = [request.GET.get(name, "") for name in ("older", "newer")]
    if all(one.isdecimal() and len(one) < 15 for one in pair):
        return redirect("checklist:compare", pk=int(pair[1]), other=int(pair[0]))
    rows = Edition.objects.visible_to(request.user).filter(county=county)
    context = {"editions": rows.exclude(state="dropped").order_by("-serial")}
    return render(request, "checklist/compare_choose.html", context)


@login_required
@require_GET
def compare(request, pk: int, other: int):
    """Two editions in two colours; ?view=column gathers the changes by column."""
    older, newer = pair_or_404(request, pk, other)
    view = request.GET.get("view", "item")
    difference = comparing.compare(older, newer)
    rows = Edition.objects.visible_to(request.user).filter(county=newer.county_id)
    context = {
        "newer": newer,
        "older": older,
        "difference": difference,
        "view": view if view in dict(VIEWS) else "item",
        "tabs": [
            {"label": label, "url": query_without(request, view=name), "active": name == view}
            for name, label in VIEWS
        ],
        "columns": difference.by_column() if view == "column" else [],
        "editions": rows.exclude(state="dropped").order_by("-serial"),
    }
    return render(request, "checklist/compare.html", context)


@login_required
@require_GET
def export(request, pk: int, other: int):
    """The same comparison as a workbook: what came, went, and changed, column by column."""
    older, newer = pair_or_404(request, pk, other)
    difference = comparing.compare(older, newer)
    name = f"清单对照-第{older.serial}版与第{newer.serial}版.xlsx"
    return send_file(
        lambda target: resources.write_difference(target, older, newer, difference), name
    )


def pair_or_404(request, pk: int, other: int) -> tuple[Edition, Edition]:
    """Two editions of one county that the reader may see, as (older, newer)."""
    newer, older = edition_or_404(request, pk), edition_or_404(request, other)
    if newer.county_id != older.county_id:
        raise Http404
    return older, newer
