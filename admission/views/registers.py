"""The lists of requests and exits: filtered, by cursor, exported as filtered."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from admission import filing, registers
from admission.posts import TAKING_PART
from admission.sections import sections
from checklist.paging import page_of
from checklist.registers import headings, lines, told
from checklist.views.common import send_file
from checklist.views.registers import active, address, chosen, state_tabs
from governance import sheets


@login_required
@require_safe
def requests(request):
    """The list of requests."""
    return page(request, registers.REQUESTS)


@login_required
@require_safe
def exits(request):
    """The list of exits."""
    return page(request, registers.EXITS)


@login_required
@require_safe
def requests_export(request):
    """Exactly what is filtered, all rows."""
    return export(request, registers.REQUESTS)


@login_required
@require_safe
def exits_export(request):
    """As above."""
    return export(request, registers.EXITS)


def page(request, register):
    """A list as its address asks."""
    allowed(request.user)
    form, rows = chosen(request, register)
    shown = page_of(register.fetched(rows).defer(*register.heavy), request.GET)
    context = {
        "register": register,
        "form": form,
        "active": active(request, form),
        "page": shown,
        "columns": headings(register),
        "rows": lines(register, shown.rows),
        "export_url": reverse(f"admission:{register.name}_export") + address(request.GET),
        "actions": actions(request.user, register),
        "tabs": tabs(request, register),
        "sections": sections(request.user, register.name),
    }
    return render(request, "admission/register.html", context)


def export(request, register):
    """The workbook of a list."""
    allowed(request.user)
    _, rows = chosen(request, register)
    columns = [one for one in register.columns if one.text]
    widths = {one.label: one.width for one in columns}
    sheet = (register.title, list(widths), told(register, rows))
    name = f"{register.title}{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    return send_file(lambda target: sheets.write_xlsx(target, [sheet], widths=widths), name)


def allowed(user) -> None:
    """Whether the list is for the reader at all.

    Raises:
        PermissionDenied: they hold no post that takes part in admission.
    """
    if not user.holds(*TAKING_PART):
        raise PermissionDenied("交办事项准入只有申请、承接、审批和财政岗位可以查看。")


def tabs(request, register) -> list[dict]:
    """How many are in which state: one query."""
    rows = register.model.objects.visible_to(request.user).exclude(state__in=register.ended)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    labels = register.model.State.choices
    shown = [(one, label, counts[one]) for one, label in labels if one in counts]
    return state_tabs(request, sum(counts.values()), shown)


def actions(user, register) -> list[dict]:
    """The button to begin, for whom the county's rulebook lets begin."""
    if register is registers.REQUESTS and filing.may_apply(user):
        url = reverse("admission:request_new")
        return [{"label": "提出准入申请", "url": url, "icon": "plus", "tone": "go"}]
    if register is registers.EXITS and filing.may_leave(user):
        url = reverse("admission:exit_new")
        return [{"label": "提出退出申请", "url": url, "icon": "plus", "tone": "go"}]
    return []
