"""The filing page: for whom one may call, how the form looks, what is said while one types."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils import timezone

from checklist import selectors as checklist
from governance import calendars, rulebooks
from governance.models import Rulebook, Unit
from governance.perform import adopt_rulebook
from governance.roles import Role
from hucall import items, selectors
from hucall.forms import FilingForm, SelfHandledForm, callable_units
from hucall.models import Call
from hucall.models.states import CallKind, Channel

NOTES = {
    CallKind.COMPLEX: "核实后派发",
    CallKind.KEY: "核实后派发",
    CallKind.URGENT: "直呼部门、派驻机构",
}
CONTENT = (
    *("kind", "title", "text", "place", "latitude", "longitude", "item", "channel"),
    *("caller_name", "caller_phone", "self_check", "self_check_reason"),
)


@dataclass(frozen=True)
class Source:
    """Where a call comes from: a township, or a village through its township."""

    key: str
    owner: Unit
    village: Unit | None = None

    @property
    def label(self) -> str:
        """As a person chooses it."""
        return str(self.village or self.owner)


def sources(user) -> list[Source]:
    """For whom this person may file: own townships, own villages, every township for the desk."""
    found = {}
    for post in user.posts_held():
        if post.role == Role.TOWNSHIP_CLERK:
            found[str(post.unit_id)] = Source(str(post.unit_id), post.unit)
        elif post.role == Role.VILLAGE_CLERK and post.unit.parent_id:
            found[str(post.unit_id)] = Source(str(post.unit_id), post.unit.parent, post.unit)
        elif post.role == Role.PLATFORM:
            rows = Unit.objects.active().filter(county=post.county_id, kind="township")
            for unit in rows.select_related("county").order_by("code"):
                found.setdefault(str(unit.pk), Source(str(unit.pk), unit))
    return list(found.values())


def new_call(source: Source, now: datetime) -> Call:
    """An unsaved call of this source, under the rulebook in force.

    Raises Rulebook.DoesNotExist where the county has none.
    """
    call = Call(county=source.owner.county, owner=source.owner, village=source.village)
    adopt_rulebook(call, now)
    return call


def book_of(county, now: datetime) -> Rulebook | None:
    """The rulebook in force; without one no calls can be filed in this county at all."""
    return rulebooks.current(county, timezone.localdate(now))


def may_call(user) -> bool:
    """Whether this person may bring calls forward: whoever sits in a village only where the county
    lets villages call (TX-网格-01).
    """
    if user.holds(Role.TOWNSHIP_CLERK, Role.PLATFORM):
        return True
    now = timezone.now()
    counties = [post.unit.county for post in user.posts_held() if post.role == Role.VILLAGE_CLERK]
    books = filter(None, (book_of(county, now) for county in counties))
    return any(book.value("call.village") for book in books)


# ------------------------------------------------------------------ the form


def page_form(call, user, *, data=None, files=None, initial=None, own=False):
    """The form as the page lays it out: kinds as cards, items by category, callees as ticks.

    Args:
        call: the record, with its rulebook; own: the township records what it settled itself.
    """
    form_class = SelfHandledForm if own else FilingForm
    form = form_class(data, files, record=call, actor=user, initial=initial)
    kinds = form.fields["kind"]
    kinds.widget = forms.RadioSelect()
    words = {value: halves(str(label)) for value, label in kinds.choices}
    kinds.choices = [(value, head) for value, (head, _) in words.items()]
    kinds.widget.notes = {
        value: " · ".join(filter(None, [tail, NOTES.get(value)]))
        for value, (_, tail) in words.items()
    }
    item = form.fields["item"]
    item.widget.choices = [("", "请选择,或不清楚"), *selectors.item_choices(call.county)]
    form.fields["text"].widget.attrs["placeholder"] = "什么时候、什么情况、已做了什么"
    if not own:
        callees(form, call, chosen_item(form))
    return form


def halves(label: str) -> tuple[str, str]:
    """复杂事项(可呼) as 复杂事项 and 可呼, so that a phone shows both in two lines."""
    head, _, tail = re.sub(r"[(( ·]+", "|", label, count=1).partition("|")
    return head, tail.removesuffix(")").removesuffix(")")


def initial_of(call, platform: bool) -> dict:
    """What a draft holds already; a call taken down by the desk came by telephone."""
    if call.pk:
        return {name: value_of(call, name) for name in CONTENT}
    return {"channel": Channel.PHONE if platform else Channel.PLATFORM, "kind": CallKind.COMPLEX}


def value_of(call, name: str):
    """The stored value of a field, as its form field shows it."""
    return call.item_id if name == "item" else getattr(call, name)


def chosen_item(form):
    """The item as it stands in the form; None where there is none in force."""
    value = str(form["item"].value() or "")
    if not value.isdecimal() or len(value) > 15:
        return None
    return form.fields["item"].queryset.filter(pk=value).first()


def callees(form, call, item) -> None:
    """Whom an urgent call may go to: recommended ones first, then stationed agencies, then all."""
    marks = recommended(call, item)
    units = list(callable_units(call))
    order = {"清单主责": 0, "清单配合": 1}
    units.sort(key=lambda u: (order.get(marks.get(u.pk), 2), u.kind != "agency", u.code))
    notes = {str(unit.pk): marks.get(unit.pk) or station(unit) for unit in units}
    field = form.fields["units"]
    field.widget = forms.CheckboxSelectMultiple(choices=[(unit.pk, str(unit)) for unit in units])
    field.widget.notes = {key: note for key, note in notes.items() if note}


def station(unit) -> str:
    """What is worth knowing of a unit that the list does not name."""
    return "派驻机构" if unit.kind == "agency" else ""


def recommended(call, item) -> dict[int, str]:
    """Units that the list names for the item, with their duty."""
    revision = revision_of(call.county, item)
    if revision is None:
        return {}
    found = checklist.responsible_units(revision)
    marks = {unit.pk: "清单配合" for unit in [*found.coop, *found.information]}
    return marks | {unit.pk: "清单主责" for unit in found.main}


def revision_of(county, item):
    """The item's wording in the edition in force."""
    return checklist.revision_in(checklist.current_edition(county), item) if item else None


