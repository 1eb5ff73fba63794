"""Writes that are no step: importing a sheet into the draft, keeping contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from checklist import citing, selectors
from checklist.intake.rows import Fault, Reading, item_key, read_items
from checklist.models import Contact, Edition, EditionItem, Item, ItemUnit, Revision
from checklist.planning import Base, Change, Plan, make_plan
from governance import rulebooks, sheets
from governance.models import Unit
from governance.perform import perform
from governance.steps import Refused

Tell = Callable[[int], None]
LIMITS = sheets.Limits(rows=100_000)
"""No list comes near; a worker reads this much in a third of a gigabyte."""

COMPOSED = "本县草稿由已批准的调整申请编成,不能再导入;请先公布或作废该草稿"


def _silent(percent: int) -> None:
    """No progress to tell."""


@dataclass
class Outcome:
    """What an import found or did; `edition` is the draft, None when nothing was written."""

    rows: int = 0
    plan: Plan = field(default_factory=Plan)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    edition: Edition | None = None
    base: Edition | None = None

    def as_dict(self) -> dict[str, Any]:
        """As the command prints it (interfaces.md)."""
        errors = [fault.as_dict() for fault in self.faults]
        counts = dict.fromkeys(self.plan.counts(), 0) if errors else self.plan.counts()
        return {"rows": self.rows, **counts, "errors": errors, "remarks": self.remarks}


def examine(
    county: Unit,
    data: Any,
    name: str,
    *,
    sheet: str = "",
    replace: bool = False,
    tell: Tell = _silent,
) -> tuple[Outcome, Reading]:
    """Read a sheet and say what importing it would change; writes nothing.

    Args:
        county: the county whose list it is.
        data: bytes or path of the file; name: as the user called it.
        sheet: the only worksheet to read; replace: absent items leave the draft.
        tell: called with the percentage done.
    """  # fmt: skip
    outcome = Outcome()
    if composed(county):
        outcome.faults.append(Fault(sheet, None, "", COMPOSED))
        return outcome, Reading()
    tell(5)
    try:
        book = sheets.read(data, name, LIMITS)
        tell(35)
        reading = read_items(book, selectors.directory(county), sheet)
    except sheets.SheetError as problem:
        outcome.faults.append(Fault(sheet, None, "", str(problem)))
        return outcome, Reading()
    tell(70)
    outcome.rows = reading.rows
    outcome.remarks = [remark.replace("\0", "") for remark in reading.remarks]
    outcome.faults = sorted(reading.faults, key=lambda one: (one.sheet, one.row or 0))
    if not outcome.faults:
        outcome.base = selectors.draft_edition(county) or selectors.current_edition(county)
        outcome.plan = _plan(outcome.base, reading, replace)
        outcome.faults = outcome.plan.faults
    tell(90)
    return outcome, reading


def composed(county: Unit) -> bool:
    """Whether the open draft is put together from applications, where no import may interfere."""
    draft = selectors.draft_edition(county)
    return draft is not None and draft.applications.exists()


def _plan(base: Edition | None, reading: Reading, replace: bool) -> Plan:
    revisions = selectors.revisions_of(base) if base else ()
    return make_plan(reading.items, Base(revisions), replace=replace)


def import_sheet(
    county: Unit,
    data: Any,
    name: str,
    *,
    actor=None,
    sheet: str = "",
    title: str = "",
    replace: bool = False,
    sample: bool = False,
    tell: Tell = _silent,
) -> Outcome:
    """Read a sheet and write what it changes into the county's draft, all of it or nothing.

    Args: as `examine`; title: name of the list for a new draft; sample: mark it 样例.

    Returns:
        The outcome; with `faults` nothing was written; without differences neither.
    """  # fmt: skip
    outcome, reading = examine(county, data, name, sheet=sheet, replace=replace, tell=tell)
    if outcome.faults:
        return outcome
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=county.pk)  # one import of a county at a time
        if composed(county):  # meanwhile
            outcome.faults = [Fault(sheet, None, "", COMPOSED)]
            return outcome
        outcome.base = selectors.draft_edition(county) or selectors.current_edition(county)
        outcome.plan = _plan(outcome.base, reading, replace)
        outcome.faults = outcome.plan.faults
        if outcome.faults:
            return outcome
        if not outcome.plan.empty:
            outcome.edition = _write(county, outcome.base, outcome.plan, actor, title, sample)
        elif outcome.base and outcome.base.state == Edition.State.DRAFT:
            outcome.edition = outcome.base
    tell(100)
    return outcome


def _write(
    county: Unit, base: Edition | None, plan: Plan, actor, title: str, sample: bool
) -> Edition:
    """Write a plan into the draft, beginning one from the base edition where there is none."""
    draft = base if base and base.state == Edition.State.DRAFT else None
    if draft is None:
        draft = _begin_draft(county, base, actor, title, sample)
    elif title and title != draft.title:
        draft.title = title
        draft.index()
        draft.save(update_fields=["title", "terms"])
    if plan.removed:
        gone = [one.item_id for one in plan.removed]
        draft.members.filter(item__in=gone).delete()
    standing = set(draft.members.values_list("item", flat=True))
    items = _items(county, plan.created, standing)
    items |= {id(change): change.old.item for change in plan.changed}
    revisions = _revisions([*plan.created, *plan.changed], items)
    first = selectors.current_edition(county) is None
    for change in plan.changed:
        if first:  # later ones change an item's name by being published, not by being drafted
            recode(change.old.item, change.texts)
        draft.members.filter(item=change.old.item_id).update(revision=revisions[id(change)])
    place = draft.members.aggregate(last=Max("place"))["last"] or 0
    EditionItem.objects.bulk_create(
        EditionItem(edition=draft, item=items[id(change)], revision=revisions[id(change)], place=at)
        for at, change in enumerate(plan.created, start=place + 1)
    )
    return draft


def write_change(county: Unit, change: Change) -> tuple[Item, Revision]:
    """Write one wording outside any edition: the item and its revision, ready to be a member."""
    if change.old:
        item = change.old.item
    else:
        current = selectors.current_edition(county)
        standing = set(current.members.values_list("item", flat=True)) if current else set()
        item = _items(county, [change], standing)[id(change)]
    revision = _revisions([change], {id(change): item})[id(change)]
    return item, revision


def _begin_draft(county: Unit, base: Edition | None, actor, title: str, sample: bool) -> Edition:
    """A new draft with all that the current edition holds."""
    last = Edition.objects.filter(county=county).aggregate(last=Max("serial"))["last"] or 0
    post = next(
        (one for one in actor.posts_held() if one.county_id == county.pk), None
    ) if actor else None  # fmt: skip
    draft = Edition(
        county=county,
        owner=post.unit if post else county,
        raised_by=actor,
        raised_at=timezone.now(),
        serial=last + 1,
        title=title or (base.title if base else usual_title(county)),
        sample=sample or bool(base and base.sample),
    )
    draft.index()
    draft.save()
    if base:
        EditionItem.objects.bulk_create(
            EditionItem(
                edition=draft, item_id=item, revision_id=revision, flowchart_id=chart, place=place
            )
            for item, revision, chart, place in base.members.values_list(
                "item", "revision", "flowchart", "place"
            )
        )
    return draft


def usual_title(county: Unit) -> str:
    """What the county's rulebook calls the list."""
    book = rulebooks.latest(county)
    name = book.value("checklist_name") if book else "责任清单"
    return f"{county.name.removesuffix('人民政府')}{name}"[:200]


