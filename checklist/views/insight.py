"""Before a decision and between two: impact preview, duty conflicts, gap radar, and the notice
to a unit that should apply.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from checklist import access, conflicts, impact, resources, selectors
from checklist.change_forms import CauseForm
from checklist.models import Application, Cause, Edition
from checklist.views.common import county_of, query_without, send_file
from checklist.views.printing import record_or_404
from governance import rulebooks
from governance.models import Unit
from governance.perform import adopt_rulebook, perform
from governance.roles import Role
from governance.steps import Invalid, Refused

PAGE = 100
PREFILLED = ("unit", "item", "kind", "ground", "text", "occurred_on")


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
    start = int(after) if after.isdecimal() and len(after) < 7 else 0
    more = len(shown) > start + PAGE
    rows = [{"finding": one, "notify": notify_url(request.user, edition, one)}
            for one in shown[start : start + PAGE]]  # fmt: skip
    context = {
        "edition": edition,
        "rows": rows,
        "total": len(shown),
        "tabs": kind_tabs(request, found, kind),
        "first_url": query_without(request, "after") if start else None,
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
    notifies = may_notify(request.user, county.pk)
    context = {
        "rows": [{"lack": one, "notify": lack_url(one) if notifies else ""} for one in found],
        "least": least,
        "days": days,
        "kinds": kinds,
        "kind": kind,
    }
    return render(request, "checklist/radar.html", context)


# ------------------------------------------------------------------ the notice to a unit


def may_notify(user, county_id: int) -> bool:
    """编办 tells a unit that it should apply (GX-清单-04)."""
    return any(p.role == Role.BIANBAN and p.county_id == county_id for p in user.posts_held())


def notify_url(user, edition: Edition, finding: conflicts.Finding) -> str:
    """Where 编办 writes the notice that a finding suggests; empty for others."""
    if not may_notify(user, edition.county_id):
        return ""
    given = {"item": finding.item_id, "text": finding.text,
             "unit": finding.unit.pk if finding.unit else ""}  # fmt: skip
    return reverse("checklist:notify") + "?" + urlencode(given)


def lack_url(lack: impact.Lack) -> str:
    """Where 编办 writes the notice that a gap suggests."""
    given = {"source": "radar", "item": lack.item_id or "", "text": lack.text}
    given |= {"unit": lack.unit_id or "", "kind": "" if lack.item_id else "add"}
    return reverse("checklist:notify") + "?" + urlencode(given)


@login_required
@require_http_methods(["GET", "POST"])
def notify(request):
    """通知单位申请: a cause, prefilled from a finding, that 编办 records for a unit."""
    county = county_of(request)
    post = next((p for p in request.user.posts_held() if p.role == Role.BIANBAN and p.county_id),
                None)  # fmt: skip
    if post is None:
        raise PermissionDenied("通知单位申请由编办办理。")
    radar_found = request.GET.get("source") == "radar"
    source = Cause.Source.RADAR if radar_found else Cause.Source.NOTICE
    record = Cause(county=post.unit.county or county, owner=post.unit, source=source)
    form, status = None, 200
    if request.method == "POST":
        try:
            made = perform(record, "record", actor=request.user, facts=request.POST)
            messages.success(request, f"已通知{made.unit}申请,文号 {made.number}。")
            return redirect(made)
        except Invalid as refusal:
            form, status = refusal.form, 400
        except Refused as refusal:
            context = {"message": refusal.message, "clause": refusal.clause}
            return render(request, "409.html", context, status=409)
    if form is None:
        now = timezone.now()
        adopt_rulebook(record, now)
        initial = {name: request.GET[name] for name in PREFILLED if request.GET.get(name)}
        initial = {"occurred_on": timezone.localdate(now)} | initial
        form = CauseForm(record=record, actor=request.user, at=now, initial=initial)
    context = {"form": form, "radar": radar_found, "action": request.get_full_path()}
    return render(request, "checklist/notify.html", context, status=status)