# ------------------------------------------------------------------ what is said beside it


def hints(
    user, call, *, title: str, text: str, place: str, item, now: datetime, besides=None
) -> dict:
    """What the page says while somebody types: likely items, the self-check, duplicates.

    Args:
        call: the (unsaved) call; item: the chosen one, or None; besides: id of the draft itself.
    """
    found = checklist.suggest_items(call.county_id, f"{title} {text}"[:2000], 4) if title else []
    revision = revision_of(call.county, item)
    return {
        "suggestions": found,
        "item": item,
        "revision": revision,
        "township_is_main": items.township_is_main(revision),
        "alike": selectors.duplicates(
            user, call.county_id, title=title, place=place, item=item, now=now, besides=besides
        ),
    }


def verify_due(call, now: datetime) -> dict:
    """By when the platform must verify and dispatch, were the call filed now (decision 5)."""
    calendar = calendars.for_county(call.county)
    return {
        pace: calendar.due(now, call.rulebook.value(f"call.verify.{pace}"))
        for pace in ("general", "urgent")
        if call.rulebook.value(f"call.verify.{pace}")
    }


def same(call: Call, facts) -> bool:
    """Whether a call says what was just sent: the second half of a double click."""
    names = ("kind", "title", "text", "place")
    item = plain(call.item_id) == plain(facts.get("item"))
    return item and all(plain(getattr(call, name)) == plain(facts.get(name)) for name in names)


def mark(user, facts, files) -> str:
    """What stands for one sending of one form: its token with all that was typed, so that the
    same form with other words (after “back”) is another sending. Empty without a token.
    """
    if not facts.get("token"):
        return ""
    left_out = ("csrfmiddlewaretoken", "version")
    said = sorted((name, facts.getlist(name)) for name in facts if name not in left_out)
    said.append(("files", [f"{one.name} {one.size}" for one in files.getlist("files")]))
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return f"hucall.filed.{user.pk}.{digest}"


def plain(text) -> str:
    """A text without what a browser changes on its way."""
    return unicodedata.normalize("NFC", str(text or "")).replace("\r\n", "\n").strip()
