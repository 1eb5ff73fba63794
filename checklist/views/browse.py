"""Browsing: the list with its filters, an item, the editions; today and as of any day."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from checklist import access, comparing, converting, resources, selectors
from checklist.forms import FilterForm
from checklist.intake.layouts import LABELS
from checklist.models import Application, Edition, Item, Revision
from checklist.presenting import state_tag
from checklist.views.common import (
    PAGE,
    Shown,
    county_of,
    edition_or_404,
    query_without,
    send_file,
    shown,
    wrong_day,
)
from checklist.views.flows import flow_context
from governance import presentation
from governance.roles import Role


def _filters(request, edition: Edition) -> tuple[FilterForm, dict]:
    """The filter form and its clean values; a filter that makes no sense is ignored."""
    form = FilterForm(request.GET)
    form.offer(selectors.categories(edition), selectors.departments(edition))
    form.is_valid()
    return form, {name: form.cleaned_data.get(name) or "" for name in FILTERS}


FILTERS = ("q", "category", "unit", "township")


@login_required
@require_GET
def items(request):
    """The list of items of an edition (the current one, or that of a day)."""
    seen = shown(request)
    if seen.edition is None:
        context = {"may_draft": _may_draft(request), "seen": seen}
        return render(request, "checklist/none.html", context, status=400 if seen.problem else 200)
    edition = seen.edition
    form, wanted = _filters(request, edition)
    rows = selectors.filtered(edition, **wanted)
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 9 else 0
    page = list(rows.filter(place__gt=start)[: PAGE + 1])
    more = len(page) > PAGE
    page = page[:PAGE]
    context = {
        "edition": edition,
        "seen": seen,
        "form": form,
        "active": _active(request, form),
        "members": page,
        "total": rows.count(),
        "words": wanted["q"],
        "next_url": query_without(request, after=str(page[-1].place)) if more else None,
        "first_url": query_without(request, "after") if start else None,
        "export_url": reverse("checklist:export") + query_without(request, "after"),
        "may_draft": _may_draft(request),
        "may_examine": access.may_examine(request.user, edition.county_id),
    }
    return render(request, "checklist/items.html", context, status=400 if seen.problem else 200)


def _may_draft(request) -> bool:
    return bool(access.drafting_counties(request.user))


def _active(request, form: FilterForm) -> list[dict]:
    """The filters that are on, each with the address without it."""
    found = []
    for name, value in form.cleaned_data.items():
        if value:
            label = dict(getattr(form.fields[name], "choices", ())).get(str(value), value)
            text = f"{form.fields[name].label}:{label}"
            found.append({"label": text, "url": query_without(request, name, "after")})
    return found


@login_required
@require_GET
def export(request):
    """Exactly what is filtered, all rows, as a workbook that re-imports."""
    seen = shown(request)
    if seen.problem:
        return wrong_day(request, seen)
    edition = seen.edition
    if edition is None:
        raise Http404
    _, wanted = _filters(request, edition)
    rows = selectors.filtered(edition, **wanted)
    name = f"{resources.shown_title(edition)}第{edition.serial}版.xlsx"
    return send_file(lambda target: resources.write_edition(target, edition, rows), name)


@login_required
@require_GET
def item(request, pk: int):
    """One item: duties, units with contacts, basis, and its wording in each edition."""
    found = Item.objects.filter(pk=pk, county__in=access.counties(request.user)).first()
    if found is None:
        raise Http404
    editions = Edition.objects.visible_to(request.user).filter(members__item=found)
    history = list(editions.order_by("-serial"))
    if not history:
        raise Http404
    seen = shown(request) if request.GET.get("as_of") else Shown(_chosen(request, history))
    edition = seen.edition
    if seen.day and edition not in history:
        return render(
            request, "checklist/absent.html", {"seen": seen, "item": found, "history": history}
        )
    if seen.problem:
        edition = _chosen(request, history)
    member = edition.members.select_related("revision__item", "flowchart").get(item=found)
    revision = member.revision
    responsible = selectors.responsible_units(revision)
    units = [*responsible.main, *responsible.coop, *responsible.information, *responsible.townships]
    contacts = [
        {"unit": unit, "info": info, "edit": access.may_edit_contact(request.user, unit)}
        for unit, info in selectors.contacts_of(found, _with_own(request, revision, units))
    ]
    context = {
        "item": found,
        "edition": edition,
        "revision": revision,
        "texts": _texts(revision),
        "responsible": responsible,
        "parts": list(revision.units.select_related("unit", "term")),
        "contacts": contacts,
        "history": comparing.history(found, history),
        "seen": seen,
        "flow": flow_context(member),
        "flow_url": reverse("checklist:flowchart", args=[found.pk]) + _kept(seen, edition),
        "may_apply": edition.state == Edition.State.PUBLISHED
        and request.user.holds(*access.APPLICANTS, Role.BIANBAN),
    }
    return render(request, "checklist/item.html", context, status=400 if seen.problem else 200)


def _kept(seen: Shown, edition: Edition) -> str:
    """The query that keeps another page at the same edition."""
    return seen.query or ("" if edition.state == "published" else f"?edition={edition.pk}")


def _chosen(request, history: list[Edition]) -> Edition:
    wanted = request.GET.get("edition", "")
    for one in history:
        if str(one.pk) == wanted:
            return one
    current = [one for one in history if one.state == Edition.State.PUBLISHED]
    return (current or history)[0]


def _with_own(request, revision: Revision, units: list) -> list:
    """The named units, and the reader's own township where a collective term means it."""
    own = [post.unit for post in request.user.posts_held() if post.unit.kind == "township"]
    terms = [part.term for part in revision.units.all() if part.term_id]
    meant = [unit for term in terms for unit in selectors.meant(term, own)]
    return list(dict.fromkeys([*units, *meant]))


