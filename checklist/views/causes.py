"""Causes: recording one, notifying a unit that should apply, the page of one."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from checklist import filing
from checklist.access import may_notify
from checklist.change_forms import CauseForm
from checklist.models import Application, Cause
from checklist.models.states import AWAITING
from checklist.presenting import state_tag
from checklist.views.common import found_or_404
from checklist.views.sending import submit
from governance import presentation
from governance.roles import Role
from governance.steps import Invalid, Refused

LAPSES = {
    "county_proposal": (
        "县委、县政府可以直接提出调整建议,系统会为其起草依职权申请。",
        "GX-清单-26",
    ),
    "rectify": ("编办、司法局责令限期整改;仍未落实的,移送纪检监察机关。", "JQ-清单-24"),
    "none": ("到期提醒并逐级上报。", "GX-清单-22"),
}


@login_required
@require_safe
def cause(request, pk: int):
    """One cause: who owes an application, until when, and what follows otherwise."""
    record = found_or_404(Cause, request.user, pk)
    user = request.user
    files = presentation.files_of(record, user)
    trail = presentation.trail_of(record, user, request.GET.get("trail"), files)
    rows = Application.objects.visible_to(user).filter(cause=record).order_by("id")
    context = {
        "cause": record,
        "tags": [state_tag(record)],
        "facts": facts(record),
        "applications": [
            {"record": one, "tag": state_tag(one)} for one in rows.select_related("owner")
        ],
        "apply_url": apply_url(record, user),
        "lapse": lapse(record),
        "clocks": presentation.clocks_of(record, user),
        "files": files,
        "trail": trail,
        "trail_url": reverse("trail", args=presentation.place(record)),
        "steps": presentation.steps_for(record, user),
    }
    return render(request, "checklist/cause.html", context)


def facts(record) -> list[dict]:
    """Who, what, when."""
    rows = [
        {"label": "应申请单位", "value": record.unit},
        {"label": "登记单位", "value": record.owner},
        {"label": "来源", "value": record.get_source_display()},
        {"label": "事由发生日", "value": f"{record.occurred_on:%Y年%m月%d日}"},
    ]
    if record.known_on:
        rows.append({"label": "知悉日", "value": f"{record.known_on:%Y年%m月%d日}"})
    if record.item:
        url = reverse("checklist:item", args=[record.item_id])
        rows.append({"label": "清单事项", "value": record.item, "url": url})
    if record.kind:
        rows.append({"label": "调整类型", "value": record.get_kind_display()})
    return rows


def apply_url(record, user) -> str:
    """Where the owing unit applies; empty for everybody else."""
    owing = any(one.pk == record.unit_id for one in filing.sources(user))
    if record.state not in AWAITING or not owing:
        return ""
    return reverse("checklist:application_new") + f"?cause={record.pk}"


def lapse(record) -> dict:
    """What the county's text says of an application that is not made in time."""
    key = record.rulebook.value("adjust.overdue")
    words, clause = LAPSES.get(key, LAPSES["none"])
    return {"words": words, "clause": record.cited(clause)}


PREFILLED = ("unit", "item", "kind", "ground", "text", "occurred_on")
"""What an address may say of a cause that is to be recorded (findings link here)."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Record a cause of one's own unit; as 编办 notify another unit."""
    now, units = timezone.now(), filing.causers(request.user)
    if not units:
        raise PermissionDenied("调整事由由部门、乡镇(街道)和编办登记。")
    wanted = filing.number(request.POST.get("source"))
    owner = next((one for one in units if one.pk == wanted), units[0])
    if not filing.has_rulebook(owner.county, now):
        raise PermissionDenied("本县还没有生效的制度方案,暂不能登记,请联系系统管理员。")
    record = filing.begun(Cause, owner, now)
    if request.GET.get("source") == Cause.Source.RADAR and may_notify(
        request.user, owner.county_id
    ):
        record.source = Cause.Source.RADAR
    if request.method != "POST":
        initial = {name: request.GET[name] for name in PREFILLED if request.GET.get(name)}
        form = CauseForm(record=record, actor=request.user, initial=initial)
        return shown(request, record, units, form)
    try:
        made, again = submit(request, record, "record")
    except Invalid as refusal:
        return shown(request, record, units, refusal.form, status=400)
    except (Refused, ValidationError) as refusal:
        form = CauseForm(request.POST, record=record, actor=request.user)
        form._errors = {}
        words = getattr(refusal, "message", "") or ";".join(getattr(refusal, "messages", ()))
        return shown(request, record, units, form, status=409, refusal=words)
    if again:
        messages.info(request, "刚才已经登记,没有重复登记。")
    else:
        messages.success(request, f"已登记,文号 {made.number}。")
    return redirect(made)


def shown(request, record, units: list, form, *, status=200, refusal=""):
    """The page on which a cause is recorded."""
    form.fields["item"].widget.choices = [("", "请选择(选填)"), *filing.item_choices(form.edition)]
    form.fields["unit"].empty_label = "请选择单位"
    since = filing.day_in(form["occurred_on"].value())
    context = {
        "form": form,
        "notifying": request.user.holds(Role.BIANBAN),
        "units": units if len(units) > 1 else [],
        "owner": record.owner,
        "token": request.POST.get("token") or uuid4().hex,
        "deadline": filing.deadline(record.county, record.rulebook, since, timezone.now()),
        "lapse": lapse(record),
        "refusal": refusal,
    }
    return render(request, "checklist/cause_new.html", context, status=status)
