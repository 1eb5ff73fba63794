"""The register of legal bases: keeping it, and what follows when a law is amended or repealed.

A change of a law is a fact, recorded once for everybody; each county raises the causes for its own
list from it, through the door, once per item and unit (GX-清单-06, 10, 14, 18; docs/adr/0022).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from checklist import citing, selectors
from checklist.models import Cause, ItemUnit, LawCause, LawChange, LegalBasis, Revision
from governance import calendars, rulebooks
from governance.chains import office
from governance.models import Unit
from governance.perform import perform
from governance.roles import Role
from governance.steps import Refused
from governance.wording import cn_date

FIXTURE = settings.FIXTURES_ROOT / "laws.tsv"
BEARERS = (ItemUnit.Role.MAIN, ItemUnit.Role.LEAD)
FACTS = ("name", "short_names", "number", "kind", "issued_on", "in_force_from", "amended_on",
         "repealed_on", "successor", "note", "verified", "unclear")  # fmt: skip
SHIPPED = "随平台提供"
FOLLOWS = {LawChange.Kind.AMENDED: "amended_on", LawChange.Kind.REPEALED: "repealed_on"}

# -- keeping the register -------------------------------------------------------------------


def known_to(county_ids):
    """The entries that people of some counties read: the common ones and their own."""
    rows = LegalBasis.objects.filter(Q(county=None) | Q(county__in=county_ids))
    return rows.select_related("successor", "county")


@transaction.atomic
def keep(basis: LegalBasis, by, before: dict | None = None) -> LegalBasis:
    """Save an entry with a line of history, and match the citations with it.

    Args:
        by: who keeps it; before: the facts as they were, for a correction (`facts_of`).
    """
    basis.save()
    if before is None:
        LawChange.objects.create(basis=basis, kind=LawChange.Kind.ENTERED, by=by)
    else:
        words = ";".join(difference(before, facts_of(basis)))
        if words:
            LawChange.objects.create(
                basis=basis, kind=LawChange.Kind.EDITED, note=words[:500], by=by
            )
        follow_days(basis, before)
    citing.relink()
    return basis


def follow_days(basis: LegalBasis, before: dict) -> None:
    """A corrected day moves the change that it belongs to, unless causes rest on the old one."""
    for kind, name in FOLLOWS.items():
        old, new = before[name], getattr(basis, name)
        rows = basis.changes.filter(kind=kind)
        if old and new and old != new and not rows.filter(on=new).exists():
            rows.filter(on=old, raised=None).update(on=new)


def facts_of(basis: LegalBasis) -> dict:
    """The facts of an entry, as a correction compares them."""
    return {name: getattr(basis, name) for name in FACTS}


def difference(before: dict, after: dict) -> list[str]:
    """What a correction has changed, in words."""
    label = {name: LegalBasis._meta.get_field(name).verbose_name for name in FACTS}
    return [
        f"{label[name]}:{shown(before[name])} → {shown(after[name])}"
        for name in FACTS
        if before[name] != after[name]
    ]


def shown(value) -> str:
    """A fact as a person reads it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return cn_date(value) if isinstance(value, date) else str(value or "(空)")


@transaction.atomic
def change(
    basis: LegalBasis, kind: str, on: date, *, by, note: str = "", successor=None
) -> LawChange:
    """Record that a law has been amended or repealed from a day on.

    Args:
        kind: LawChange.Kind.AMENDED or REPEALED; on: the day from which it holds.
        successor: what replaces a repealed law, if anything does.

    Raises:
        Refused: it is repealed already, the day lies before its entry into force, or the change
            is on record.
    """
    basis = LegalBasis.objects.select_for_update().get(pk=basis.pk)
    if basis.repealed_on:
        raise Refused(f"{basis}已于{cn_date(basis.repealed_on)}废止,不能再登记变动。")
    if basis.in_force_from and on < basis.in_force_from:
        raise Refused("变动日期早于该依据的施行日期,请核对。")
    if basis.changes.filter(kind=kind, on=on).exists():
        raise Refused("这次变动已经登记过。")
    if kind == LawChange.Kind.AMENDED:
        basis.amended_on = max(on, basis.amended_on or on)
    else:
        basis.repealed_on, basis.successor = on, successor
    basis.save()
    return LawChange.objects.create(basis=basis, kind=kind, on=on, note=note, by=by)


def standing():
    """The changes that move items and that no later correction of the register has taken back."""
    return LawChange.objects.filter(
        Q(kind=LawChange.Kind.REPEALED, basis__repealed_on=F("on"))
        | Q(kind=LawChange.Kind.AMENDED, basis__amended_on__gte=F("on"))
    )


# -- what rests on a law --------------------------------------------------------------------


