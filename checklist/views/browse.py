"""Browsing: the list with its filters, an item, the editions and what differs between two."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from checklist import access, comparing, resources, selectors
from checklist.forms import FilterForm
from checklist.intake.layouts import LABELS
from checklist.models import Edition, Item, Revision
from checklist.views.common import (
    PAGE,
    county_of,
    edition_or_404,
    query_without,
    send_file,
    shown_edition,
)
from governance import presentation


def _filters(request, edition: Edition) -> tuple[FilterForm, dict]:
    """The filter form and its clean values; a filter that makes no sense is ignored."""
    form = FilterForm(request.GET)
    form.offer(selectors.categories(edition), selectors.departments(edition))
    form.is_valid()
    return form, form.cleaned_data


@login_required
@require_GET
def items(request):
    """The list of items of an edition (the current one by default)."""
    edition = shown_edition(request)
    if edition is None:
        return render(request, "checklist/none.html", {"may_draft": _may_draft(request)})
    form, wanted = _filters(request, edition)
    rows = selectors.filtered(edition, **wanted)
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 9 else 0
    page = list(rows.filter(place__gt=start)[: PAGE + 1])
    more = len(page) > PAGE
    page = page[:PAGE]
    context = {
        "edition": edition,
        "form": form,
        "active": _active(request, form),
        "members": page,
        "total": rows.count(),
        "words": wanted.get("q", ""),
        "next_url": query_without(request, after=str(page[-1].place)) if more else None,
        "first_url": query_without(request, "after") if start else None,
        "export_url": reverse("checklist:export") + query_without(request, "after"),
        "may_draft": _may_draft(request),
    }
    return render(request, "checklist/items.html", context)


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
    edition = shown_edition(request)
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
    edition = _chosen(request, history)
    revision = selectors.revision_in(edition, found)
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
    }
    return render(request, "checklist/item.html", context)


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
    trail = presentation.trail_of(found, request.user, request.GET.get("trail"))
    return {
        "edition": found,
        "count": found.members.count(),
        "before": before,
        "difference": comparing.compare(before, found),
        "gaps": found.incomplete() if found.state == Edition.State.DRAFT else [],
        "events": trail.events,
        "more_url": trail.more_url,
        **presentation.steps_panel(request, found),
    }


@login_required
@require_GET
def compare(request, pk: int, other: int):
    """Two editions in two colours, item by item and column by column."""
    newer, older = edition_or_404(request, pk), edition_or_404(request, other)
    if newer.county_id != older.county_id:
        raise Http404
    context = {"newer": newer, "older": older, "difference": comparing.compare(older, newer)}
    return render(request, "checklist/compare.html", context)
