"""Reads of the list that pages, the API and higher apps share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from checklist.intake.names import Directory, Entry
from checklist.models import (
    CollectiveTerm,
    Contact,
    Edition,
    EditionItem,
    Item,
    ItemUnit,
    Revision,
)
from checklist.suggesting import Suggestion, suggest
from governance.models import Unit

INFORMED = ("党委", "党政", "纪检", "群团", "企业")
"""Beginnings of the categories whose units get an information copy (decision 31)."""


def current_edition(county: Unit | int) -> Edition | None:
    """The edition in force in a county, or None before the first one."""
    key = getattr(county, "pk", county)
    return Edition.objects.filter(county=key, state=Edition.State.PUBLISHED).first()


def items_in_force(county: Unit | int):
    """The items of the edition in force in a county, as rows that nobody has read yet."""
    return Item.objects.filter(
        memberships__edition__county=getattr(county, "pk", county),
        memberships__edition__state=Edition.State.PUBLISHED,
    )


def current_members(county: Unit | int):
    """The rows of the edition in force in a county, in one query; none before the first one."""
    key = getattr(county, "pk", county)
    return EditionItem.objects.filter(edition__county=key, edition__state=Edition.State.PUBLISHED)


def draft_edition(county: Unit | int) -> Edition | None:
    """The county's open draft, or None."""
    key = getattr(county, "pk", county)
    return Edition.objects.filter(county=key, state=Edition.State.DRAFT).first()


def edition_as_of(county: Unit | int, day: date) -> Edition | None:
    """The edition that was in force on a day, or None."""
    rows = in_force_on(Edition.objects.filter(county=getattr(county, "pk", county)), day)
    return rows.order_by("-in_force_from", "-serial").first()


def in_force_on(editions, day: date):
    """Of some editions those that were in force on a day (at most one of each county)."""
    return editions.filter(
        Q(in_force_until=None) | Q(in_force_until__gt=day),
        state__in=[Edition.State.PUBLISHED, Edition.State.SUPERSEDED],
        in_force_from__lte=day,
    )


def revisions_of(edition: Edition) -> list[Revision]:
    """The wordings that an edition holds, in its order."""
    members = edition.members.select_related("revision__item").order_by("place", "pk")
    return [member.revision for member in members]


def revision_in(edition: Edition | None, item: Item | int) -> Revision | None:
    """The wording of an item in an edition, or None when it does not stand there."""
    if edition is None:
        return None
    key = getattr(item, "pk", item)
    member = edition.members.select_related("revision__item").filter(item=key).first()
    return member.revision if member else None


def revision_as_of(item: Item, day: date) -> Revision | None:
    """The wording of an item that was in force on a day."""
    return revision_in(edition_as_of(item.county_id, day), item)


def members(edition: Edition):
    """Rows of an edition with wording, units and terms: a queryset for lists and exports."""
    units = ItemUnit.objects.select_related("unit", "term")
    return (
        EditionItem.objects.filter(edition=edition)
        .select_related("item", "revision")
        .prefetch_related(Prefetch("revision__units", queryset=units))
        .order_by("place", "pk")
    )


def filtered(
    edition: Edition,
    q: str = "",
    category: str = "",
    unit: int | None = None,
    township: str = "",
):
    """Rows of an edition that fit the filters of the list page.

    Args:
        q: words to find (two Chinese characters suffice); unit: id of a unit that is named;
        township: a value of Revision.Township.
    """
    rows = members(edition)
    if q.strip():
        rows = rows.filter(revision__terms__found=q)
    if category:
        rows = rows.filter(revision__category=category)
    if township:
        rows = rows.filter(revision__township_part=township)
    if unit:
        named = ItemUnit.objects.filter(revision=OuterRef("revision"), unit=unit)
        rows = rows.filter(Exists(named))
    return rows


def drawn(edition: Edition) -> int:
    """How many items of an edition have a run flow."""
    return edition.members.exclude(flowchart=None).count()


def with_counts(editions):
    """Editions with the number of their items as `size`."""
    return editions.annotate(size=Count("members"))