@dataclass(frozen=True)
class Resting:
    """One item of the current edition that cites a law, and the units that should look at it."""

    revision: Revision
    articles: str
    units: list[Unit] = field(default_factory=list)

    @property
    def item(self):
        return self.revision.item


def resting_on(basis: LegalBasis, county: Unit) -> list[Resting]:
    """The items of the county's current edition that rest on a law, in the order of the list."""
    return resting_on_each([basis.pk], county).get(basis.pk, [])


def resting_on_each(bases: Iterable[int], county: Unit) -> dict[int, list[Resting]]:
    """The same for several laws at once, by their ids: the same queries however many they are."""
    edition = selectors.current_edition(county)
    rows = (
        citing.of_edition(edition)
        .filter(basis__in=bases)
        .select_related("revision__item")
        .prefetch_related("revision__units__unit")
        .order_by("revision__memberships__place", "id")
    )
    desk, found = bianban_of(county), {}
    for one in rows:
        resting = Resting(one.revision, one.articles, owing(one.revision, desk))
        found.setdefault(one.basis_id, []).append(resting)
    return found


def owing(revision: Revision, desk: Unit | None) -> list[Unit]:
    """Who should apply when an item's basis changes (docs/adr/0022).

    The county departments with 主体责任 or in the lead; where there is none, the first unit that
    the item names; where it names collective terms alone, 编办 (`desk`).
    """
    parts = [part for part in revision.units.all() if part.unit_id and part.unit.active]
    can = [p for p in parts if p.unit.kind in (Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP)]
    bearing = [p.unit for p in can if p.role in BEARERS and p.unit.kind == Unit.Kind.DEPARTMENT]
    chosen = bearing or [p.unit for p in can[:1]] or ([desk] if desk else [])
    return list(dict.fromkeys(chosen))


def bianban_of(county: Unit) -> Unit | None:
    """The county's 编办, if somebody holds it."""
    return Unit.objects.filter(pk=office(county, Role.BIANBAN)).first()


# -- causes ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """One cause that a change would raise; `cause` where it has been raised already."""

    resting: Resting
    unit: Unit
    cause: Cause | None = None


def plan(basis: LegalBasis, county: Unit, of: LawChange | None = None) -> list[Planned]:
    """What a change of a law raises in a county, item by item, unit by unit."""
    return planned(of, resting_on(basis, county), raised_by([of]) if of else {})


def plans(changes: Iterable[LawChange], county: Unit) -> list[tuple[LawChange, list[Planned]]]:
    """The plans of several changes, with the same queries however many they are."""
    changes = list(changes)
    if not changes:
        return []
    resting = resting_on_each({one.basis_id for one in changes}, county)
    done = raised_by(changes)
    return [(one, planned(one, resting.get(one.basis_id, []), done)) for one in changes]


def raised_by(changes: Iterable[LawChange]) -> dict[tuple, Cause]:
    """What changes have become: (change, item, unit) → cause."""
    rows = LawCause.objects.filter(change__in=changes).select_related("cause")
    return {(one.change_id, one.item_id, one.unit_id): one.cause for one in rows}


def planned(of: LawChange | None, resting: list[Resting], done: dict) -> list[Planned]:
    """One line for each item and each unit that should look at it."""
    key = of.pk if of else None
    return [
        Planned(one, unit, done.get((key, one.item.pk, unit.pk)))
        for one in resting
        for unit in one.units
    ]


def due(county: Unit, on: date):
    """Until when applications are due for a cause of this day; None where no limit applies."""
    length = rulebooks.in_force(county, timezone.localdate()).value("adjust.apply")
    if length is None:
        return None
    return calendars.for_county(county).due(midnight(on), length)


def midnight(day: date) -> datetime:
    """The beginning of a day."""
    return timezone.make_aware(datetime.combine(day, time.min))


@transaction.atomic
def raise_causes(of: LawChange, county: Unit, *, actor, at: datetime | None = None) -> list[Cause]:
    """Raise the causes of a change that are still missing in a county; a second time none.

    Args:
        actor: somebody of the county's 编办, in whose name the causes are recorded; None for 系统,
            which takes only items that stood in the list on the day of the change, for whatever
            came later was decided with the change in view.

    Raises:
        Refused: the change does not hold yet. Whatever the door refuses.
    """
    at = at or timezone.now()
    of = LawChange.objects.select_for_update(of=("self",)).select_related(
        "basis__successor"
    ).get(pk=of.pk)  # fmt: skip
    if of.on > timezone.localdate(at):
        raise Refused(f"该变动自{cn_date(of.on)}起施行,届时再发出调整事由。")
    desk = desk_of(actor, county)
    lines = plan(of.basis, county, of)
    if actor is None:
        stood = selectors.edition_as_of(county, of.on)
        then = set(stood.members.values_list("item", flat=True)) if stood else set()
        lines = [one for one in lines if one.resting.item.pk in then]
    made = []
    for one in lines:
        if one.cause is None:
            cause = record(of, one, county, desk, actor, at)
            LawCause.objects.create(change=of, item=one.resting.item, unit=one.unit, cause=cause)
            made.append(cause)
    return made


