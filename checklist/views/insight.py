"""Before a decision and between two: impact preview, duty conflicts, gap radar, and the notice
to a unit that should apply.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from checklist import access, conflicts, impact, resources, selectors
from checklist.models import Application, Edition
from checklist.views.common import query_without, send_file
from checklist.views.printing import record_or_404
from governance import rulebooks
from governance.models import Unit

PAGE = 25


@login_required
@require_GET
def application_impact(request, pk: int):
    """The impact preview: a fragment for the application's page, a page of its own without."""
    record = record_or_404(Application, request.user, pk)
    found = impact.preview(record, request.user, timezone.now())
    name = "checklist/_impact.html" if request.htmx else "checklist/impact.html"
    return render(request, name, {"impact": found, "application": record})


# ------------------------------------------------------------------ conflicts


def examined(request) -> Edition | None:
    """The current edition of a county whose list the reader examines.

    Raises:
        PermissionDenied: neither 编办 nor platform operator.
    """
    counties = access.examined_counties(request.user)
    if not counties:
        raise PermissionDenied("清单体检由编办和平台管理员使用。")
    county = Unit.objects.filter(pk__in=counties).order_by("code").first()
    return selectors.current_edition(county)


def findings_of(edition: Edition) -> list[conflicts.Finding]:
    """All findings of an edition today."""
    book = edition.rulebook or rulebooks.latest(edition.county)
    flows = bool(book and book.value("checklist.process"))
    return conflicts.find(edition, timezone.localdate(), flows)


@login_required
@require_GET
def conflicts_page(request):
    """What does not fit in the list in force, by kind."""
    edition = examined(request)
    if edition is None:
        return render(request, "checklist/none.html", {"may_draft": False})
    found = findings_of(edition)
    kind = request.GET.get("kind", "")
    shown = [one for one in found if one.kind == kind] if kind in conflicts.KINDS else found
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 7 else 0
    back, more = max(start - PAGE, 0), len(shown) > start + PAGE
    rows = [{"finding": one, "notify": notify_url(request.user, edition, one)}
            for one in shown[start : start + PAGE]]  # fmt: skip
    context = {
        "edition": edition,
        "rows": rows,
        "total": len(shown),
        "kind": kind if kind in conflicts.KINDS else "",
        "tabs": kind_tabs(request, found, kind),
        "prev_url": query_without(request, "after", **({"after": str(back)} if back else {}))
        if start
        else None,
        "next_url": query_without(request, after=str(start + PAGE)) if more else None,
        "export_url": reverse("checklist:conflicts_export") + query_without(request, "after"),
    }
    return render(request, "checklist/conflicts.html", context)


def kind_tabs(request, found: list, kind: str) -> list[dict]:
    """All, and each kind that occurs."""
    tabs = [{"label": "全部", "url": query_without(request, "kind", "after") , "count": len(found),
             "active": kind not in conflicts.KINDS}]  # fmt: skip
    for one in conflicts.counts(found):
        url = query_without(request, "after", kind=one["kind"])
        active = one["kind"] == kind
        tabs.append({"label": one["label"], "url": url, "count": one["count"], "active": active})
    return tabs


@login_required
@require_GET
def conflicts_export(request):
    """The same as a workbook, all rows."""
    edition = examined(request)
    if edition is None:
        raise Http404
    kind = request.GET.get("kind", "")
    found = [one for one in findings_of(edition) if kind in ("", one.kind)]
    return send_file(lambda target: resources.write_findings(target, found), "清单体检.xlsx")


# ------------------------------------------------------------------ radar


def number(request, name: str, usual: int, least: int, most: int) -> int:
    """A number from the address, within its bounds."""
    text = request.GET.get(name, "")
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else usual
    return min(max(value, least), most)


@login_required
@require_GET
def radar(request):
    """What recurs in the calls and hints at a gap in the list."""
    counties = access.examined_counties(request.user)
    if not counties:
        raise PermissionDenied("清单缺口由编办和平台管理员查看。")
    county = Unit.objects.filter(pk__in=counties).order_by("code").first()
    least = number(request, "least", 3, 2, 100)
    days = number(request, "days", 365, 30, 1000)
    kinds = impact.asked("kinds")
    kind = request.GET.get("kind", "")
    since = timezone.now() - timedelta(days=days)
    found = impact.asked("lacks", county, request.user, least, since, kind)
    notifies = access.may_notify(request.user, county.pk)
    context = {
        "rows": [{"lack": one, "notify": lack_url(one) if notifies else ""} for one in found],
        "least": least,
        "days": days,
        "kinds": kinds,
        "kind": kind,
    }
    return render(request, "checklist/radar.html", context)


# ------------------------------------------------------------------ the notice to a unit


def notify_url(user, edition: Edition, finding: conflicts.Finding) -> str:
    """Where 编办 writes the notice that a finding suggests; empty for others."""
    if not access.may_notify(user, edition.county_id):
        return ""
    given = {"item": finding.item_id, "text": finding.text, "occurred_on": timezone.localdate()}
    given["unit"] = finding.unit.pk if finding.unit else ""
    return reverse("checklist:cause_new") + "?" + urlencode(given)


def lack_url(lack: impact.Lack) -> str:
    """Where 编办 writes the notice that a gap suggests."""
    given = {"source": "radar", "item": lack.item_id or "", "text": lack.text}
    given["occurred_on"] = timezone.localdate()
    given |= {"unit": lack.unit_id or "", "kind": "" if lack.item_id else "add"}
    return reverse("checklist:cause_new") + "?" + urlencode(given)
