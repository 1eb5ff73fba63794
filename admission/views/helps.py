"""临时协助: a short piece of help, agreed upon and paid for (GX-准入-16, TA-11)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from admission import helping, ledgers
from admission.forms import HelpForm
from admission.models import AdmissionRequest, TemporaryHelp
from admission.posts import DEPARTMENT
from admission.presenting import yuan
from admission.views.following import (
    begin,
    blank,
    departments,
    file_context,
    found_or_404,
    ledger_export,
    ledger_page,
)
from checklist import filing
from governance.presentation import Mark, progress_line
from governance.presenting import fact, name_of
from governance.wording import cn_date


@login_required
@require_safe
def helps(request):
    """The pieces of help in which the reader's units take part."""
    url = reverse("admission:help_new")
    action = {"label": "提出临时协助", "url": url, "icon": "plus", "tone": "go"}
    actions = [action] if request.user.holds(*DEPARTMENT) else []
    return ledger_page(request, ledgers.HELPS, actions)


@login_required
@require_safe
def helps_export(request):
    """Exactly what is filtered, all rows."""
    return ledger_export(request, ledgers.HELPS)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """A department asks a township; perhaps after a request was diverted (`?request=`)."""
    units = departments(request.user, "提出临时协助", "GX-准入-16")
    wanted = filing.number(request.GET.get("request"))
    rows = AdmissionRequest.objects.filter(owner__in=units, state="diverted", outcome="temporary")
    diverted = rows.filter(pk=wanted).first() if wanted else None
    if diverted:
        units = [one for one in units if one.pk == diverted.owner_id]
    record = blank(request, TemporaryHelp, units)
    initial = from_request(diverted) if diverted else {}
    page = {"template": "admission/help_new.html", "by_meeting": helping.by_meeting(record)}
    return begin(request, record, "propose", HelpForm, page, units, initial)


def from_request(diverted) -> dict:
    """What a diverted request says already."""
    towns = diverted.covers
    return {
        "request": diverted.pk,
        "name": diverted.name,
        "content": diverted.content,
        "starts_on": diverted.starts_on,
        "ends_on": diverted.ends_on,
        "unit": towns[0] if len(towns) == 1 else None,
    }


@login_required
@require_safe
def help_page(request, pk: int):
    """One piece of help: what, when, for how much, and whether it was paid."""
    record = found_or_404(TemporaryHelp, request.user, pk)
    context = file_context(request, record, ledgers.HELPS)
    context |= {"facts": facts(record, request.user), "line": line(record)}
    return render(request, "admission/help.html", context)


def facts(record, user) -> list[dict]:
    """Who helps whom, when, for how much."""
    rows = [
        fact("提出部门", record.owner),
        fact("协助乡镇", record.unit),
        fact("种类", record.get_kind_display()),
        fact("起止", f"{cn_date(record.starts_on)}至{cn_date(record.ends_on)}"),
        fact("商定费用", yuan(record.fee)),
        fact("付费期限", cn_date(record.pay_by)),
    ]
    if record.request_id:
        seen = AdmissionRequest.objects.visible_to(user).filter(pk=record.request_id).exists()
        url = record.request.get_absolute_url() if seen else ""
        rows.append(fact("转来的准入申请", record.request.number or record.request.name, url=url))
    if record.agreed_on:
        rows.append(fact("乡镇同意", cn_date(record.agreed_on)))
    if record.opinion:
        rows.append(fact("意见", record.opinion, pre=True))
    if record.meeting_document:
        rows.append(fact("联席会议文号", record.meeting_document))
    if record.paid_on:
        rows.append(fact("已付费用", f"{yuan(record.paid)},{cn_date(record.paid_on)}"))
        rows.append(fact("付费凭证号", record.voucher))
    return rows


STOPPED = ("declined", "cancelled")


def line(record) -> list[dict]:
    """The way of the help as stations; the meeting only where the county has it."""
    moved = dict(record.events.exclude(target="").order_by("id").values_list("step", "at"))
    marks = [
        Mark("部门提出", record.raised_at, name_of(record.owner), clause="GX-准入-16"),
        Mark("乡镇同意", moved.get("agree") or moved.get("agree_for_meeting"),
             name_of(record.unit)),
    ]  # fmt: skip
    if helping.by_meeting(record):
        marks.append(Mark("联席会议批准", moved.get("grant"), clause="TA-11"))
    paid = moved.get("pay") if record.state in ("paid", "done") else None
    marks += [Mark("部门付费", paid), Mark("乡镇确认收到", moved.get("confirm"))]
    return progress_line(record, marks, stopped=record.state in STOPPED)