def _texts(revision: Revision) -> list[dict]:
    names = ("category", "county_duty", "township_duty", "basis", "policy_basis", "main", "coop",
             "lead", "joint", "code", "directory_code")  # fmt: skip
    always = {"category", "county_duty", "township_duty", "basis", "main", "coop"}
    return [
        {"label": LABELS[name], "value": getattr(revision, name), "pre": True}
        for name in names
        if getattr(revision, name) or name in always
    ]


@login_required
@require_GET
def editions(request):
    """All editions that the reader may see, newest first."""
    county = county_of(request)
    rows = Edition.objects.visible_to(request.user).filter(county=county)
    context = {
        "county": county,
        "editions": selectors.with_counts(rows.order_by("-serial")),
        "may_draft": _may_draft(request),
        "may_compose": request.user.holds(Role.BIANBAN),
    }
    return render(request, "checklist/editions.html", context)


@login_required
@require_GET
def edition(request, pk: int):
    """One edition: its state, what differs from the one before it, and the next steps."""
    found = edition_or_404(request, pk)
    return render(request, "checklist/edition.html", _edition_context(request, found))


def _edition_context(request, found: Edition) -> dict:
    before = comparing.predecessor(found)
    draft = found.state == Edition.State.DRAFT
    applications = Application.objects.visible_to(request.user).filter(edition=found)
    trail = presentation.trail_of(found, request.user, request.GET.get("trail"))
    return {
        "edition": found,
        "count": found.members.count(),
        "before": before,
        "difference": comparing.compare(before, found),
        "may_draft": access.may_draft(request.user, found.county_id),
        "flows_open": found.state == Edition.State.DRAFT and found.is_first(),
        "gaps": found.incomplete() if draft else [],
        "applications": [
            {"record": one, "tag": state_tag(one)}
            for one in applications.select_related("owner").order_by("id")
        ],
        "proposals": converting.proposals(found) if draft and converting.is_import(found) else [],
        "events": trail.events,
        "more_url": trail.more_url,
        **presentation.steps_panel(request, found),
    }
