"""The page on which an application is written: for whom, how it looks, what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django import forms
from django.urls import reverse
from django.utils import timezone

from checklist import access, grounds, selectors
from checklist.change_forms import NEW, ApplicationForm, columns, under_way
from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS
from checklist.models import Cause, EditionItem
from checklist.models.states import AWAITING, Kind
from governance import calendars, rulebooks
from governance.models import Rulebook, Unit
from governance.perform import adopt_rulebook
from governance.roles import Role
from governance.wording import cn_date

FILERS = (*access.APPLICANTS, Role.BIANBAN, Role.COUNTY)
CONTENT = (
    *("kind", "item", "ground", "ground_text", "authority", "cause", "cause_on", "known_on"),
    *("argument", "legal_basis", "affects_flow", "flow"),
)
CODES = ("code", "directory_code")
"""Columns that few lists fill."""
YES_NO = [("True", "涉及"), ("False", "不涉及")]


def sources(user) -> list[Unit]:
    """The units for which this person may apply."""
    found = {p.unit_id: p.unit for p in user.posts_held() if p.role in FILERS and p.county_id}
    return list(found.values())


def causers(user) -> list[Unit]:
    """The units for which this person may record a cause; 编办 does so for all others."""
    roles = (*access.APPLICANTS, Role.BIANBAN)
    found = {p.unit_id: p.unit for p in user.posts_held() if p.role in roles and p.county_id}
    return list(found.values())


def begun(model, owner: Unit, now: datetime, **fields):
    """An unsaved record of a unit, under the rulebook in force.

    Raises:
        Rulebook.DoesNotExist: the county has none.
    """
    record = model(county=owner.county, owner=owner, **fields)
    adopt_rulebook(record, now)
    return record


def has_rulebook(county: Unit, now: datetime) -> bool:
    """Whether anything can be filed in this county."""
    try:
        rulebooks.in_force(county, timezone.localdate(now))
    except Rulebook.DoesNotExist:
        return False
    return True


def number(text) -> int | None:
    """An id as it stands in a form; None for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def cause_for(user, pk, units: list[Unit]) -> Cause | None:
    """The cause from which an application is begun, if it still awaits one of these units."""
    rows = Cause.objects.visible_to(user).filter(state__in=AWAITING, unit__in=units)
    return rows.filter(pk=number(pk)).select_related("unit", "item").first() if pk else None


# ------------------------------------------------------------------ the form


def page_form(application, user, *, data=None, files=None, initial=None) -> ApplicationForm:
    """The form as the page lays it out: kinds as cards, items by category."""
    form = ApplicationForm(data, files, record=application, actor=user, initial=initial)
    kinds = form.fields["kind"]
    kinds.widget = forms.RadioSelect(choices=kinds.choices)
    form.fields["ground"].widget = forms.RadioSelect(choices=form.fields["ground"].choices)
    flow = form.fields["affects_flow"]
    flow.widget = forms.RadioSelect(choices=YES_NO)
    form.fields["item"].widget.choices = [("", "请选择事项"), *item_choices(form.edition)]
    form.fields["cause"].label_from_instance = lambda one: f"{one.number} {one.title[:40]}"
    form.fields["cause"].empty_label = "尚未登记(随本申请登记)"
    for name in columns(form.layout):
        form.fields[NEW + name].widget.attrs["aria-label"] = f"{LABELS[name]}:调整后"
    return form


def item_choices(edition) -> list:
    """The items of an edition by category: one query."""
    grouped: dict[str, list] = {}
    rows = EditionItem.objects.filter(edition=edition).order_by("place", "pk")
    for pk, category, name in rows.values_list("item_id", "revision__category", "revision__name"):
        grouped.setdefault(category or "未分类", []).append((pk, name))
    return list(grouped.items())


def stored(application) -> dict:
    """What a draft holds, for the form."""
    return {name: getattr(application, name) for name in CONTENT}


