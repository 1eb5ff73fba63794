"""Before you decide: what a proposed change would do to units, townships, contacts and calls.

What this app knows it reads itself. What apps above know (calls, say) they offer: each may have a
module `impact`, found by name like `workbench` (docs/adr/0024), so that nothing here names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from checklist import composing, selectors
from checklist.intake.rows import read_one
from checklist.models import Application, Item, ItemUnit, Revision
from checklist.models.states import Kind
from governance.models import Unit

LAW = re.compile(r"《[^《》]{1,120}》")
ROLES = dict(ItemUnit.Role.choices)


# ------------------------------------------------------------------ what apps above offer


@dataclass(frozen=True)
class Change:
    """A change as apps above see it.

    Attributes:
        at: the moment of asking; item_id: None for an item not yet in the list;
        proposed: ids of the units that the new wording names (main, lead, coop), empty where the
            item leaves;
        leads: ids of those of them that carry it.
    """

    county: Unit
    at: datetime
    item_id: int | None
    proposed: frozenset[int]
    leads: frozenset[int]


@dataclass
class Section:
    """A part of the preview: a sentence, and rows under headings; a row may have an address."""

    title: str
    text: str
    headings: tuple[str, ...] = ()
    rows: list[tuple] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def lines(self) -> list[dict]:
        """The rows with their addresses."""
        links = [*self.links, *[""] * (len(self.rows) - len(self.links))]
        return [
            {"cells": list(zip(self.headings, row, strict=True)), "url": url}
            for row, url in zip(self.rows, links, strict=True)
        ]


@dataclass(frozen=True)
class Lack:
    """Something that recurs and hints at a gap in the list.

    Attributes:
        item_id: the item that does not fit, None where none exists; count: how often; unit_id:
            who should apply, None where nobody stands out; text: the cause in words, ready for a
            notice; examples: [(words, address)].
    """

    title: str
    count: int
    detail: str
    text: str
    item_id: int | None = None
    unit_id: int | None = None
    examples: tuple[tuple[str, str], ...] = ()


@cache
def sources() -> tuple:
    """The modules `impact` of the apps above. Each may offer, with a constant number of queries:

    impact_of(change, user) → [Section]; lacks(county, user, least, since, kind) → [Lack];
    kinds() → [(value, label)] of what its records are sorted by.
    """
    return tuple(
        import_module(f"{config.name}.impact")
        for config in apps.get_app_configs()
        if config.name != "checklist" and module_has_submodule(config.module, "impact")
    )


def asked(name: str, *args) -> list:
    """What all sources answer, one after the other."""
    offers = (getattr(source, name, None) for source in sources())
    return [one for offer in offers if offer for one in offer(*args)]


# ------------------------------------------------------------------ the preview


@dataclass(frozen=True)
class Holder:
    """A unit, or a collective term, in the roles that a wording gives it."""

    kind: str
    id: int
    name: str
    roles: tuple[str, ...]

    @property
    def words(self) -> str:
        """The roles as people read them."""
        return "、".join(ROLES[role] for role in self.roles)


@dataclass
class Impact:
    """What an application would do. `problem`: why its new wording cannot be read."""

    application: Application
    gaining: list[Holder] = field(default_factory=list)
    losing: list[Holder] = field(default_factory=list)
    moving: list[tuple[Holder, Holder]] = field(default_factory=list)
    townships: list[Unit] = field(default_factory=list)
    all_townships: int = 0
    missing: list[tuple[Unit, str]] = field(default_factory=list)
    bases_new: list[str] = field(default_factory=list)
    bases_gone: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    problem: str = ""

    @property
    def township_words(self) -> str:
        """The townships in short."""
        if self.townships and len(self.townships) == self.all_townships:
            return f"全部 {self.all_townships} 个乡镇(街道)"
        return "、".join(str(unit) for unit in self.townships)


def preview(application: Application, user, at: datetime) -> Impact:
    """Everything that a decision on an application would touch.

    Args:
        user: who asks; records of apps above are counted as far as this person sees them;
        at: the moment of asking.
    """
    found = Impact(application)
    old = application.base
    before = holders_of(old) if old else []
    after, texts = proposed(application, found)
    compared(found, before, after)
    townships = list(
        Unit.objects.filter(county=application.county_id, kind="township", active=True)
        .order_by("code")
    )  # fmt: skip
    found.all_townships = len(townships)
    found.townships = touched(found, old, texts, before, after, townships)
    units = Unit.objects.in_bulk([one.id for one in found.gaining if one.kind == "unit"])
    found.missing = unreachable(application.item, list(units.values()))
    laws = [set(LAW.findall(words)) for words in (law_texts(old and old.texts()), law_texts(texts))]
    found.bases_new, found.bases_gone = sorted(laws[1] - laws[0]), sorted(laws[0] - laws[1])
    if not found.problem:
        found.sections = asked("impact_of", change_of(application, after, at), user)
    return found


def holders_of(revision: Revision) -> list[Holder]:
    """The units and terms of a wording that stands."""
    parts = revision.units.select_related("unit", "term")
    rows = [
        ("term", one.term_id, str(one.term), one.role)
        if one.term_id
        else ("unit", one.unit_id, str(one.unit), one.role)
        for one in parts
    ]
    return gathered(rows)


def gathered(rows: Iterable[tuple[str, int, str, str]]) -> list[Holder]:
    """(kind, id, name, role) rows with the roles of each unit together, in their order."""
    roles: dict[tuple[str, int], list[str]] = {}
    names: dict[tuple[str, int], str] = {}
    for kind, key, name, role in rows:
        names.setdefault((kind, key), name)
        known = roles.setdefault((kind, key), [])
        if role not in known:
            known.append(role)
    order = list(ROLES)
    return [
        Holder(*key, names[key], tuple(sorted(found, key=order.index)))
        for key, found in roles.items()
    ]


def proposed(application: Application, found: Impact) -> tuple[list[Holder], dict[str, str]]:
    """Who would answer under the new wording, and its texts; nobody where the item leaves."""
    if application.kind == Kind.REMOVE:
        return [], {}
    base = application.base
    texts = (base.texts() if base else dict.fromkeys(Revision().texts(), "")) | application.changes
    layout = base.layout if base else composing.usual_layout(application.county)
    read, faults = read_one(
        composing.told(texts, layout), layout, selectors.directory(application.county)
    )
    if read is None:
        found.problem = ";".join(words for each in faults.values() for words in each)
        return [], texts
    rows = [(one.named.kind, one.named.id, one.named.label, one.role) for one in read.parts]
    return gathered(rows), texts


def compared(found: Impact, before: list[Holder], after: list[Holder]) -> None:
    """Who gains, who loses, and whose role changes."""
    if found.problem:
        return
    old = {(one.kind, one.id): one for one in before}
    new = {(one.kind, one.id): one for one in after}
    found.gaining = [one for key, one in new.items() if key not in old]
    found.losing = [one for key, one in old.items() if key not in new]
    found.moving = [
        (old[key], one) for key, one in new.items() if key in old and old[key].roles != one.roles
    ]


def touched(found, old, texts, before, after, townships: list[Unit]) -> list[Unit]:
    """The townships whose part changes; all that are named where their duty's text changes."""
    known = {one.pk: one for one in townships}
    duty = bool(texts) and (old.township_duty if old else "") != texts.get("township_duty", "")
    holders = [*found.gaining, *found.losing, *(one for pair in found.moving for one in pair)]
    if duty:
        holders += [*before, *after]
    ids = {one.id for one in holders if one.kind == "unit" and one.id in known}
    terms = {one.id for one in holders if one.kind == "term"}
    for term in selectors.terms_of(terms):
        ids |= {unit.pk for unit in selectors.meant(term, townships)}
    return [unit for unit in townships if unit.pk in ids]


def unreachable(item: Item | None, units: list[Unit]) -> list[tuple[Unit, str]]:
    """Newly named units for which nobody can be reached: (unit, what is missing)."""
    if not units:
        return []
    contacts = selectors.contacts_of(item, units)
    return [(unit, "、".join(info.missing)) for unit, info in contacts if info.missing]


def law_texts(texts: dict[str, str] | None) -> str:
    """Where a wording names its laws."""
    return "\n".join((texts or {}).get(name, "") for name in ("basis", "policy_basis"))


def change_of(application: Application, after: list[Holder], at: datetime) -> Change:
    """The change as apps above see it."""
    units = [one for one in after if one.kind == "unit"]
    leads = [one for one in units if {"main", "lead"} & set(one.roles)]
    item = None if application.kind == Kind.ADD else application.item_id
    return Change(
        application.county,
        at,
        item,
        frozenset(one.id for one in units),
        frozenset(one.id for one in leads),
    )