def _items(county: Unit, created: list[Change], standing: set[int]) -> dict[int, Item]:
    """The identity of each new item: one the county had before, else a new one.

    Args:
        standing: ids of the items that stand in the list; what is new is none of them.
    """
    known = list(Item.objects.filter(county=county).exclude(pk__in=standing).order_by("pk"))
    by_code = {item.code: item for item in known if item.code}
    by_key = {item.key: item for item in known}
    found: dict[int, Item] = {}
    fresh: list[Item] = []
    taken: set[int] = set()
    for change in created:
        code = change.texts["code"]
        key = item_key(change.texts["category"], change.texts["name"])
        item = by_code.get(code) if code else by_key.get(key)
        if item is None or item.pk in taken:
            item = Item(county=county, code=code, key=key)
            fresh.append(item)
        else:
            taken.add(item.pk)
        found[id(change)] = item
    Item.objects.bulk_create(fresh, batch_size=500)
    return found


def recode(item: Item, texts: dict[str, str]) -> None:
    """Keep what identifies an item in step with its newest wording."""
    key = item_key(texts["category"], texts["name"])
    code = texts["code"] or item.code
    if (item.key, item.code) != (key, code):
        item.key, item.code = key, code
        item.save(update_fields=["key", "code"])


def _revisions(changes: list[Change], items: dict[int, Item]) -> dict[int, Revision]:
    """A wording for each change; one that the item had before is taken up again."""
    made: dict[int, Revision] = {}
    for change in changes:
        revision = Revision(
            item=items[id(change)], layout=change.found.layout, **change.texts,
            township_part=_township_part(change),
        )  # fmt: skip
        revision.derive()
        made[id(change)] = revision
    digests = {revision.digest for revision in made.values()}
    had = {(one.item_id, one.digest): one for one in Revision.objects.filter(digest__in=digests)}
    fresh = {}
    for key, revision in made.items():
        again = had.get((revision.item_id, revision.digest))
        if again:
            made[key] = again
        else:
            fresh[key] = revision
    Revision.objects.bulk_create(fresh.values(), batch_size=500)
    units = [unit for change in changes if id(change) in fresh for unit in _units(change, fresh)]
    ItemUnit.objects.bulk_create(units, batch_size=1000)
    citing.cite(fresh.values())
    return made


