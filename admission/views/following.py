"""What the pages after an approval share: a ledger, a file, the form that begins one."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from admission import ledgers
from admission.papers import papers_for
from admission.posts import DEPARTMENT, TOWNSHIP
from admission.presenting import state_tag
from admission.sections import listed, sections
from checklist import filing
from checklist.paging import address, page_of
from checklist.registers import headings, told
from checklist.views.common import send_file
from checklist.views.registers import active, chosen
from checklist.views.sending import submit
from governance import presentation, sheets
from governance.roles import Role
from governance.steps import Denied, Invalid, Refused

READ = ("county", "owner", "rulebook", "raised_by", "unit", "department", "duty", "request", "slip")


def found_or_404(model, user, pk: int):
    """A record that the user may see, with what its page and its steps read of it."""
    own = {one.name for one in model._meta.get_fields()}
    names = [name for name in READ if name in own]
    found = model.objects.visible_to(user).select_related(*names).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# ------------------------------------------------------------------ ledgers


def ledger_page(request, ledger, actions: list[dict]):
    """A ledger as its address asks."""
    allowed(request.user, ledger)
    form, rows = chosen(request, ledger)
    shown = page_of(ledger.fetched(rows).defer(*ledger.heavy), request.GET)
    context = {
        "ledger": ledger,
        "form": form,
        "active": active(request, form),
        "page": shown,
        "columns": headings(ledger),
        "rows": ledgers.lines(ledger, shown.rows),
        "export_url": reverse(f"admission:{ledger.name}_export") + address(request.GET),
        "actions": actions,
        "sections": sections(request.user, ledger.name),
        "tabs": state_tabs(request, ledger),
    }
    return render(request, "admission/ledger.html", context)


def ledger_export(request, ledger):
    """Exactly what is filtered, all rows."""
    allowed(request.user, ledger)
    _, rows = chosen(request, ledger)
    columns = [one for one in ledger.columns if one.text]
    widths = {one.label: one.width for one in columns}
    sheet = (ledger.title, list(widths), told(ledger, rows))
    name = f"{ledger.title}{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    return send_file(lambda target: sheets.write_xlsx(target, [sheet], widths=widths), name)


def allowed(user, ledger) -> None:
    """Whether the ledger is for the reader at all.

    Raises:
        PermissionDenied: they hold no post that takes part.
    """
    if not user.holds(*ledger.readers):
        who = "、".join(Role(one).label for one in ledger.readers)
        raise PermissionDenied(f"“{ledger.title}”由这些岗位查看:{who}。")


def state_tabs(request, ledger) -> list[dict]:
    """How many stand where: one query; the one that is on leads back to all."""
    rows = ledger.rows(request.user)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    on = request.GET.get("state", "")
    return [
        {
            "label": label,
            "count": counts.get(state, 0),
            "url": address(request.GET, state=None if on == state else state),
            "active": on == state,
        }
        for state, label in ledger.model.State.choices
        if state != "new" and (counts.get(state) or on == state)
    ]


# ------------------------------------------------------------------ a file


def file_context(request, record, ledger) -> dict:
    """What every file shows: state, clocks, papers, trail, next steps."""
    user = request.user
    files = presentation.files_of(record, user)
    return {
        "record": record,
        "tags": [state_tag(record)],
        "ledger": ledger,
        "list_url": listed(user, ledger.name),
        "clocks": [one for one in presentation.clocks_of(record, user) if one["running"]],
        "files": files,
        "papers": papers_for(record, user),
        "trail": presentation.trail_of(record, user, request.GET.get("trail"), files),
        "trail_url": reverse("trail", args=presentation.place(record)),
        "steps": presentation.steps_for(record, user),
    }


# ------------------------------------------------------------------ beginning one


def units_of(user, roles, words: str, clause: str = "") -> list:
    """The units for which this person may begin something.

    Raises:
        Denied: none; `words` say who may, by which clause.
    """
    held = [p for p in user.posts_held() if p.role in roles and p.county_id]
    units = list({post.unit_id: post.unit for post in held}.values())
    if not units:
        raise Denied(words, clause)
    return units


def departments(user, what: str, clause: str = "") -> list:
    """Departments for which this person acts; `what` it is that only they do."""
    return units_of(user, DEPARTMENT, f"{what}由县级部门经办人员办理。", clause)


def townships(user, what: str, clause: str = "") -> list:
    """Townships for which this person acts; `what` it is that only they do."""
    return units_of(user, TOWNSHIP, f"{what}由乡镇(街道)经办人员办理。", clause)


def blank(request, model, units: list):
    """An unsaved record of one of the units.

    Raises:
        PermissionDenied: the county has no rulebook in force.
    """
    now = timezone.now()
    wanted = filing.number(request.POST.get("source") or request.GET.get("source"))
    owner = next((one for one in units if one.pk == wanted), units[0])
    if not filing.has_rulebook(owner.county, now):
        raise PermissionDenied("本县还没有生效的制度方案,暂不能办理,请联系系统管理员。")
    return filing.begun(model, owner, now)


def begin(request, record, step: str, form_class, page: dict, units: list, initial: dict):
    """Show the form of a first step, or do it once; nothing typed is lost when it is refused.

    Args:
        page: `template`, and what else the template shows; initial: what is known already.
    """

    def shown(form, status=200, refusal=""):
        for field in form.fields.values():
            if getattr(field, "empty_label", "") == "---------":
                field.empty_label = "请选择"
        context = page | {
            "form": form,
            "record": record,
            "units": units if len(units) > 1 else [],
            "token": request.POST.get("token") or uuid4().hex,
            "refusal": refusal,
        }
        return render(request, page["template"], context, status=status)

    if request.method != "POST":
        return shown(form_class(record=record, actor=request.user, initial=initial))
    try:
        made, again = submit(request, record, step)
    except Invalid as refusal:
        return shown(refusal.form, 400)
    except (Refused, ValidationError) as refusal:
        form = form_class(request.POST, record=record, actor=request.user)
        form._errors = {}
        words = getattr(refusal, "message", "") or ";".join(getattr(refusal, "messages", ()))
        return shown(form, getattr(refusal, "status", 400), words)
    said = "刚才已经办理,没有重复提交。" if again else f"已办理,文号 {made.number}。"
    messages.success(request, said)
    return redirect(made)
