"""The pages on which requests and exits are written: for whom, how the form is laid out, what the
gate says meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, Q, Sum
from django.utils import timezone

from admission import gates
from admission.access import APPLYING
from admission.forms import RequestForm, ResubmitForm
from admission.forms.request import ELEMENT, NAMED, SUPPORT, VETO
from admission.models import AdmittedDuty, Support
from admission.posts import APPLICANTS, DEPARTMENT
from checklist.filing import begun, has_rulebook, number
from checklist.models import Revision
from governance import rulebooks
from governance.models import Rulebook, Unit

__all__ = ["begun", "has_rulebook", "may_apply", "may_leave", "number"]

BOUND = ("pending", "active", "lapsed")
"""States of a duty that can still be left."""


# ------------------------------------------------------------------ who


def sources(user, key: str = "admission.applicants") -> list[Unit]:
    """The units for which this person may apply, as the county's rulebook lets the kind of unit.

    Args:
        key: the rulebook's field that names the kinds of units.
    """
    found: dict[int, Unit] = {}
    for post in user.posts_held():
        if post.role in APPLICANTS and post.county_id and allowed(post, key):
            found[post.unit_id] = post.unit
    return list(found.values())


def allowed(post, key: str) -> bool:
    """Whether the county lets this post apply; not where it has no rulebook yet."""
    try:
        book = rulebooks.valid(post.unit.county, timezone.localdate())
    except Rulebook.DoesNotExist:
        return False
    return any(post.role in APPLYING[kind] for kind in book.value(key))


def may_apply(user) -> bool:
    """Whether any unit of the person may ask for an admission."""
    return bool(sources(user))


def township_may_apply(user) -> bool:
    """Whether the person may apply for a township (同心)."""
    return any(unit.kind == Unit.Kind.TOWNSHIP for unit in sources(user))


def may_leave(user) -> bool:
    """Whether any unit of the person may ask for an exit."""
    return bool(sources(user, "exit.applicants"))


def leavers(user) -> list[Unit]:
    """As `sources`; a department answers also for what the clock has opened before it."""
    found = {unit.pk: unit for unit in sources(user, "exit.applicants")}
    for post in user.posts_held():
        if post.role in DEPARTMENT and post.county_id:
            found.setdefault(post.unit_id, post.unit)
    return list(found.values())


# ------------------------------------------------------------------ the form of a request


def page_form(record, user, *, data=None, files=None, initial=None):
    """The form as the page lays it out: with the agreement where something was sent back."""
    kind = ResubmitForm if record.state == record.State.RETURNED else RequestForm
    form = kind(data, files, record=record, actor=user, initial=initial)
    term = form.fields["term"]
    term.widget = forms.RadioSelect(choices=term.choices)
    term.widget.notes = {"stage": "有起止日", "regular": "长期,不填截止日"}
    if "kind" in form.fields:
        kinds = form.fields["kind"]
        kinds.widget = forms.RadioSelect(choices=kinds.choices)
    if "agreement" in form.fields:
        form.fields["agreement"].required = False
    return form


HEADINGS = {
    "unit": "申请单位与联系人",
    "matter": "事项与理由",
    "cover": "覆盖地域",
    "term": "工作时限",
    "work": "内容与任务",
    "money": "经费与保障",
    "parts": "专项说明",
    "vetoes": "承诺事项",
    "gate": "核对说明",
    "files": "附件",
    "agreement": "协商意见",
}
NUMERALS = "一二三四五六七八九十"


def headings(form, found) -> dict[str, str]:
    """The groups of the page with their numerals; those that this county does not know left out."""
    known = [
        key
        for key in HEADINGS
        if not (key == "work" and "content" not in form.fields)
        and not (key == "agreement" and "agreement" not in form.fields)
        and not (key == "parts" and not found.elements)
    ]
    numbered = zip((*NUMERALS, "十一"), known, strict=False)
    return {key: f"{numeral}、{HEADINGS[key]}" for numeral, key in numbered}


@dataclass
class Layout:
    """Where each field of a request's form stands on the page."""

    elements: list = field(default_factory=list)
    support: list = field(default_factory=list)
    cases: list[dict] = field(default_factory=list)
    named: bool = False

    @property
    def binding(self) -> list[dict]:
        """The cases that stop a request in this county."""
        return [one for one in self.cases if one["binding"]]

    @property
    def advice(self) -> list[dict]:
        """The cases that ask for a word."""
        return [one for one in self.cases if not (one["binding"] or one["reference"])]

    @property
    def references(self) -> list[dict]:
        """The cases that only other counties have written down."""
        return [one for one in self.cases if one["reference"]]