def desk_of(actor, county: Unit) -> Unit:
    """The unit in whose name causes are recorded: the county's 编办.

    Raises:
        Refused: the actor is not of it.
    """
    if actor is None:
        return bianban_of(county) or county
    for post in actor.posts_held():
        if post.role == Role.BIANBAN and post.county_id == county.pk:
            return post.unit
    raise Refused("调整事由由本县编办发出。")


def record(of: LawChange, one: Planned, county: Unit, desk: Unit, actor, at: datetime) -> Cause:
    """One cause, through the door."""
    cause = Cause(county=county, owner=desk, source=Cause.Source.LAW)
    facts = {
        "unit": one.unit.pk,
        "item": one.resting.item.pk,
        "ground": "law",
        "text": words(of, one.resting),
        "occurred_on": of.on.isoformat(),
        "known_on": min(max(of.on, timezone.localdate(of.at)), timezone.localdate(at)).isoformat(),
    }
    return perform(cause, "record", actor=actor, at=at, facts=facts)


def words(of: LawChange, resting: Resting) -> str:
    """What the cause says."""
    cited = f"{of.basis}{resting.articles}"
    said = f"{of.sentence()}。“{resting.revision.name}”的职责依据引用了{cited},请研究是否调整清单。"
    return said + (f"\n{of.note}" if of.note else "")


def waiting(county: Unit, day: date) -> list[dict]:
    """Changes that hold by now and have causes still to be raised in a county, newest first."""
    cited = citing.of_edition(selectors.current_edition(county)).values("basis")
    rows = standing().filter(on__lte=day, basis__in=cited)
    rows = rows.select_related("basis__successor", "basis__county")
    counted = [
        {"change": one, "missing": sum(part.cause is None for part in parts)}
        for one, parts in plans(rows, county)
    ]
    return [row for row in counted if row["missing"]]


# -- the shipped register -------------------------------------------------------------------


def shipped() -> Iterator[dict]:
    """The rows of fixtures/laws.tsv."""
    with open(FIXTURE, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


@transaction.atomic
def load() -> dict[str, int]:
    """Enter the shipped laws that have never been entered and cite what no wording has cited yet.

    What stands already is left as its keepers have it, also under another name: the line of its
    entry says under which one it was shipped. A second run changes nothing.
    """
    there = {one.key: one for one in LegalBasis.objects.filter(county=None)}
    for line in LawChange.objects.filter(note__startswith=SHIPPED, basis__county=None):
        name = line.note.removeprefix(SHIPPED).removeprefix(":")
        if line.kind == LawChange.Kind.ENTERED and name:
            there.setdefault(citing.normal(name), line.basis)
    added, rows = [], list(shipped())
    for row in rows:
        basis = LegalBasis(**stored(row))
        if citing.normal(basis.name) not in there:
            basis.save()
            there[basis.key] = basis
            added.append(basis)
    for row in rows:
        basis = there[citing.normal(row["name"])]
        if row["successor"] and basis in added:
            basis.successor = there[citing.normal(row["successor"])]
            basis.save()
    LawChange.objects.bulk_create(
        LawChange(basis=one, kind=LawChange.Kind.ENTERED, note=f"{SHIPPED}:{one.name}")
        for one in added
    )
    repealed = [one for one in added if one.repealed_on]
    LawChange.objects.bulk_create(
        LawChange(basis=one, kind=LawChange.Kind.REPEALED, on=one.repealed_on, note=SHIPPED)
        for one in repealed
    )
    moved = citing.relink() if added else 0
    return {"laws": len(added), "cited": citing.cite_missing() + moved}


def stored(row: dict) -> dict:
    """A row of the file as fields."""
    days = ("issued_on", "in_force_from", "repealed_on")
    plain = ("name", "short_names", "number", "kind", "note")
    return (
        {name: row[name] for name in plain}
        | {name: date.fromisoformat(row[name]) if row[name] else None for name in days}
        | {name: row[name] == "1" for name in ("verified", "unclear")}
    )


def citing_count(rows, county: Unit) -> dict[int, int]:
    """How many items of the county's current edition rest on each entry."""
    cited = citing.of_edition(selectors.current_edition(county)).filter(basis__in=rows)
    counts: dict[int, int] = {}
    for basis in cited.values_list("basis", flat=True):
        counts[basis] = counts.get(basis, 0) + 1
    return counts