def categories(edition: Edition) -> list[str]:
    """The categories of an edition in the order in which they first stand (TA-02)."""
    rows = edition.members.order_by("place").values_list("revision__category", flat=True)
    return [one for one in dict.fromkeys(rows) if one]


def departments(edition: Edition) -> list[Unit]:
    """The units that an edition names, without townships."""
    named = ItemUnit.objects.filter(revision__editions=edition, unit__isnull=False)
    return list(
        Unit.objects.filter(pk__in=named.values("unit"))
        .exclude(kind=Unit.Kind.TOWNSHIP)
        .order_by("code")
    )


# ------------------------------------------------------------------ names


def directory(county: Unit) -> Directory:
    """The names that a sheet of this county may use."""
    entries: list[tuple[str, Entry]] = []
    units = Unit.objects.filter(county=county, active=True).exclude(kind=Unit.Kind.VILLAGE)
    for unit in units:
        label = unit.short_name or unit.name
        entry = Entry("unit", unit.pk, label, unit.kind == Unit.Kind.TOWNSHIP)
        entries += [(name, entry) for name in {unit.name, unit.short_name} if name]
    for term in CollectiveTerm.objects.filter(Q(county=county) | Q(county=None), active=True):
        entry = Entry("term", term.pk, term.name, term.is_township)
        entries += [(name, entry) for name in term.names()]
    return Directory(entries)


def is_township(part: ItemUnit) -> bool:
    """Whether a part of an item is borne by townships."""
    if part.unit_id:
        return part.unit.kind == Unit.Kind.TOWNSHIP
    return part.term.is_township


def suggest_items(county: Unit | int, text: str, limit: int = 5) -> list[Suggestion]:
    """The items of the current edition that a text is likely about, with a score from 0 to 1."""
    edition = current_edition(county)
    if edition is None or not text.strip():
        return []
    return suggest(edition, text, limit)


# ------------------------------------------------------------------ who answers


@dataclass
class Responsible:
    """Who answers for an item, as a dispatcher needs it (decision 31).

    Attributes:
        main: county units with 主体责任, in order; coop: those with 配合责任.
        information: party organs, 群团 and enterprises, which get a copy unless chosen.
        terms: collective terms, as (term, role); they are not expanded into departments.
        township_main: townships carry the item themselves (warn at the self-check).
        lead: the county department proposed as lead: the main one, or with a township as main
            the first department; None when the platform has to choose (none, or two mains).
        duties: the duty text of a unit, where the list gives each its own.
    """

    main: list[Unit] = field(default_factory=list)
    coop: list[Unit] = field(default_factory=list)
    information: list[Unit] = field(default_factory=list)
    terms: list[tuple[CollectiveTerm, str]] = field(default_factory=list)
    townships: list[Unit] = field(default_factory=list)
    township_main: bool = False
    lead: Unit | None = None
    duties: dict[int, str] = field(default_factory=dict)


def responsible_units(revision: Revision) -> Responsible:
    """Resolve who answers for an item's wording: both sides do what the list says (TX-准入-13).

    Args:
        revision: the wording in the edition that the call stands under.
    """
    found = Responsible()
    leads: list[Unit] = []
    parts = revision.units.select_related("unit", "term").order_by()
    for part in sorted(parts, key=lambda part: (part.place, part.pk)):
        if part.role == ItemUnit.Role.MAIN and is_township(part):
            found.township_main = True
        if part.term_id:
            found.terms.append((part.term, part.role))
            continue
        unit = part.unit
        if part.duty:
            found.duties[unit.pk] = part.duty
        if unit.kind == Unit.Kind.TOWNSHIP:
            place = found.townships
        elif unit.category.startswith(INFORMED):
            place = found.information
        elif part.role in {ItemUnit.Role.MAIN, ItemUnit.Role.LEAD}:
            place = found.main if part.role == ItemUnit.Role.MAIN else leads
        else:
            place = found.coop
        if unit not in place:
            place.append(unit)
    found.coop = [unit for unit in [*leads, *found.coop] if unit not in found.main]
    found.coop = list(dict.fromkeys(found.coop))
    found.lead = _proposed_lead(found, leads)
    return found


