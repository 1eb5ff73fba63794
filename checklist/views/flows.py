"""Run flows: the page of one, its paper's rows, and the import into a first draft."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from checklist import access, flow_intake, flowcharts, selectors
from checklist.forms import FlowUploadForm
from checklist.models import EditionItem, Item
from checklist.views.common import draft_county, edition_or_404, shown, wrong_day
from governance.steps import Refused


def flow_context(member: EditionItem) -> dict:
    """What _flowchart.html draws of an item in an edition."""
    rows = flowcharts.rows_of(member.flowchart) if member.flowchart_id else []
    return {"rows": rows, "drawings": flowcharts.drawings(rows, member.revision.name)}


def member_or_404(request, pk: int, edition) -> EditionItem:
    """An item as it stands in an edition that the reader may see.

    Raises:
        Http404: it does not stand there, or the reader has no post in its county.
    """
    found = Item.objects.filter(pk=pk, county__in=access.counties(request.user)).first()
    if found is None or edition is None:
        raise Http404
    rows = edition.members.select_related("revision", "flowchart", "edition__owner")
    member = rows.filter(item=found).first()
    if member is None:
        raise Http404
    return member


@login_required
@require_GET
def flowchart(request, pk: int):
    """施工图 and 说明书 of one item in an edition (`edition`, `as_of`; else the current one)."""
    seen = shown(request)
    if seen.problem:
        return wrong_day(request, seen)
    member = member_or_404(request, pk, seen.edition)
    query = seen.query
    context = {
        "member": member,
        "edition": seen.edition,
        "seen": seen,
        "revision": member.revision,
        "flow": flow_context(member),
        "item_url": reverse("checklist:item", args=[pk]) + query,
        "paper_query": query,
    }
    return render(request, "checklist/flowchart.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def upload(request, pk: int):
    """Import the flows of a county's first draft from a sheet; all of it or nothing."""
    county = draft_county(request)
    edition = edition_or_404(request, pk)
    if edition.county_id != county.pk:
        raise Http404
    form = FlowUploadForm(request.POST or None, request.FILES or None)
    faults, status = [], 200
    if request.method == "POST":
        form = FlowUploadForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                outcome = flow_intake.import_flows(edition, upload.read(), upload.name)
            except Refused as refusal:
                context = {"message": refusal.message, "clause": refusal.clause,
                           "url": edition.get_absolute_url()}  # fmt: skip
                return render(request, "409.html", context, status=409)
            if not outcome.faults:
                words = f"已导入 {outcome.items} 个事项的运行流程,共 {outcome.steps} 步。"
                messages.success(request, words)
                return redirect(edition)
            faults = outcome.faults
        status = 400
    context = {
        "form": form,
        "edition": edition,
        "faults": [fault.as_dict() for fault in faults],
        "open": flow_intake.may_import(edition),
        "drawn": selectors.drawn(edition),
    }
    return render(request, "checklist/flow_upload.html", context, status=status)
