"""The registers of applications and causes: filtered, by cursor, exported as filtered."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from checklist import access, registers
from checklist.filters import OPEN
from checklist.models import Application, Cause
from checklist.models.states import AWAITING, ENDED
from checklist.paging import address, page_of
from checklist.views.common import send_file
from governance import sheets
from governance.roles import Role

SHOWN = ("draft", "submitted", "returned", "reviewing", "approved")
"""States that stand as tabs above the register, with their numbers."""


@login_required
@require_safe
def applications(request):
    """The register of applications."""
    return page(request, registers.APPLICATIONS, application_tabs(request))


@login_required
@require_safe
def causes(request):
    """The register of causes."""
    return page(request, registers.CAUSES, cause_tabs(request))


@login_required
@require_safe
def applications_export(request):
    """Exactly what is filtered, all rows."""
    return export(request, registers.APPLICATIONS)


@login_required
@require_safe
def causes_export(request):
    """As above."""
    return export(request, registers.CAUSES)


def page(request, register, tabs):
    """A register as its address asks."""
    allowed(request.user, register)
    form, rows = chosen(request, register)
    shown = page_of(register.fetched(rows).defer(*register.heavy), request.GET)
    context = {
        "register": register,
        "form": form,
        "active": active(request, form),
        "page": shown,
        "columns": registers.headings(register),
        "rows": registers.lines(register, shown.rows),
        "export_url": reverse(f"checklist:{register.name}_export") + address(request.GET),
        "actions": actions(request.user),
        "tabs": tabs,
        "kinds": sections(request, register),
    }
    return render(request, "checklist/register.html", context)


def export(request, register):
    """The workbook of a register."""
    allowed(request.user, register)
    _, rows = chosen(request, register)
    columns = [one for one in register.columns if one.text]
    widths = {one.label: one.width for one in columns}
    sheet = (register.title, list(widths), registers.told(register, rows))
    name = f"清单{register.title}{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    return send_file(lambda target: sheets.write_xlsx(target, [sheet], widths=widths), name)


READERS = {"applications": access.CHANGERS, "causes": access.CAUSE_READERS}


def allowed(user, register) -> None:
    """Whether the register is for the reader at all.

    Raises:
        PermissionDenied: they hold no post that takes part in changes of the list.
    """
    if not user.holds(*READERS[register.name]):
        raise PermissionDenied("清单调整只有申请、受理、审批岗位可以查看。")


def chosen(request, register):
    """The filter form, and the rows that fit."""
    rows = register.rows(request.user)
    form = register.filter(request.GET, rows=rows)
    return form, form.apply(rows)


def active(request, form) -> list[dict]:
    """The filters that are on, each with the address without it."""
    return [
        {"label": form.words(name), "url": address(request.GET, **{name: None})}
        for name in form.fields
        if name in form.wanted
    ]


def sections(request, register) -> list[dict]:
    """The two registers, and composing for 编办, as tabs."""
    both = (registers.APPLICATIONS, registers.CAUSES)
    found = [one for one in both if request.user.holds(*READERS[one.name])]
    tabs = [{"label": one.title, "url": one.url, "active": one is register} for one in found]
    if request.user.holds(Role.BIANBAN):
        tabs.append({"label": "编制新版本", "url": reverse("checklist:compose")})
    return tabs


def application_tabs(request) -> list[dict]:
    """How many applications stand where: one query."""
    rows = Application.objects.visible_to(request.user).exclude(state__in=ENDED)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    labels = dict(Application.State.choices)
    return state_tabs(
        request, sum(counts.values()), [(one, labels[one], counts.get(one, 0)) for one in SHOWN]
    )


def cause_tabs(request) -> list[dict]:
    """How many causes await an application: one query."""
    rows = Cause.objects.visible_to(request.user).filter(state__in=AWAITING)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    labels = dict(Cause.State.choices)
    shown = [(one, labels[one], counts[one]) for one in AWAITING if one in counts]
    return state_tabs(request, sum(counts.values()), shown)


def state_tabs(request, number: int, states) -> list[dict]:
    """Counted links into the register; the one that is on leads back to all."""
    on = request.GET.get("state", "")
    found = [(OPEN, "未办结", number), *states]
    return [
        {
            "label": label,
            "count": count,
            "url": address(request.GET, state=None if on == state else state),
            "active": on == state,
        }
        for state, label, count in found
        if count or on == state
    ]


def actions(user) -> list[dict]:
    """The buttons at the head of a register."""
    found = []
    if user.holds(*access.APPLICANTS, Role.BIANBAN, Role.COUNTY):
        url = reverse("checklist:application_new")
        found.append({"label": "提出调整申请", "url": url, "icon": "plus", "tone": "go"})
    if user.holds(*access.APPLICANTS, Role.BIANBAN):
        label = "通知单位申请" if user.holds(Role.BIANBAN) else "登记事由"
        found.append({"label": label, "url": reverse("checklist:cause_new"), "icon": "flag"})
    return found