def from_cause(cause: Cause) -> dict:
    """What a cause says already."""
    return {
        "cause": cause.pk,
        "kind": cause.kind,
        "item": cause.item_id,
        "ground": cause.ground,
        "cause_on": cause.occurred_on,
        "known_on": cause.known_on,
        "argument": cause.text,
    }


def reloaded(application, typed) -> dict:
    """What the form shows after another kind or item was chosen.

    A column that still says what was loaded takes the text of the item now chosen; a column in
    which somebody has typed stays as it is.
    """
    edition = selectors.current_edition(application.county_id)
    kept = {name: typed.get(name, "") for name in typed if name != "files"}
    wanted = None if typed.get("kind") == Kind.ADD else number(typed.get("item"))
    now, before = texts(edition, wanted), texts(edition, number(typed.get("loaded")))
    for name in now:
        said = plain(typed.get(NEW + name))
        kept[NEW + name] = now[name] if said == plain(before[name]) else typed.get(NEW + name, "")
    return kept | {"item": number(typed.get("item"))}


def texts(edition, item: int | None) -> dict[str, str]:
    """The wording of an item in force; empty columns where there is none."""
    old = selectors.revision_in(edition, item) if item else None
    return old.texts() if old else dict.fromkeys(TEXT_FIELDS, "")


def plain(text) -> str:
    """A text without what a browser changes on its way."""
    return str(text or "").replace("\r\n", "\n").strip()


# ------------------------------------------------------------------ what stands beside it


@dataclass(frozen=True)
class Beside:
    """What depends on kind and item: cases of the article, the columns with the present text."""

    kind: str
    cases: list[dict]
    columns: list[dict]
    codes: list[dict]
    loaded: int | None
    flow: list
    taken: bool


def beside(application, form) -> Beside:
    """What the page shows for the kind and the item that stand in its form."""
    kind = str(form["kind"].value() or "")
    kind = kind if kind in Kind.values else ""
    item = None if kind == Kind.ADD else number(form["item"].value())
    member = None
    if item and form.edition:
        rows = form.edition.members.select_related("revision", "flowchart").filter(item=item)
        member = rows.first()
    old = member.revision.texts() if member else {}
    pairs = {
        name: {"label": LABELS[name], "old": old.get(name, ""), "field": form[NEW + name]}
        for name in columns(form.layout)
    }
    return Beside(
        kind=kind,
        cases=cases(application, form, kind),
        columns=[pair for name, pair in pairs.items() if name not in CODES],
        codes=[pair for name, pair in pairs.items() if name in CODES],
        loaded=item if member else None,
        flow=list(member.flowchart.steps.order_by("place"))
        if member and member.flowchart_id
        else [],
        taken=bool(member) and under_way(application, item),
    )


def cases(application, form, kind: str) -> list[dict]:
    """The cases of the article as cards, each with its clause."""
    if not kind:
        return []
    clauses = {one.key: one.clause for one in grounds.of(application.rulebook, kind)}
    return [
        {"tag": one.tag(), "words": one.choice_label, "clause": clauses[one.data["value"]]}
        for one in form["ground"].subwidgets
        if one.data["value"] in clauses
    ]


def deadline(county: Unit, book: Rulebook, since: date | None, now: datetime) -> dict | None:
    """By when one has to apply for a cause of this day; None where the county sets no limit."""
    length = book.value("adjust.apply")
    if not length:
        return None
    told = {"length": length.label, "clause": book.cited("GX-清单-22")}
    if since is None or since > timezone.localdate(now) or since.year < 2000:
        return told
    calendar = calendars.for_county(county)
    start = timezone.make_aware(datetime.combine(since, time.min))
    due = calendar.due(start, length)
    left = calendar.remaining(now, due, wall=not length.by_worktime)
    return told | {
        "since": cn_date(since),
        "due": due.at,
        "provisional": due.provisional,
        "state": "late" if left.late else "ok",
        "rest": left.text,
        "url": reverse("deadlines") + f"?param=adjust.apply&start={since:%Y-%m-%d}",
    }


def day_in(text) -> date | None:
    """A day as a form field holds it; None for anything else."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None