def _proposed_lead(found: Responsible, leads: list[Unit]) -> Unit | None:
    if len(found.main) == 1:
        return found.main[0]
    named = [unit for unit in leads if not found.main or unit in found.main]
    if len(named) == 1:
        return named[0]
    if not found.main and found.township_main:
        return found.coop[0] if found.coop else None
    return None


# ------------------------------------------------------------------ contacts


@dataclass(frozen=True)
class ContactInfo:
    """Who is to be reached for an item in a unit; `own` says whether it was given for the item."""

    office: str
    person: str
    phone: str
    own: bool

    @property
    def missing(self) -> list[str]:
        """The fields that nobody has filled, as labels."""
        pairs = (("负责科室", self.office), ("联系人", self.person), ("联系电话", self.phone))
        return [label for label, value in pairs if not value]


def _merged(contact: Contact | None, unit: Unit) -> ContactInfo:
    return ContactInfo(
        (contact and contact.office) or unit.contact_office,
        (contact and contact.person) or unit.contact_person,
        (contact and contact.phone) or unit.contact_phone,
        contact is not None,
    )


def contact_for(item: Item | int, unit: Unit) -> ContactInfo:
    """The contact of (item, unit), falling back to the unit's own field by field."""
    key = getattr(item, "pk", item)
    return _merged(Contact.objects.filter(item=key, unit=unit).first(), unit)


def contacts_of(item: Item | int, units: Iterable[Unit]) -> list[tuple[Unit, ContactInfo]]:
    """The contacts of several units for one item, in one query."""
    given = {one.unit_id: one for one in Contact.objects.filter(item=item)}
    return [(unit, _merged(given.get(unit.pk), unit)) for unit in units]


def answering_units(edition: Edition) -> dict[int, list[Unit]]:
    """For each item of an edition the units that must be reachable: named ones, and townships
    where a collective term means them.
    """
    townships = list(
        Unit.objects.filter(county=edition.county_id, kind=Unit.Kind.TOWNSHIP, active=True)
    )
    found: dict[int, list[Unit]] = {}
    for member in members(edition):
        units: dict[int, Unit] = {}
        for part in member.revision.units.all():
            if part.unit_id:
                units[part.unit_id] = part.unit
            else:
                units |= {unit.pk: unit for unit in meant(part.term, townships)}
        found[member.item_id] = list(units.values())
    return found


def terms_of(ids: set[int]) -> list[CollectiveTerm]:
    """Some collective terms by id (no query where there are none)."""
    return list(CollectiveTerm.objects.filter(pk__in=ids)) if ids else []


def meant(term: CollectiveTerm, townships: list[Unit]) -> list[Unit]:
    """The townships that a collective term means; none for a term that means departments."""
    scope = term.scope
    if scope == CollectiveTerm.Scope.TOWNSHIPS:
        return townships
    if scope == CollectiveTerm.Scope.STREETS:
        return [unit for unit in townships if unit.category == "街道"]
    if scope == CollectiveTerm.Scope.TOWNS:
        return [unit for unit in townships if unit.category in {"镇", "乡"}]
    return []


@dataclass
class Gap:
    """A unit with items for which nobody can be reached."""

    unit: Unit
    default: ContactInfo
    items: list[tuple[Revision, list[str]]]


def contact_gaps(edition: Edition, only: set[int] | None = None) -> list[Gap]:
    """Units with incomplete contacts, item by item (GX-呼应-03).

    Args:
        edition: the current edition; only: ids of the units to look at, None for all.
    """
    wordings = {member.item_id: member.revision for member in members(edition)}
    given = {
        (one.item_id, one.unit_id): one for one in Contact.objects.filter(item__in=list(wordings))
    }
    gaps: dict[int, Gap] = {}
    for item, units in answering_units(edition).items():
        for unit in units:
            if only is not None and unit.pk not in only:
                continue
            missing = _merged(given.get((item, unit.pk)), unit).missing
            if missing:
                gap = gaps.setdefault(unit.pk, Gap(unit, _merged(None, unit), []))
                gap.items.append((wordings[item], missing))
    return sorted(gaps.values(), key=lambda gap: (-len(gap.items), gap.unit.code))