def _units(change: Change, fresh: dict[int, Revision]) -> list[ItemUnit]:
    """The structured responsibilities of a new wording."""
    revision = fresh[id(change)]
    rows = [
        ItemUnit(
            revision=revision,
            unit_id=part.named.id if part.named.kind == "unit" else None,
            term_id=part.named.id if part.named.kind == "term" else None,
            role=part.role,
            qualifier=part.named.qualifier[:100],
            duty=part.duty,
        )
        for part in change.parts()
    ]
    if change.old:
        for one in change.old.units.filter(role__in=change.kept_roles()):
            rows.append(
                ItemUnit(
                    revision=revision,
                    unit_id=one.unit_id,
                    term_id=one.term_id,
                    role=one.role,
                    qualifier=one.qualifier,
                    duty=one.duty,
                )
            )
    for place, row in enumerate(rows):
        row.place = place
    return rows


def _township_part(change: Change) -> str:
    """Whether townships carry the item, help with it, or have no part in it."""
    roles = {part.role for part in change.parts() if part.named.township}
    if change.old and change.kept_roles():
        kept = change.old.units.filter(role__in=change.kept_roles()).select_related("unit", "term")
        roles |= {one.role for one in kept if selectors.is_township(one)}
    if "main" in roles:
        return Revision.Township.MAIN
    return Revision.Township.COOP if roles else Revision.Township.NONE


def publish_first(edition: Edition, *, actor=None, in_force_from: date | None = None) -> Edition:
    """Publish a county's first edition through the door (decision 34).

    Raises:
        Refused: the county has a published edition, or the draft is incomplete.
    """
    facts = {"in_force_from": in_force_from.isoformat() if in_force_from else ""}
    return perform(edition, "publish", actor=actor, facts=facts)


def refuse_second_publication(county: Unit) -> None:
    """Say at once that an import cannot publish where an edition is in force.

    Raises:
        Refused: with the clause that forbids it.
    """
    if selectors.current_edition(county):
        raise Refused(
            f"{county}已有公布的清单;之后的调整须经清单调整申请办理,不能由导入直接公布(GX-清单-29)。",
            "GX-清单-29",
        )


def keep_contact(item: Item, unit: Unit, *, actor, office: str, person: str, phone: str) -> Contact:
    """Write who answers for an item in a unit; empty fields fall back to the unit's own."""
    contact, _ = Contact.objects.update_or_create(
        item=item,
        unit=unit,
        defaults={"office": office, "person": person, "phone": phone, "updated_by": actor},
    )
    return contact


def keep_unit_contact(unit: Unit, *, office: str, person: str, phone: str) -> None:
    """Write the contact that a unit's items fall back to."""
    unit.contact_office, unit.contact_person, unit.contact_phone = office, person, phone
    unit.save(update_fields=["contact_office", "contact_person", "contact_phone"])
