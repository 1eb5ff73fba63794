"""Steps whose form wants more than its fields: dispatch with one row per department, merging
into a call that looks alike, returning beside earlier rulings.

The doing, the refusals and the second click are the core's (governance.views.steps); only what
the form looks like is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.perform import adopt_rulebook, allow, check_open, perform, steps_of
from governance.presenting import name_of
from governance.steps import Invalid, Refused, Stale, StepClosed
from governance.views import steps as core
from hucall import selectors
from hucall.filepage import SPECIAL
from hucall.loaded import calls_for_page
from hucall.models import Response
from hucall.models.states import Duty
from hucall.views.calls import page_context
from hucall.views.common import found_or_404


@dataclass(frozen=True)
class Special:
    """How the form of a step looks: its template, what it needs, and what is done to the form."""

    template: str
    context: Callable | None = None
    tune: Callable | None = None


def dispatch_context(request, record, form) -> dict:
    """One row per department, proposed ones first; contacts, likely duplicates."""
    shown = list(form.rows()) if form else []
    rest = [unit for unit in form.candidates if unit.pk not in {row["unit"].pk for row in shown}]
    rest = [
        {"unit": unit, "chosen": False, "duty": "assist", "task": ""}
        for unit in sorted(rest, key=lambda unit: (unit.kind != "agency", unit.code))
    ]
    return {
        "rows": shown,
        "rest": rest,
        "duties": [
            one for one in Duty.choices if not (record.dispatched_at and one[0] == Duty.LEAD)
        ],
        "alike": alike(request.user, record) if not record.dispatched_at else [],
    }


def alike(user, call) -> list:
    """Calls that may be about the same thing."""
    return selectors.duplicates(
        user,
        call.county_id,
        title=call.title,
        place=call.place,
        item=call.item_id,
        now=timezone.now(),
        besides=call.pk,
    )


def tune_items(form, record) -> None:
    """The list items by category, in the words of the edition."""
    form.fields["item"].widget.choices = [("", "未对应"), *selectors.item_choices(record.county)]


def tune_merge(form, record) -> None:
    """Calls by number and title, those that look alike first."""
    form.fields["into"].label_from_instance = lambda call: f"{call.number} {call.title}"
    rows = form.fields["into"].queryset.select_related(None).order_by("-id")
    form.fields["into"].queryset = rows.defer("text", "terms", "summary")


def merge_context(request, record, form) -> dict:
    """The calls that look alike, to be chosen with one tap."""
    return {"alike": alike(request.user, record)}


def return_context(request, record, form) -> dict:
    """Rulings on the same item: they say what will come of a return (decision 28)."""
    call = record.call
    return {"precedents": selectors.precedents(call.county_id, call.item_id, call.title)}


DISPATCH = Special("hucall/_step_dispatch.html", dispatch_context)
RETURN = Special("hucall/_step_return.html", return_context)
FORMS = {
    "dispatch": Special("hucall/_step_dispatch.html", dispatch_context, tune_items),
    "add_units": DISPATCH,
    "merge": Special("hucall/_step_merge.html", merge_context, tune_merge),
    "propose_return": RETURN,
    "accept_return": RETURN,
    "uphold_return": RETURN,
    "transfer": RETURN,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_step(request, pk: int, name: str):
    """A step of a call with a form of its own."""
    return step_page(request, found_or_404(calls_for_page(), request.user, pk), "call", name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def response_step(request, pk: int, name: str):
    """A step of a part with a form of its own."""
    rows = Response.objects.select_related("call", "unit", "county", "owner", "rulebook")
    return step_page(request, found_or_404(rows, request.user, pk), "response", name)


def step_page(request, record, kind: str, name: str):
    """GET: the form, or why the step is closed. POST: do it."""
    if name not in SPECIAL[kind]:
        raise Http404
    known = steps_of(type(record))[name]
    at = timezone.now()
    if request.method == "POST":
        return done(request, record, name, known)
    try:
        adopt_rulebook(record, at)
        check_open(record, name, known, at)
        allow(record, known, request.user)
    except Refused as refusal:
        return core.closed(request, record, name, known, refusal)
    form = known.form_class()(record=record, actor=request.user, at=at)
    return panel(request, record, name, known, form)


def done(request, record, name: str, known):
    """Do the step; a refusal shows the form again with all that was typed."""
    version = core.read_version(request.POST.get("version"))
    given = {"facts": request.POST, "files": request.FILES}
    try:
        fresh = perform(record, name, actor=request.user, version=version, **given)
    except Invalid as refusal:
        return panel(request, record, name, known, refusal.form, 400)
    except Stale as refusal:
        return stale(request, record, name, known, version, refusal)
    except StepClosed as refusal:
        if core.repeated(request, record, name, known, version):
            return core.away(request, record, known)
        form = core.typed(request, record, known)
        return core.closed(request, record, name, known, refusal, form=form)
    except Refused as refusal:
        return core.closed(request, record, name, known, refusal)
    except ValidationError as error:
        refusal = Refused(";".join(error.messages))
        form = core.typed(request, record, known)
        return panel(request, record, name, known, form, 400, refusal)
    return core.away(request, fresh, known)


def stale(request, record, name: str, known, version: int, refusal):
    """Somebody has moved the record meanwhile: say what happened, keep what was typed."""
    now = found_or_404(type(record).objects.all(), request.user, record.pk)
    if core.repeated(request, now, name, known, version):
        return core.away(request, now, known)
    form = core.typed(request, now, known)
    try:
        check_open(now, name, known, timezone.now())
        allow(now, known, request.user)
    except Refused as reason:
        return core.closed(request, now, name, known, reason, form=form)
    words = Stale(core.changes(request, now, version) or refusal.message, refusal.clause)
    return panel(request, now, name, known, form, 409, words)


def panel(request, record, name: str, known, form, status: int = 200, refusal=None):
    """The form as a fragment, or opened on the page of the call."""
    special = FORMS[name]
    if special.tune:
        special.tune(form, record)
    context = {
        "record": record,
        "unit": name_of(record.unit) if hasattr(record, "unit") else "",
        "label": known.label,
        "action": request.path,
        "form": form,
        "version": record.version,
        "cancel_url": record.get_absolute_url(),
        "clause": known.clause,
        "refusal": refusal.message if refusal else "",
        "stale": isinstance(refusal, Stale),
        "fresh_url": record.get_absolute_url(),
    }
    if special.context:
        context |= special.context(request, record, form)
    if request.htmx:
        return render(request, special.template, context, status=status)
    call = found_or_404(calls_for_page(), request.user, record.root().pk)
    page = page_context(request, call)
    return render(
        request,
        "hucall/call.html",
        page | {"panel_template": special.template, "panel": context} | context,
        status=status,
    )