def layout(form, book) -> Layout:
    """The fields that the county's rulebook has brought, each in its group."""
    found = Layout(named=NAMED in book.value("admission.elements"))
    for name in form.fields:
        if name.startswith(ELEMENT):
            found.elements.append(form[name])
        elif name.startswith(SUPPORT) and name.removeprefix(SUPPORT) in form.kinds:
            found.support.append(form[name])
    for key, binding in form.cases.items():
        found.cases.append(
            {
                "field": form[VETO + key],
                "clause": gates.clause_of(book, key),
                "binding": binding,
                "reference": key in form.references,
            }
        )
    return found


CITED = {
    "file": "GX-准入-08",
    "consult": "GX-准入-07",
    "support": "GX-准入-13",
    "parts": "GX-准入-06",
    "load": "TX-准入-10",
    "exit": "GX-准入-15",
}


def clauses(book) -> dict[str, str]:
    """The county's own clauses of what the page tells; one that it has not is not cited."""
    found = {key: book.clause_for(rule) for key, rule in CITED.items()}
    return {key: entry.rule_id for key, (entry, own) in found.items() if own}


# ------------------------------------------------------------------ the gate, while one types


def typed(form) -> dict:
    """What stands in a form, whether it is complete or not."""
    given: dict[str, Any] = {name: form[name].value() or "" for name in gates.TEXTS
                             if name in form.fields}  # fmt: skip
    given["elements"] = {bound.label: bound.value() or "" for bound in form_elements(form)}
    given["vetoes"] = {key: form[VETO + key].value() == "yes" for key in form.cases}
    return given


def form_elements(form) -> list:
    """The parts of the 专项说明."""
    return [form[name] for name in form.fields if name.startswith(ELEMENT)]


def findings(record, form) -> list[gates.Finding]:
    """What the gate says of what has been typed so far, the load of the townships left out."""
    given = typed(form)
    department = record.owner
    if department.kind == Unit.Kind.TOWNSHIP:
        pk = number(form["department"].value())
        rows = Unit.objects.filter(county=record.county, kind=Unit.Kind.DEPARTMENT)
        department = rows.filter(pk=pk).first()
    return gates.while_typed(record.rulebook, record.county, department, given)


def told(found: Iterable[gates.Finding]) -> list[dict]:
    """Findings for the template: sentence, clause, whether binding, the items meant with names."""
    found = list(found)
    names = item_names({pk for one in found for pk in one.items})
    return [
        {
            "text": one.text,
            "clause": one.clause,
            "binding": one.binding,
            "reference": one.reference,
            "items": [(pk, names[pk]) for pk in one.items if pk in names],
        }
        for one in found
    ]


def item_names(ids: set[int]) -> dict[int, str]:
    """The names of listed items in their newest wording: one query."""
    rows = Revision.objects.filter(item__in=ids).order_by("id")
    return dict(rows.values_list("item_id", "name"))


# ------------------------------------------------------------------ the load of the townships


def chosen(form) -> list[int]:
    """Ids of the townships that stand ticked, or of all where the whole county is."""
    every = list(form.fields["townships"].queryset.values_list("pk", flat=True))
    if form["whole_county"].value():
        return every
    wanted = {number(getattr(one, "pk", one)) for one in form["townships"].value() or ()}
    return [pk for pk in every if pk in wanted]


def load_rows(county, units: list[int], at=None) -> list[dict]:
    """What some townships carry: duties, money, people, what is late. Three queries."""
    today = timezone.localdate(at or timezone.now())
    bound = AdmittedDuty.objects.filter(county=county, unit__in=units, state__in=BOUND[:2])
    sums = bound.values("unit").annotate(n=Count("pk"), given=Sum("allotted"))
    by_unit = {row["unit"]: row for row in sums.order_by()}
    delivered = Q(state__in=("delivered", "confirmed"), kind="staff")
    late = Q(state="promised", due_on__lt=today)
    support = Support.objects.filter(duty__in=bound).order_by().values("duty__unit")
    helped = {
        row["duty__unit"]: row
        for row in support.annotate(people=Sum("people", filter=delivered),
                                    late=Count("pk", filter=late))
    }  # fmt: skip
    rows = []
    for pk, name in (
        Unit.objects.filter(pk__in=units).order_by("code").values_list("pk", "short_name")
    ):
        own, aid = by_unit.get(pk, {}), helped.get(pk, {})
        rows.append(
            {
                "name": name,
                "duties": own.get("n") or 0,
                "allotted": f"{own.get('given') or Decimal(0):,.2f}",
                "people": aid.get("people") or 0,
                "late": aid.get("late") or 0,
            }
        )
    return rows


# ------------------------------------------------------------------ exits


def left_units(admission, owner: Unit) -> dict[int, str]:
    """The townships that carry an admission still, by id; a township sees only itself."""
    rows = admission.duties.filter(state__in=BOUND)
    if owner.kind == Unit.Kind.TOWNSHIP:
        rows = rows.filter(unit=owner)
    return dict(rows.order_by("unit__code").values_list("unit_id", "unit__short_name"))
